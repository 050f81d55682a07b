// The configuration and environment of a test gateway: everything in one temporary folder, nothing of the real home.
import { readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { adapterFolder, checkout } from "./checkout.ts";
import type { Model } from "./model.ts";
import type { Telegram } from "./telegram.ts";

export type Json = { [key: string]: unknown };
export type GatewayOptions = {
  telegram?: Telegram;
  /** Claude Code talks to this model (through `harness.env` of the plugin's settings). */
  model?: Model;
  /** Merged over the bench's openclaw.json; arrays replace. */
  config?: Json;
  /** Merged into plugins.entries.<plugin id>.config. */
  pluginConfig?: Json;
  /** The checkout, another plugin's folder, or none [checkout]. */
  plugin?: "checkout" | "none" | { folder: string };
  /** Contractor agents in the config beside the ordinary `main` [cc]. */
  agents?: string[];
  /** Telegram user ids that may use owner commands (`/acp spawn` is one) [501]. */
  owners?: number[];
  /** Root folder of an earlier gateway of this test, to go on with its state. */
  state?: string;
  /** More environment for the gateway and the CLI. */
  env?: Record<string, string>;
};

/** Where things are below the gateway's root folder. */
export function layout(root: string) {
  const state = join(root, "state");
  const workspace = (agentId: string) => join(root, "workspaces", agentId);
  return {
    home: join(root, "home"),
    state,
    config: join(state, "openclaw.json"),
    log: join(root, "gateway.log"),
    workspace,
  };
}

/** openclaw.json of a test gateway. */
export function gatewayConfig(o: GatewayOptions & { root: string; port: number; token: string }): Json {
  const plugin = pluginOf(o);
  const base: Json = {
    gateway: { mode: "local", port: o.port, bind: "loopback", auth: { mode: "token", token: o.token } },
    logging: { file: layout(o.root).log },
    // Nothing of a test leaves this machine.
    update: { checkOnStart: false },
    models: { catalogRefresh: { enabled: false } },
    ...agentsConfig(o, plugin?.id),
    ...(plugin ? { acp: { backend: plugin.id }, plugins: pluginsConfig(o, plugin) } : {}),
    ...(o.telegram ? telegramConfig(o, o.telegram) : {}),
  };
  return merge(base, o.config ?? {});
}

/** Environment of the gateway and of the CLI: a home of its own, Node 24 first on the PATH. */
export function gatewayEnv(o: {
  root: string;
  env?: Record<string, string> | undefined;
}): Record<string, string> {
  const at = layout(o.root);
  return {
    PATH: [join(checkout, "node_modules/.bin"), process.env.PATH ?? ""].join(delimiter),
    HOME: at.home,
    OPENCLAW_HOME: at.home,
    OPENCLAW_STATE_DIR: at.state,
    OPENCLAW_CONFIG_PATH: at.config,
    OPENCLAW_NO_RESPAWN: "1",
    OPENCLAW_NO_AUTO_UPDATE: "1",
    OPENCLAW_DISABLE_BONJOUR: "1",
    NO_COLOR: "1",
    LANG: "C.UTF-8",
    ...o.env,
  };
}

/** Command that runs the installed OpenClaw on this Node. */
export const openclaw = join(checkout, "node_modules/openclaw/openclaw.mjs");

/** Where the plugin of a gateway is loaded from: a copy of the built checkout, or the folder it was given. */
export function pluginFolder(o: { plugin?: GatewayOptions["plugin"]; root: string }): string | undefined {
  if (o.plugin === "none") return undefined;
  return typeof o.plugin === "object" ? o.plugin.folder : join(o.root, "plugin");
}

function pluginOf(o: GatewayOptions & { root: string }): { id: string; folder: string } | undefined {
  const folder = pluginFolder(o);
  if (folder === undefined) return undefined;
  const manifest = readFileSync(join(folder, "openclaw.plugin.json"), "utf8");
  return { id: (JSON.parse(manifest) as { id: string }).id, folder };
}

function agentsConfig(o: GatewayOptions & { root: string }, backend: string | undefined): Json {
  const at = layout(o.root);
  const entries: Json = { main: { workspace: at.workspace("main") } };
  for (const id of backend === undefined ? [] : (o.agents ?? ["cc"])) {
    const runtime = { type: "acp", acp: { agent: "claude", backend, mode: "persistent" } };
    entries[id] = { workspace: at.workspace(id), runtime };
  }
  // Several agents need an owner for what belongs to none, else Telegram and cron refuse to start.
  return {
    agents: {
      ownership: "explicit",
      // Nothing happens by the clock.
      defaults: { systemAgent: { agentId: "main" }, heartbeat: { every: "0m" } },
      entries,
    },
  };
}

function pluginsConfig(o: GatewayOptions, plugin: { id: string; folder: string }): Json {
  const ours = plugin.id === "contractor";
  const harness = { harness: { path: adapterFolder, ...(o.model ? { env: o.model.env() } : {}) } };
  const config = merge(ours ? harness : {}, o.pluginConfig ?? {});
  return { load: { paths: [plugin.folder] }, entries: { [plugin.id]: { enabled: true, config } } };
}

function telegramConfig(o: GatewayOptions, telegram: Telegram): Json {
  const owners = (o.owners ?? [501]).map((id) => `telegram:${id}`);
  const accounts = Object.fromEntries(
    telegram.accounts().map((id) => [id, { botToken: telegram.token(id) }]),
  );
  const open = {
    dmPolicy: "open",
    allowFrom: ["*"],
    groupPolicy: "open",
    groups: { "*": { requireMention: false } },
  };
  return {
    commands: { ownerAllowFrom: owners },
    bindings: telegram
      .accounts()
      .map((accountId) => ({ agentId: "main", match: { channel: "telegram", accountId } })),
    channels: {
      telegram: { enabled: true, apiRoot: telegram.url, defaultAccount: "default", accounts, ...open },
    },
  };
}

/** Objects are merged, everything else replaced. */
export function merge(base: Json, over: Json): Json {
  const result = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const old = result[key];
    result[key] = isObject(old) && isObject(value) ? merge(old, value) : value;
  }
  return result;
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
