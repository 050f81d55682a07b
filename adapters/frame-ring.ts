// The last frames of each adapter connection, for a fault report: when, which way, how large and of which shape. The words in
// them are kept apart, and are given only to whoever asks for them. What is held is bounded, however large the frames were.
import { redact, redactJson } from "../common/redact.ts";

/** One ACP message as a fault report shows it. */
export interface Frame {
  /** ISO time. */
  at: string;
  direction: "sent" | "received";
  /** The JSON-RPC method; "response" for the answer to a request, which has that request's `id`. */
  method: string;
  id?: string | number;
  /** Its size as JSON, without escapes. */
  bytes: number;
  /** Keys, numbers and words of the protocol; every other text is replaced by its length. */
  body: unknown;
  /** The texts that `body` leaves out, cut. Only where they were asked for. */
  text?: string;
}

interface Kept {
  at: number;
  direction: Frame["direction"];
  method: string;
  id: string | number | undefined;
  bytes: number;
  shape: string;
  text: string;
}

const FRAMES = 500;
const SHAPE_CHARS = 4_000;
const TEXT_CHARS = 2_000;
/** Read beyond the cut, so that a secret across it is seen whole and redacted. */
const MARGIN_CHARS = 500;
const LONG_CHARS = 80;
const DEEP = 12;
const ENDED_KEPT = 4;

/** The rings of all connections of a pool: of those that live, and of the last few that ended, which are often the ones to look at. */
export class FrameRings {
  readonly #rings = new Map<number, { ring: FrameRing; ended: boolean }>();

  open(pid: number): FrameRing {
    const ring = new FrameRing();
    // A pid can come again.
    this.#rings.delete(pid);
    this.#rings.set(pid, { ring, ended: false });
    return ring;
  }

  ended(pid: number): void {
    const known = this.#rings.get(pid);
    if (known) known.ended = true;
    const over = [...this.#rings].filter(([, { ended }]) => ended).slice(0, -ENDED_KEPT);
    for (const [gone] of over) this.#rings.delete(gone);
  }

  read(o: { withText: boolean }): { pid: number; ended: boolean; frames: Frame[] }[] {
    return [...this.#rings].map(([pid, { ring, ended }]) => ({ pid, ended, frames: ring.read(o) }));
  }
}

/** The last 500 messages of one connection. */
export class FrameRing {
  readonly #kept: (Kept | (() => Kept))[] = [];
  #next = 0;

  /** Never throws: nothing an adapter says may end its connection here. */
  record(direction: Frame["direction"], message: unknown): void {
    const at = Date.now();
    this.#kept[this.#next] = isSmallChunk(message)
      ? () => keptOf(at, direction, message)
      : keptOf(at, direction, message);
    this.#next = (this.#next + 1) % FRAMES;
  }

  /** The oldest first. */
  read({ withText }: { withText: boolean }): Frame[] {
    const inOrder = [...this.#kept.slice(this.#next), ...this.#kept.slice(0, this.#next)];
    const kept = inOrder.map((one) => (typeof one === "function" ? one() : one));
    return kept.map(({ at, direction, method, id, bytes, shape, text }) => ({
      at: new Date(at).toISOString(),
      direction,
      method,
      ...(id === undefined ? {} : { id }),
      bytes,
      body: redactJson(JSON.parse(shape)),
      ...(withText && text !== "" ? { text: redact(text).slice(0, TEXT_CHARS) } : {}),
    }));
  }
}

// A piece of an answer comes thousands of times in a row; a small one is looked into only when somebody reads.
function isSmallChunk(message: unknown): boolean {
  if (!isObject(message) || message.method !== "session/update" || !isObject(message.params)) return false;
  const { update } = message.params;
  if (!isObject(update) || !CHUNKS.has(String(update.sessionUpdate)) || !isObject(update.content))
    return false;
  const { text } = update.content;
  const plainForm = [message.params, update, update.content].every((part) => Object.keys(part).length <= 3);
  return plainForm && typeof text === "string" && text.length <= TEXT_CHARS && !("_meta" in update);
}

const CHUNKS: ReadonlySet<string> = new Set(["agent_message_chunk", "agent_thought_chunk"]);

function keptOf(at: number, direction: Frame["direction"], message: unknown): Kept {
  const { method, id } = isObject(message) ? message : {};
  return {
    at,
    direction,
    method: method === undefined ? "response" : wordOr(method, "unnamed"),
    id: typeof id === "number" ? id : id === undefined || id === null ? undefined : wordOr(id, "unreadable"),
    ...scan(message),
    shape: shapeOf(message),
  };
}

// Without recursion: a frame may be nested deeper than the stack is.
function scan(message: unknown): { bytes: number; text: string } {
  const most = TEXT_CHARS + MARGIN_CHARS;
  const left: [key: string, value: unknown][] = [["", message]];
  let bytes = 0;
  let text = "";
  for (let next = left.pop(); next; next = left.pop()) {
    const [key, value] = next;
    if (typeof value === "string") {
      bytes += Buffer.byteLength(value) + 2;
      if (!isProtocolWord(key, value) && text.length < most)
        text += `${key.slice(0, LONG_CHARS)}: ${value.slice(0, most - text.length)}\n`;
      continue;
    }
    if (!isObject(value)) {
      bytes += String(value).length;
      continue;
    }
    const children = Array.isArray(value)
      ? value.map((one): [string, unknown] => [key, one])
      : Object.entries(value);
    const names = Array.isArray(value) ? 0 : children.reduce((sum, [name]) => sum + name.length + 3, 0);
    bytes += 2 + names + Math.max(0, children.length - 1);
    for (let at = children.length - 1; at >= 0; at -= 1) left.push(children[at] ?? ["", undefined]);
  }
  return { bytes, text: copied(text) };
}

// A slice of a large text keeps all of it in memory.
function copied(text: string): string {
  return Buffer.from(text.slice(0, TEXT_CHARS + MARGIN_CHARS)).toString();
}

/** JSON of at most SHAPE_CHARS. */
function shapeOf(message: unknown): string {
  const shape = JSON.stringify(new Shape().of({ key: "", value: message, depth: 0 })) ?? "null";
  return shape.length <= SHAPE_CHARS ? shape : JSON.stringify(lengthOf(shape.length));
}

/** Draws one frame, until there is no more room. */
class Shape {
  // Quotes and commas are counted with each value, so that it stays below the limit.
  #room = SHAPE_CHARS - 600;

  of(o: { key: string; value: unknown; depth: number }): unknown {
    const { key, value, depth } = o;
    this.#room -= 8;
    if (typeof value === "string")
      return this.#spend(isProtocolWord(key, value) ? value : lengthOf(value.length));
    if (!isObject(value)) return typeof value === "number" ? this.#number(value) : value;
    if (WORDS_IN.has(key))
      return this.#spend(Array.isArray(value) ? `<${value.length} parts>` : "<an object>");
    if (depth >= DEEP || this.#room <= 0) return "<more>";
    if (Array.isArray(value)) return this.#list(key, value, depth + 1);
    return this.#object(key, value, depth + 1);
  }

  #list(key: string, values: readonly unknown[], depth: number): unknown[] {
    const drawn: unknown[] = [];
    for (const value of values) {
      if (this.#room <= 0) return [...drawn, "<more>"];
      drawn.push(this.of({ key, value, depth }));
    }
    return drawn;
  }

  #object(within: string, value: Record<string, unknown>, depth: number): Record<string, unknown> {
    const drawn: Record<string, unknown> = {};
    for (const key in value) {
      if (this.#room <= 0) return { ...drawn, "<more>": true };
      const name = this.#spend(isWord(key) ? key : lengthOf(key.length));
      const isError = depth === 2 && within === "error" && key === "message";
      drawn[name] = isError ? this.#errorText(value[key]) : this.of({ key, value: value[key], depth });
    }
    return drawn;
  }

  // What went wrong is what a report is for, and is the adapter's own sentence.
  #errorText(text: unknown): string {
    if (typeof text !== "string") return "<no text>";
    return this.#spend(redact(text.slice(0, MARGIN_CHARS)).slice(0, LONG_CHARS));
  }

  #number(value: number): number {
    this.#room -= String(value).length;
    return value;
  }

  #spend(text: string): string {
    this.#room -= text.length;
    return text;
  }
}

/** Below these is what people, Claude and its tools say, whatever its own keys are called. */
const WORDS_IN = new Set([
  "content",
  "data",
  "entries",
  "env",
  "headers",
  "input",
  "output",
  "prompt",
  "rawInput",
  "rawOutput",
  "text",
  "toolResponse",
  "tool_input",
  "tool_use_result",
]);

/** The keys whose value is a word of the protocol, or an id. Every other text may hold what somebody said. */
const PROTOCOL = new Set([
  ...[
    "_claude/model",
    "action",
    "category",
    "code",
    "configId",
    "currency",
    "currentModeId",
    "currentModelId",
  ],
  ...[
    "currentValue",
    "cwd",
    "id",
    "jsonrpc",
    "kind",
    "messageId",
    "method",
    "mimeType",
    "mode",
    "modeId",
    "model",
  ],
  ...[
    "modelId",
    "optionId",
    "outcome",
    "parentToolUseId",
    "parent_tool_use_id",
    "permissionMode",
    "priority",
  ],
  ...["requestId", "role", "sessionId", "sessionUpdate", "session_id", "settingSources", "state", "status"],
  ...[
    "stopReason",
    "subtype",
    "task_id",
    "toolCallId",
    "toolName",
    "tool_name",
    "tool_use_id",
    "type",
    "uuid",
  ],
  "version",
]);

function isProtocolWord(key: string, value: string): boolean {
  return PROTOCOL.has(key) && isWord(value);
}

function isWord(value: string): boolean {
  return value.length <= LONG_CHARS && /^[\w./:@$-]+$/.test(value);
}

function wordOr(value: unknown, otherwise: string): string {
  return typeof value === "string" && isWord(value) ? redact(value) : otherwise;
}

function lengthOf(chars: number): string {
  return `<${chars} chars>`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
