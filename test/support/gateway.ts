// A real OpenClaw gateway in a folder of its own, started, called, killed and cleaned away by tests.
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { stageCheckout } from "./checkout.ts";
import {
  type GatewayOptions,
  gatewayConfig,
  gatewayEnv,
  type Json,
  layout,
  merge,
  pluginFolder,
} from "./gateway-config.ts";
import { type CliResult, type GatewayProcess, gatewayProcess, runCli } from "./gateway-process.ts";
import { callGateway } from "./gateway-rpc.ts";
import { tempDir, until } from "./poll.ts";
import { familyOf, killAll, type Process } from "./processes.ts";

export type Gateway = {
  readonly pid: number;
  readonly port: number;
  readonly token: string;
  /** Root folder; hand it to another startGateway as `state`. */
  readonly root: string;
  /** OPENCLAW_STATE_DIR. */
  readonly stateDir: string;
  readonly configFile: string;
  /** Milliseconds the last start took until ready. */
  readonly startMs: number;
  workspace(agentId: string): string;
  readConfig(): Promise<Json>;
  /** stdout and stderr of every run so far. */
  logs(): string;
  /** Gateway RPC with every operator scope, unless told otherwise. Throws RpcError when refused. */
  call(method: string, params?: unknown, o?: { scopes?: string[]; withinMs?: number }): Promise<unknown>;
  /** `openclaw <args>` in the gateway's environment. [withinMs 180000] */
  cli(
    args: string[],
    o?: { env?: Record<string, string>; withinMs?: number; cwd?: string },
  ): Promise<CliResult>;
  /** Descendants, and orphans that still work in the gateway's folder. */
  children(): Process[];
  /** SIGTERM; returns the milliseconds until it was gone. [withinMs 30000] */
  stop(o?: { withinMs?: number }): Promise<number>;
  /** SIGKILL. Four in five minutes on one state make the host keep its channels off. */
  kill(): Promise<void>;
  /** Starts again after stop() or kill(); restart() is stop() and start(). */
  start(): Promise<void>;
  restart(): Promise<void>;
  /** Stops, removes the folder, and throws if a process was left behind. `keep` leaves the folder for a next gateway. */
  dispose(o?: { keep?: boolean }): Promise<void>;
};

/** Starts a gateway and waits until it is ready and every Telegram account polls. */
export async function startGateway(o: GatewayOptions = {}): Promise<Gateway> {
  const root = o.state ?? (await tempDir("gateway")).path;
  const at = layout(root);
  const port = await freePort();
  const token = randomBytes(12).toString("hex");
  if (o.plugin === undefined || o.plugin === "checkout") await stageCheckout(pluginFolder({ root }) ?? root);
  const config = carriedOn(at.config, gatewayConfig({ ...o, root, port, token }), o.config);
  const env = gatewayEnv({ root, env: o.env });
  await mkdir(at.home, { recursive: true });
  await mkdir(at.state, { recursive: true });
  for (const agentId of agentIds(config)) await mkdir(at.workspace(agentId), { recursive: true });
  await writeFile(at.config, JSON.stringify(config, null, 2));
  const run = gatewayProcess({ env, root, telegram: o.telegram });
  await run.start().catch(async (error: unknown) => {
    await dispose({ run, root, keep: o.state !== undefined }).catch(() => {});
    throw error;
  });

  return {
    get pid() {
      return run.pid() ?? 0;
    },
    get startMs() {
      return run.startMs();
    },
    port,
    token,
    root,
    stateDir: at.state,
    configFile: at.config,
    workspace: at.workspace,
    readConfig: async () => JSON.parse(await readFile(at.config, "utf8")) as Json,
    logs: run.logs,
    call: (method, params = {}, call = {}) => callGateway({ port, token, method, params, ...call }),
    cli: (args, cli = {}) =>
      runCli({ args, env: { ...env, ...cli.env }, cwd: cli.cwd ?? root, withinMs: cli.withinMs ?? 180_000 }),
    children: () => familyOf({ pid: run.pid(), folder: root }),
    stop: (stop = {}) => run.end("SIGTERM", stop.withinMs ?? 30_000),
    kill: async () => void (await run.end("SIGKILL", 5_000)),
    start: run.start,
    async restart() {
      await run.end("SIGTERM", 30_000);
      await run.start();
    },
    dispose: (how = {}) => dispose({ run, root, keep: how.keep === true }),
  };
}

// An earlier gateway's configuration goes on as its commands left it; only addresses and what this test asks for are new.
function carriedOn(file: string, fresh: Json, asked: Json | undefined): Json {
  if (!existsSync(file)) return fresh;
  const old = JSON.parse(readFileSync(file, "utf8")) as Json;
  const channels = fresh.channels === undefined ? {} : { channels: fresh.channels };
  return merge({ ...old, gateway: fresh.gateway, ...channels }, asked ?? {});
}

async function dispose(o: { run: GatewayProcess; root: string; keep: boolean }): Promise<void> {
  await o.run.end("SIGTERM", 30_000).catch(() => o.run.end("SIGKILL", 5_000));
  const left = () => familyOf({ pid: undefined, folder: o.root });
  const clean = () => left().length === 0;
  try {
    await until("the gateway's processes to end", clean, { withinMs: 5_000, everyMs: 100, seen: left });
  } finally {
    killAll(left().map((entry) => entry.pid));
    o.run.forget();
    if (!o.keep) await rm(o.root, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

function agentIds(config: Json): string[] {
  const agents = config.agents as { entries?: Json } | undefined;
  return Object.keys(agents?.entries ?? {});
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}
