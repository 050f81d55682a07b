// Reads what Claude Code asks of the Messages API: which conversation, which kind of request, and what the user really typed.
import { z } from "zod";

const block = z.looseObject({
  type: z.string(),
  text: z.string().optional(),
  content: z.unknown().optional(),
});
const message = z.looseObject({ role: z.string(), content: z.union([z.string(), z.array(block)]) });
const body = z.looseObject({
  model: z.string(),
  stream: z.boolean().optional(),
  messages: z.array(message),
  system: z.unknown().optional(),
  tools: z.array(z.looseObject({ name: z.string().optional() })).optional(),
  metadata: z.looseObject({ user_id: z.string() }).optional(),
  output_config: z.looseObject({ format: z.unknown().optional() }).optional(),
});

type RequestBody = z.infer<typeof body>;

/** `main` is a turn of the conversation; the others are Claude Code's own errands and never use up a scripted answer. */
type RequestKind = "main" | "title" | "suggestion" | "compaction" | "other";

/** One POST /v1/messages as the journal keeps it. */
export type ModelRequest = {
  kind: RequestKind;
  at: number;
  /** Claude's session id, as sent in `metadata.user_id`. */
  session: string;
  model: string;
  /** What the user typed last, in this or an earlier request of the turn. */
  prompt: string;
  /** Every user text of the history, oldest first. */
  texts: string[];
  /** The summary a compaction left at the head of the history, empty without one. */
  summary: string;
  /** Results of tools in the last message, as text; empty when the user has said something after them. */
  toolResults: string[];
  body: RequestBody;
  headers: Record<string, string | string[] | undefined>;
};

/** Parses a request body of POST /v1/messages; throws a ZodError when it is not one. */
export function readRequest(json: unknown, headers: ModelRequest["headers"]): ModelRequest {
  const parsed = body.parse(json);
  const texts = userTexts(parsed.messages);
  return {
    kind: kindOf(parsed),
    at: Date.now(),
    session: sessionOf(parsed),
    model: parsed.model,
    prompt: lastUserText(parsed.messages),
    texts,
    summary: parsed.messages.flatMap(rawTexts).findLast((text) => continued.test(text)) ?? "",
    toolResults: toolResults(parsed.messages),
    body: parsed,
    headers,
  };
}

/** The texts of a request no earlier request of its session had: what the user sent now. Retries and tool rounds have none. */
export function newTexts(request: ModelRequest, earlier: readonly ModelRequest[]): string[] {
  let known = 0;
  for (const other of earlier) {
    if (other.session === request.session && isPrefix(other.texts, request.texts)) {
      known = Math.max(known, other.texts.length);
    }
  }
  if (known > 0) return request.texts.slice(known);
  const last = request.body.messages.findLast((entry) => entry.role === "user");
  return last === undefined ? [] : userTexts([last]);
}

function kindOf(request: RequestBody): RequestKind {
  const system = JSON.stringify(request.system ?? "");
  if (request.output_config?.format !== undefined || system.includes("naming a coding session"))
    return "title";
  const last = request.messages.findLast((entry) => entry.role === "user");
  const texts = last === undefined ? [] : rawTexts(last);
  if (texts.some((text) => text.startsWith("[SUGGESTION MODE:"))) return "suggestion";
  if (texts.some(isCompaction) || system.includes("tasked with summarizing conversations"))
    return "compaction";
  return request.tools === undefined || request.tools.length === 0 ? "other" : "main";
}

function isCompaction(text: string): boolean {
  return /^(CRITICAL: Respond with TEXT ONLY|Your task is to create a detailed summary)/.test(text);
}

// 2.1.44 writes `user_…_session_<uuid>`, 2.1.316 a JSON object with `session_id`.
function sessionOf(request: RequestBody): string {
  const id = request.metadata?.user_id ?? "";
  return /session_(?:id":")?([0-9a-f-]{36})/.exec(id)?.[1] ?? "";
}

function lastUserText(messages: RequestBody["messages"]): string {
  return userTexts(messages).at(-1) ?? "";
}

function userTexts(messages: RequestBody["messages"]): string[] {
  return messages
    .filter((entry) => entry.role === "user")
    .flatMap(rawTexts)
    .filter((text) => !isMachinery(text));
}

const continued = /^This session is being continued from a previous conversation/;

// What Claude Code itself writes into user messages.
function isMachinery(text: string): boolean {
  return (
    continued.test(text) ||
    /^\s*(<system-reminder>|<local-command-|<command-name>|\[Request interrupted by user|\[Image: source: )/.test(
      text,
    )
  );
}

function rawTexts(entry: RequestBody["messages"][number]): string[] {
  if (typeof entry.content === "string") return [entry.content];
  return entry.content.flatMap((part) =>
    part.type === "text" && part.text !== undefined ? [part.text] : [],
  );
}

function toolResults(messages: RequestBody["messages"]): string[] {
  const last = messages.findLast((entry) => entry.role === "user");
  if (last === undefined || typeof last.content === "string") return [];
  const answered = last.content.findLastIndex((part) => part.type === "tool_result");
  const later = { role: "user", content: last.content.slice(answered + 1) };
  if (userTexts([later]).length > 0) return [];
  return last.content.flatMap((part) => (part.type === "tool_result" ? [plain(part.content)] : []));
}

function plain(content: unknown): string {
  if (typeof content === "string") return content;
  const parts = z.array(block).safeParse(content);
  return parts.success ? parts.data.map((part) => part.text ?? "").join("") : "";
}

// Claude Code adds a newline to a text it later merges with its neighbour.
function isPrefix(shorter: string[], longer: string[]): boolean {
  return (
    shorter.length <= longer.length && shorter.every((text, i) => text.trimEnd() === longer[i]?.trimEnd())
  );
}
