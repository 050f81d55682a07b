// The process of the scripted agent: `node scripted-agent-main.ts <dir>`, with its script in the folder. Plain JSON-RPC lines, no SDK.
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import type { Entry, RpcFailure, Script } from "./scripted-agent.ts";
import { type RunningTurn, runSteps } from "./scripted-agent-turn.ts";

type Params = Record<string, unknown>;
type Saved = { cwd: string; updatedAt: string; turns: { user: string; agent: string }[] };

const [dir = "."] = process.argv.slice(2);
const script = JSON.parse(readFileSync(join(dir, "script.json"), "utf8")) as Script;
const sessions = join(dir, "agent-sessions");
const startsIn = script.startsIn ?? "default";
const modes = new Map<string, string>();
const running = new Map<string, RunningTurn>();
const waiting = new Map<number, (result: unknown) => void>();
let nextId = 1;

note({ event: "start", env: { ...process.env } as Record<string, string> });
process.on("SIGTERM", () => {
  note({ event: "sigterm" });
  if (script.ignoreSigterm !== true) process.exit(143);
});
if (script.child === true) {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
  note({ event: "child", childPid: child.pid ?? 0 });
}
await runSteps({
  steps: script.start ?? [],
  update: () => {},
  ask,
  turn: { cancelled: new Promise(() => {}), cancel() {} },
});

const keepAlive = setInterval(() => {}, 60_000);
const lines = createInterface({ input: process.stdin });
lines.on("line", (line) => void receive(line));
lines.on("close", () => {
  note({ event: "eof" });
  if (script.ignoreEof !== true) clearInterval(keepAlive);
  if (script.ignoreEof !== true) process.exit(0);
});

async function receive(line: string): Promise<void> {
  const message = JSON.parse(line) as {
    id?: number;
    method?: string;
    params?: Params;
    result?: unknown;
    error?: RpcFailure;
  };
  note(message);
  if (message.method === undefined)
    return waiting.get(message.id ?? -1)?.(message.result ?? { error: message.error });
  if (script.silent?.includes(message.method)) return;
  await sleep(script.slow?.[message.method] ?? 0);
  const scripted = script.errors?.[message.method];
  const answer = scripted ? { error: scripted } : await handle(message.method, message.params ?? {});
  if (message.id !== undefined) write({ id: message.id, ...answer });
  if ("after" in answer && answer.after) answer.after();
  if (script.exitAfter === message.method) process.exit(1);
}

type Answer = { result?: unknown; error?: RpcFailure; after?: (() => void) | undefined };

async function handle(method: string, params: Params): Promise<Answer> {
  const id = String(params.sessionId);
  if (method === "initialize") return { result: { ...initialized, ...script.initialize } };
  if (method === "session/new") return { result: { sessionId: create(String(params.cwd)), ...settings() } };
  if (method === "session/list") return { result: { sessions: list() } };
  if (method === "session/cancel") return cancel(id);
  if (method === "session/load" || method === "session/resume") rmSync(join(dir, "lost"), { force: true });
  const session = existsSync(join(dir, "lost")) ? undefined : saved(id);
  if (session === undefined)
    return { error: { code: -32002, message: "Resource not found", data: { sessionId: id } } };
  if (method === "session/prompt") return prompt(id, params);
  if (method === "session/load") {
    for (const turn of session.turns) {
      update(id, { sessionUpdate: "user_message_chunk", content: { type: "text", text: turn.user } });
      update(id, { sessionUpdate: "agent_message_chunk", content: { type: "text", text: turn.agent } });
    }
    return { result: settings() };
  }
  if (method === "session/resume") return { result: settings() };
  if (method === "session/fork")
    return { result: { sessionId: create(session.cwd, session.turns), ...settings() } };
  if (method === "_session/steering") return steer(id, params);
  if (method === "session/set_mode") modes.set(id, String(params.modeId));
  if (method === "session/set_mode")
    update(id, { sessionUpdate: "current_mode_update", currentModeId: params.modeId });
  if (method === "session/set_config_option") return { result: { configOptions: settings().configOptions } };
  return ["session/set_mode", "session/close", "session/delete"].includes(method)
    ? { result: {} }
    : { error: { code: -32601, message: `Method not found: ${method}` } };
}

async function prompt(sessionId: string, params: Params): Promise<Answer> {
  const text = textOf(params);
  const scripted = Object.entries(script.turns ?? {}).find(([word]) => text.includes(word))?.[1];
  const { promise: cancelled, resolve: cancel } = Promise.withResolvers<void>();
  const turn: RunningTurn = { cancelled, cancel };
  running.set(sessionId, turn);
  let said = "";
  note({ event: "prompted", mode: modes.get(sessionId) ?? startsIn });
  const send = (fields: Params) => {
    if (fields.sessionUpdate === "current_mode_update") modes.set(sessionId, String(fields.currentModeId));
    if (fields.sessionUpdate === "agent_message_chunk") said += (fields.content as { text: string }).text;
    update(sessionId, fields);
  };
  keepTranscript(sessionId);
  const steps = scripted ?? [{ say: persona(sessionId, text) }];
  const end = await runSteps({
    steps,
    update: send,
    ask: (request, takenBackMs) => ask({ sessionId, ...request }, takenBackMs),
    turn,
  });
  running.delete(sessionId);
  const session = saved(sessionId);
  session?.turns.push({ user: text, agent: said });
  if (session) save(sessionId, session);
  if (end.fail) return { error: end.fail, after: end.after };
  return { result: { stopReason: end.stop ?? "end_turn" }, after: end.after };
}

function persona(sessionId: string, text: string): string {
  if (text !== "what do you remember") return `Echo: ${text}`;
  const prompts = saved(sessionId)?.turns.map((turn) => turn.user) ?? [];
  return prompts.length === 0 ? "I remember nothing." : `I remember: ${prompts.join(", ")}.`;
}

function keepTranscript(sessionId: string): void {
  const config = process.env.CLAUDE_CONFIG_DIR;
  if (config === undefined) return;
  const folder = join(config, "projects", String(saved(sessionId)?.cwd).replace(/[^A-Za-z0-9]/g, "-"));
  mkdirSync(folder, { recursive: true });
  const line = { type: "user", sessionId, message: { content: `said to ${process.pid}` } };
  appendFileSync(join(folder, `${sessionId}.jsonl`), `${JSON.stringify(line)}\n`);
}

function cancel(id: string): Answer {
  if (script.ignoreCancel !== true) running.get(id)?.cancel();
  return {};
}

function steer(id: string, params: Params): Answer {
  if (!running.has(id)) return { result: { outcome: "promptRequired" } };
  update(id, {
    sessionUpdate: "agent_message_chunk",
    content: { type: "text", text: `steered: ${textOf(params)}` },
  });
  return { result: { outcome: "injected" } };
}

const initialized = {
  protocolVersion: 1,
  agentCapabilities: {
    loadSession: true,
    promptCapabilities: { image: true, embeddedContext: true },
    sessionCapabilities: { close: {}, delete: {}, fork: {}, list: {}, resume: {} },
  },
  agentInfo: { name: "scripted-agent", title: "Scripted", version: "1.0.0" },
  authMethods: [],
  _meta: { steering: { supported: true } },
};

function settings() {
  const modes = ["default", "acceptEdits", "plan", "bypassPermissions", "auto"].map((id) => ({
    id,
    name: id,
  }));
  const options = ["default", "opus", "sonnet"].map((value) => ({ value, name: value }));
  const model = {
    id: "model",
    name: "Model",
    type: "select",
    category: "model",
    currentValue: "default",
    options,
  };
  return { modes: { currentModeId: startsIn, availableModes: modes }, configOptions: [model] };
}

// Sessions are on disk, a file each, so that a second process can load what a first one made, and both can write.
function saved(id: string): Saved | undefined {
  const file = join(sessions, `${id}.json`);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Saved) : undefined;
}

function save(id: string, session: Saved): void {
  mkdirSync(sessions, { recursive: true });
  writeFileSync(join(sessions, `${id}.json`), JSON.stringify(session));
}

function create(cwd: string, turns: Saved["turns"] = []): string {
  const id = randomUUID();
  save(id, { cwd, updatedAt: new Date().toISOString(), turns });
  return id;
}

function list() {
  const ids = existsSync(sessions) ? readdirSync(sessions).map((name) => name.replace(/\.json$/, "")) : [];
  return ids.map((sessionId) => {
    const { cwd, updatedAt } = saved(sessionId) ?? {};
    return { sessionId, cwd, title: "Scripted", updatedAt };
  });
}

function textOf(params: Params): string {
  const blocks = (params.prompt ?? []) as { type: string; text?: string }[];
  return blocks.map((part) => (part.type === "text" ? (part.text ?? "") : `[${part.type}]`)).join("");
}

function update(sessionId: string, fields: Params): void {
  write({ method: "session/update", params: { sessionId, update: fields } });
}

function ask(params: Params, takenBackMs?: number): Promise<unknown> {
  const id = nextId++;
  write({ id, method: "session/request_permission", params });
  const takeBack = () => write({ method: "$/cancel_request", params: { requestId: id } });
  if (takenBackMs !== undefined) setTimeout(takeBack, takenBackMs);
  return new Promise((resolve) => waiting.set(id, resolve));
}

function write(message: Params): void {
  const { after: _, ...wire } = message;
  if (process.stdout.writable) process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...wire })}\n`);
}

function note(entry: Partial<Entry>): void {
  appendFileSync(
    join(dir, "agent.jsonl"),
    `${JSON.stringify({ at: Date.now(), pid: process.pid, ...entry })}\n`,
  );
}
