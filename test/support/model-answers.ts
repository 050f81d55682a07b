// The answers the fake Messages API can give, and how each goes over the wire.
import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

type Block =
  | { type: "text"; chunks: string[] }
  | { type: "thinking"; text: string }
  | { type: "tool_use"; name: string; input: unknown };

export type Message = {
  kind: "message";
  blocks: Block[];
  gapMs: number;
  after: Promise<unknown> | undefined;
  stop: string | undefined;
};
export type Answer =
  | Message
  | { kind: "fail"; status: number; type: string; message: string; headers: Record<string, string> }
  | { kind: "broken"; partial: string; error: string | undefined }
  | { kind: "silence" };

/** Text, in `chunks` pieces (a count, or the pieces themselves) `gapMs` apart; `after` holds it back until a promise settles. */
export function say(
  text: string,
  o: {
    chunks?: number | string[];
    gapMs?: number;
    thinking?: string;
    after?: Promise<unknown>;
    stop?: string;
  } = {},
): Message {
  const chunks = Array.isArray(o.chunks) ? o.chunks : split(text, o.chunks ?? 1);
  const blocks: Block[] = o.thinking === undefined ? [] : [{ type: "thinking", text: o.thinking }];
  blocks.push({ type: "text", chunks });
  return { kind: "message", blocks, gapMs: o.gapMs ?? 0, after: o.after, stop: o.stop };
}

/** Claude calls one of its tools (Bash, Write, Read, ExitPlanMode, AskUserQuestion, …); `saying` comes before it. */
export function useTool(
  name: string,
  input: unknown,
  o: { saying?: string; after?: Promise<unknown> } = {},
): Message {
  const blocks: Block[] = o.saying === undefined ? [] : [{ type: "text", chunks: [o.saying] }];
  blocks.push({ type: "tool_use", name, input });
  return { kind: "message", blocks, gapMs: 0, after: o.after, stop: undefined };
}

/** Several messages as one answer: two tools called at once, text after a tool call. */
export function together(first: Message, ...rest: Message[]): Message {
  return { ...first, blocks: [first, ...rest].flatMap((message) => message.blocks) };
}

/** An HTTP error; the type defaults to the one the Messages API gives with that status. */
export function fail(
  status: number,
  o: { type?: string; message?: string; headers?: Record<string, string> } = {},
): Answer {
  const type = o.type ?? errorTypes[status] ?? "api_error";
  return { kind: "fail", status, type, message: o.message ?? `scripted ${status}`, headers: o.headers ?? {} };
}

/** The stream begins, says `partial`, and the connection breaks. */
export function cut(partial = "Half a sen"): Answer {
  return { kind: "broken", partial, error: undefined };
}

/** The stream begins, says `partial`, and an SSE `error` event ends it. */
export function failMidStream(o: { partial?: string; type?: string } = {}): Answer {
  return { kind: "broken", partial: o.partial ?? "Half a sen", error: o.type ?? "overloaded_error" };
}

/** Never answers; the connection stays open until the client or the server goes. */
export function silence(): Answer {
  return { kind: "silence" };
}

/** Writes the answer to one POST /v1/messages; resolves when it is out or the client has gone. */
export async function give(o: {
  answer: Answer;
  model: string;
  stream: boolean;
  response: ServerResponse;
}): Promise<void> {
  const { answer, response } = o;
  if (answer.kind === "silence") return;
  if (answer.kind === "fail") {
    response.writeHead(answer.status, { "content-type": "application/json", ...answer.headers });
    response.end(JSON.stringify(errorBody(answer.type, answer.message)));
    return;
  }
  if (answer.kind === "message") await answer.after;
  const message = answer.kind === "message" ? answer : say(answer.partial);
  if (answer.kind === "message" && !o.stream) {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify(wholeMessage(message, o.model)));
    return;
  }
  await streamMessage({ message, model: o.model, response, broken: answer.kind === "broken" });
  if (answer.kind !== "broken") return;
  if (answer.error === undefined) return void response.destroy();
  send(response, "error", errorBody(answer.error, "scripted mid-stream error"));
  response.end();
}

const errorTypes: Record<number, string> = {
  400: "invalid_request_error",
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  500: "api_error",
  529: "overloaded_error",
};

function errorBody(type: string, message: string) {
  return { type: "error", error: { type, message }, request_id: "req_fake" };
}

function split(text: string, count: number): string[] {
  const letters = [...text];
  const size = Math.max(1, Math.ceil(letters.length / count));
  const pieces = [];
  for (let at = 0; at < letters.length; at += size) pieces.push(letters.slice(at, at + size).join(""));
  return pieces.length === 0 ? [""] : pieces;
}

function stopReason(message: Message): string {
  return (
    message.stop ?? (message.blocks.some((block) => block.type === "tool_use") ? "tool_use" : "end_turn")
  );
}

function emptyMessage(model: string) {
  const usage = {
    input_tokens: 10,
    output_tokens: 1,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
  };
  const id = `msg_${randomUUID().replaceAll("-", "")}`;
  return {
    id,
    type: "message",
    role: "assistant",
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage,
  };
}

function wholeMessage(message: Message, model: string) {
  const content = message.blocks.map((block) => ({ ...opening(block), ...filled(block) }));
  return { ...emptyMessage(model), content, stop_reason: stopReason(message) };
}

function opening(block: Block): Record<string, unknown> {
  if (block.type === "text") return { type: "text", text: "" };
  if (block.type === "thinking") return { type: "thinking", thinking: "", signature: "" };
  return { type: "tool_use", id: `toolu_${randomUUID().replaceAll("-", "")}`, name: block.name, input: {} };
}

function filled(block: Block): Record<string, unknown> {
  if (block.type === "text") return { text: block.chunks.join("") };
  return block.type === "thinking" ? { thinking: block.text, signature: "fake" } : { input: block.input };
}

async function streamMessage(o: {
  message: Message;
  model: string;
  response: ServerResponse;
  broken: boolean;
}) {
  const { message, response } = o;
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
  send(response, "message_start", { type: "message_start", message: emptyMessage(o.model) });
  for (const [index, block] of message.blocks.entries()) {
    send(response, "content_block_start", {
      type: "content_block_start",
      index,
      content_block: opening(block),
    });
    for (const [at, delta] of deltas(block).entries()) {
      if (at > 0 && message.gapMs > 0) await sleep(message.gapMs);
      if (response.destroyed) return;
      send(response, "content_block_delta", { type: "content_block_delta", index, delta });
    }
    if (!o.broken) send(response, "content_block_stop", { type: "content_block_stop", index });
  }
  if (o.broken) return void (await sleep(30)); // lets the half message leave before the connection breaks
  const delta = { stop_reason: stopReason(message), stop_sequence: null };
  send(response, "message_delta", { type: "message_delta", delta, usage: { output_tokens: 5 } });
  send(response, "message_stop", { type: "message_stop" });
  response.end();
}

function deltas(block: Block): Record<string, unknown>[] {
  if (block.type === "text") return block.chunks.map((text) => ({ type: "text_delta", text }));
  if (block.type === "tool_use")
    return [{ type: "input_json_delta", partial_json: JSON.stringify(block.input) }];
  return [
    { type: "thinking_delta", thinking: block.text },
    { type: "signature_delta", signature: "fake" },
  ];
}

function send(response: ServerResponse, event: string, data: unknown): void {
  response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
}
