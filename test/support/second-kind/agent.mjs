// The agent behind the second kind: ACP without an SDK, several sessions in a process, transcripts on disk.
import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { converse } from "../model-loop.mjs";

const MODES = ["default", "acceptEdits", "plan", "bypassPermissions", "auto"].map((id) => ({ id, name: id }));
const OPTIONS = ["allow_once", "reject_once"].map((kind) => ({ optionId: kind, name: kind, kind }));
const UNASKED = ["bypassPermissions", "auto"];
const KINDS = { Bash: "execute", Write: "edit", Read: "read" };
const folder = join(process.env.CLAUDE_CONFIG_DIR, "projects", "second");
const sessions = new Map();
const asked = [];

const write = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
const update = (sessionId, fields) =>
  write({ method: "session/update", params: { sessionId, update: fields } });
const unknown = () => Object.assign(new Error("Resource not found"), { code: -32002 });

createInterface({ input: process.stdin })
  .on("line", (line) => void receive(JSON.parse(line)))
  .on("close", () => process.exit(0));

async function receive({ id, method, params, result }) {
  if (method === undefined) return asked[id](result);
  const answer = await handle(method, params).then(
    (done) => ({ result: done ?? {} }),
    (error) => ({ error: { code: error.code ?? -32603, message: error.message } }),
  );
  if (id !== undefined) write({ id, ...answer });
}

async function handle(method, params) {
  const agentCapabilities = {
    promptCapabilities: { image: true },
    sessionCapabilities: { close: {}, resume: {} },
  };
  if (method === "initialize") return { protocolVersion: 1, agentCapabilities };
  if (method === "session/new")
    return opened({ id: randomUUID(), cwd: params.cwd, mode: "auto", messages: [] });
  if (method === "session/resume") return opened(read(params.sessionId));
  const session = sessions.get(params.sessionId);
  if (!session) throw unknown();
  if (method === "session/prompt") return await prompt(session, params.prompt);
  if (method === "session/set_mode") session.mode = params.modeId;
  if (method !== "session/set_mode") session.turn?.abort();
  if (method === "session/close") sessions.delete(session.id);
}

function opened(session) {
  sessions.set(session.id, session);
  return { sessionId: session.id, modes: { currentModeId: session.mode, availableModes: MODES } };
}

function read(id) {
  try {
    const lines = readFileSync(join(folder, `${id}.jsonl`), "utf8").split("\n");
    const [{ cwd, permissionMode }, ...messages] = lines.map((line) => JSON.parse(line));
    return { id, cwd, mode: permissionMode, messages };
  } catch {
    throw unknown();
  }
}

function keep({ id, cwd, mode, messages }) {
  mkdirSync(folder, { recursive: true });
  const lines = [{ permissionMode: mode, cwd }, ...messages].map((line) => JSON.stringify(line));
  writeFileSync(join(folder, `${id}.jsonl`), lines.join("\n"));
}

async function prompt(session, blocks) {
  session.turn = new AbortController();
  const { signal } = session.turn;
  session.messages.push({ role: "user", content: blocks });
  const say = (text) =>
    update(session.id, { sessionUpdate: "agent_message_chunk", content: { type: "text", text } });
  const may = (tool, run) => decide(session, tool, run);
  await converse(session, { signal, say, may, keep: () => keep(session) });
  return { stopReason: signal.aborted ? "cancelled" : "end_turn" };
}

async function decide({ id, mode }, { id: toolCallId, name, input }, run) {
  const call = { toolCallId, title: name, kind: KINDS[name], rawInput: input };
  update(id, { sessionUpdate: "tool_call", status: "pending", ...call });
  const edits = mode === "acceptEdits" && name === "Write" && !input.file_path.includes("/.openclaw/");
  const free = name === "Read" || edits || UNASKED.includes(mode);
  const allowed = free || (await ask({ sessionId: id, toolCall: call, options: OPTIONS }));
  const text = allowed ? await run() : "The user refused this tool.";
  update(id, { sessionUpdate: "tool_call_update", toolCallId, status: allowed ? "completed" : "failed" });
  return text;
}

async function ask(params) {
  const answer = new Promise((resolve) => asked.push(resolve));
  write({ id: asked.length - 1, method: "session/request_permission", params });
  return (await answer).outcome?.optionId === "allow_once";
}
