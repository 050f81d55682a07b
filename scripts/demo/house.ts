// Everything the demo builds up and takes down again: one temporary folder, the plugin installed in it, a gateway, a phone.
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { projectFolder } from "../../adapters/claude/transcript.ts";
import { adapterFolder, checkout } from "../../test/support/checkout.ts";
import { gatewayConfig, gatewayEnv, layout, merge, openclaw } from "../../test/support/gateway-config.ts";
import { type GatewayProcess, gatewayProcess } from "../../test/support/gateway-process.ts";
import { until } from "../../test/support/poll.ts";
import { familyOf, killAll } from "../../test/support/processes.ts";
import { startTelegram, type Telegram } from "../../test/support/telegram.ts";
import type { Answerer } from "./login.ts";
import { run } from "./run.ts";

export const AGENT = "cc";

export type House = {
  readonly folder: string;
  readonly telegram: Telegram;
  readonly gateway: GatewayProcess;
  /** Builds the checkout and packs it as npm would publish it. */
  pack(): Promise<void>;
  /** Installs the package, and tells it where the adapter of this checkout is. */
  install(answerer: Answerer): Promise<void>;
  /** `openclaw contractor-agents add`. */
  addAgent(): Promise<void>;
  /** `openclaw agent`: says it in that session, at the command line. */
  say(sessionKey: string, message: string): Promise<void>;
  /** Resolves with what had to be killed: nothing, if everything ended as it should. */
  dispose(): Promise<string[]>;
};

/**
 * Nothing is started yet; whatever is started later is gone, and the folder with it, when this process ends.
 * From here on the folder is also where this process and its children put their temporary files.
 */
export async function openHouse(signal: AbortSignal): Promise<House> {
  const folder = mkdtempSync(join(tmpdir(), "contractor-demo-"));
  const at = layout(folder);
  const temporary = join(folder, "tmp");
  for (const dir of [at.home, at.state, temporary, at.workspace("main")]) mkdirSync(dir, { recursive: true });
  process.env.TMPDIR = temporary;
  const telegram = await startTelegram();
  const env = environment(folder);
  const gateway = gatewayProcess({ env, root: folder, telegram });
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const config = gatewayConfig({
    root: folder,
    port: await freePort(),
    token: randomBytes(12).toString("hex"),
    telegram,
    plugin: "none",
  });
  await writeFile(at.config, JSON.stringify(config, null, 2), { mode: 0o600 });
  const npm = (...args: string[]) => run({ argv: [...npmCommand(), ...args], cwd: checkout, env, signal });
  const cli = (...args: string[]) =>
    run({ argv: [process.execPath, openclaw, ...args], cwd: folder, env, signal });
  return {
    folder,
    telegram,
    gateway,
    async pack() {
      await run({ argv: [process.execPath, join(checkout, "scripts/build.ts")], cwd: checkout, env, signal });
      await npm("pack", "--silent", "--pack-destination", folder);
    },
    async install(answerer) {
      const packed = join(folder, `openclaw-contractor-${await packageVersion()}.tgz`);
      await cli("plugins", "install", `npm-pack:${packed}`, "--force", "--accept-capabilities");
      const settings = { harness: { path: adapterFolder, env: answerer.env } };
      const before = JSON.parse(await readFile(at.config, "utf8")) as Record<string, unknown>;
      const after = merge(before, { plugins: { entries: { contractor: { config: settings } } } });
      await writeFile(at.config, JSON.stringify(after, null, 2));
    },
    async addAgent() {
      const workspace = at.workspace(AGENT);
      const who = ["--agent-id", AGENT, "--workspace", workspace, "--contractor", "claude"];
      await cli("contractor-agents", "add", ...who);
    },
    async say(sessionKey, message) {
      await cli("agent", "--session-key", sessionKey, "--message", message);
    },
    dispose: () => dispose({ folder, telegram, gateway, workspace: at.workspace(AGENT) }),
  };
}

// The user's own environment, since a real Claude may need a proxy or a certificate of it, but not his OpenClaw nor npm run's.
function environment(folder: string): Record<string, string> {
  const mine = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !/^(OPENCLAW_|npm_)/i.test(entry[0]),
  );
  return {
    ...Object.fromEntries(mine),
    ...gatewayEnv({ root: folder }),
    NODE_COMPILE_CACHE: join(checkout, "node_modules/.cache/node-compile-cache"),
    // The package has no dependencies, but npm asks the registry about the host: without a network, for eight minutes.
    npm_config_offline: "true",
  };
}

/** npm by the path `npm run` tells, since it may be any version manager's; else the one beside Node's own. */
function npmCommand(): [string, ...string[]] {
  const script = process.env.npm_execpath;
  return script === undefined ? ["npm"] : [process.execPath, script];
}

async function packageVersion(): Promise<string> {
  const { version } = JSON.parse(await readFile(join(checkout, "package.json"), "utf8")) as {
    version: string;
  };
  return version;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

async function dispose(o: {
  folder: string;
  telegram: Telegram;
  gateway: GatewayProcess;
  workspace: string;
}): Promise<string[]> {
  const { folder, gateway } = o;
  await gateway.end("SIGTERM", 20_000).catch(() => gateway.end("SIGKILL", 5_000));
  const left = () => familyOf({ pid: undefined, folder });
  const clean = () => left().length === 0;
  await until("every process of the demo to end", clean, { withinMs: 5_000, everyMs: 100 }).catch(() => {});
  const killed = left();
  killAll(killed.map(({ pid }) => pid));
  gateway.forget();
  await o.telegram.close();
  // With the login of this machine, Claude has kept the transcript among its own.
  const projects = join(process.env.CLAUDE_CONFIG_DIR ?? join(homedir(), ".claude"), "projects");
  await rm(join(projects, projectFolder(o.workspace)), { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  return killed.map(({ pid, command }) => `${pid} ${command}`);
}
