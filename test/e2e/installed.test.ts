// The package from its installation to its removal: what npm would publish, installed, used by an agent, and taken away again.
import { execFile } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { adapterFolder, checkout } from "../support/checkout.ts";
import { type Gateway, startGateway } from "../support/gateway.ts";
import { type Json, merge } from "../support/gateway-config.ts";
import { type Model, startModel } from "../support/model.ts";
import { asksWeb } from "../support/talk.ts";

// Without a network npm would ask the registry about the host for minutes.
const OFFLINE = { npm_config_offline: "true" };
const PAGE = "agent:cc:main";

let model: Model;
let gateway: Gateway;

beforeAll(async () => {
  model = await startModel();
  gateway = await startGateway({ plugin: "none" });
  await gateway.stop();
});
afterAll(async () => {
  await gateway.dispose();
  await model.close();
});

test("is installed from its tarball, answers as Claude, leaves a gateway that starts without it, and comes back to the same session", {
  timeout: 240_000,
}, async () => {
  const packed = await pack(gateway.root);
  await runs("plugins", "install", `npm-pack:${packed}`, "--force", "--accept-capabilities");
  const settings = { harness: { path: adapterFolder, env: model.env() } };
  await configure({ plugins: { entries: { contractor: { config: settings } } } });
  const workspace = gateway.workspace("cc");
  const who = ["--agent-id", "cc", "--workspace", workspace, "--contractor", "claude"];
  await runs("contractor-agents", "add", ...who);
  await gateway.start();
  expect(await asksWeb(gateway, PAGE, "remember basil")).toContain("OK, basil.");
  expect(gateway.children().length).toBeGreaterThan(0);
  await gateway.stop();

  await runs("plugins", "uninstall", "contractor", "--force");
  const before = gateway.logs().length;
  await gateway.start();
  expect(await gateway.call("health")).toMatchObject({ ok: true });
  expect(gateway.logs().slice(before)).not.toMatch(/contractor.*(error|fail)/i);
  // What is the user's stays: the agent, and which session it was in.
  const kept = await readFile(join(workspace, ".openclaw/contractor-agent/session-map.json"), "utf8");
  expect(kept).toContain(PAGE);
  expect((await gateway.cli(["contractor-agents", "list"])).code).not.toBe(0);
  await gateway.stop();

  await runs("plugins", "install", `npm-pack:${packed}`, "--force", "--accept-capabilities");
  // The host remembers that it was switched off at its removal.
  await runs("plugins", "enable", "contractor");
  await configure({ plugins: { entries: { contractor: { config: settings } } } });
  await gateway.start();
  expect(await asksWeb(gateway, PAGE, "what do you remember")).toContain("I remember basil.");
});

async function pack(folder: string): Promise<string> {
  const npm = process.env.npm_execpath;
  const argv = [...(npm === undefined ? ["npm"] : [process.execPath, npm]), "pack", "--silent"];
  const [program = "npm", ...args] = [...argv, "--pack-destination", folder];
  await promisify(execFile)(program, args, { cwd: checkout, env: { ...process.env, ...OFFLINE } });
  const name = (await readdir(folder)).find((one) => one.endsWith(".tgz"));
  return join(folder, name ?? "");
}

async function runs(...args: string[]): Promise<void> {
  const { code, stdout, stderr } = await gateway.cli(args, { env: OFFLINE, withinMs: 120_000 });
  expect(code, `${args.join(" ")}\n${stdout}\n${stderr}`).toBe(0);
}

async function configure(over: Json): Promise<void> {
  const config = merge(await gateway.readConfig(), over);
  await writeFile(gateway.configFile, JSON.stringify(config, null, 2));
}
