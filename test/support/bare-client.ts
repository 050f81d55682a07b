// A plain ACP client over an agent's stdio, so that the bench can be tried without the product.
import { spawn } from "node:child_process";
import { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { client, methods, ndJsonStream, PROTOCOL_VERSION } from "@agentclientprotocol/sdk";
import { until } from "./poll.ts";
import { familyOf, killAll } from "./processes.ts";

/** Absolute path of the installed adapter's entry. */
export function adapterEntry(name: "claude-agent-acp" | "claude-code-acp"): string {
  const scope = name === "claude-agent-acp" ? "@agentclientprotocol" : "@zed-industries";
  return fileURLToPath(new URL(`../../node_modules/${scope}/${name}/dist/index.js`, import.meta.url));
}

type Update = { sessionUpdate: string; [key: string]: unknown };
type Permission = {
  toolCall: { title?: string | null };
  options: { optionId: string; kind: string; name: string }[];
};

export type BareClient = {
  readonly pid: number;
  /** Everything the agent sent as session/update, oldest first. */
  readonly updates: Update[];
  readonly permissions: Permission[];
  request(method: string, params: unknown): Promise<unknown>;
  notify(method: string, params: unknown): Promise<void>;
  initialize(): Promise<unknown>;
  newSession(cwd: string): Promise<string>;
  /** Runs one prompt and returns the text Claude said in it, with the stop reason. */
  ask(sessionId: string, text: string): Promise<{ text: string; stopReason: string }>;
  /** SIGTERM, then SIGKILL after 3 s, for the agent and what it started in its folder. */
  stop(): Promise<void>;
};

/**
 * Starts `node <args>` as an ACP agent. Permission requests are answered by `decide` (an ACP option kind) [allow_once];
 * `hear` is called with each update as it comes.
 */
export function startBareClient(o: {
  args: string[];
  env: Record<string, string>;
  cwd: string;
  decide?: string;
  hear?: (update: Update) => void;
}): BareClient {
  const env = { PATH: process.env.PATH ?? "", HOME: o.cwd, ...o.env };
  const child = spawn(process.execPath, o.args, { env, cwd: o.cwd, stdio: ["pipe", "pipe", "ignore"] });
  const updates: Update[] = [];
  const permissions: Permission[] = [];
  const stream = ndJsonStream(
    Writable.toWeb(child.stdin),
    Readable.toWeb(child.stdout) as ReadableStream<Uint8Array>,
  );
  const connection = client({ name: "bare" })
    .onRequest(methods.client.session.requestPermission, ({ params }) => {
      permissions.push(params);
      const option = params.options.find((entry) => entry.kind === (o.decide ?? "allow_once"));
      return {
        outcome: option ? { outcome: "selected", optionId: option.optionId } : { outcome: "cancelled" },
      };
    })
    .onNotification(methods.client.session.update, ({ params }) => {
      updates.push(params.update as Update);
      o.hear?.(params.update as Update);
    })
    .onNotification("_auth/status_update", { parse: (value: unknown) => value }, () => {})
    .connect(stream);
  const request = (method: string, params: unknown): Promise<unknown> =>
    connection.agent.request(method, params);
  return {
    pid: child.pid ?? 0,
    updates,
    permissions,
    request,
    notify: (method, params) => connection.agent.notify(method, params),
    initialize: () => {
      const clientCapabilities = { fs: { readTextFile: false, writeTextFile: false }, terminal: false };
      return request("initialize", { protocolVersion: PROTOCOL_VERSION, clientCapabilities });
    },
    async newSession(cwd) {
      const session = (await request("session/new", { cwd, mcpServers: [] })) as { sessionId: string };
      return session.sessionId;
    },
    async ask(sessionId, text) {
      const from = updates.length;
      const prompt = [{ type: "text", text }];
      const result = (await request("session/prompt", { sessionId, prompt })) as { stopReason: string };
      return { text: textOf(updates.slice(from)), stopReason: result.stopReason };
    },
    async stop() {
      child.kill("SIGTERM");
      const gone = () => child.exitCode !== null || child.signalCode !== null;
      await until("the agent to exit", gone, { withinMs: 3_000 }).catch(() => child.kill("SIGKILL"));
      // Claude Code outlives its adapter for a moment and would still write into folders the test removes.
      const left = () => familyOf({ pid: undefined, folder: o.cwd }).map((entry) => entry.pid);
      await until("what the agent started to end", () => left().length === 0, { withinMs: 3_000 }).catch(() =>
        killAll(left()),
      );
    },
  };
}

function textOf(updates: Update[]): string {
  const chunks = updates.filter((update) => update.sessionUpdate === "agent_message_chunk");
  return chunks.map((chunk) => (chunk.content as { text?: string }).text ?? "").join("");
}
