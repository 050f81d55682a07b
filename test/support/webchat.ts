// A browser with pages of webchat: says something in a session, and reads what its page shows as the answer.
import { z } from "zod";
import type { Gateway } from "./gateway.ts";
import { type Frame, openOperator } from "./gateway-rpc.ts";
import { until } from "./poll.ts";

export type Browser = {
  /** The page of a session says it, and gets this answer; an error as the page words it. */
  asks(sessionKey: string, message: string): Promise<string>;
  close(): void;
};

export async function openBrowser(gateway: Gateway): Promise<Browser> {
  const shown = new Map<string, string>();
  const hears = ({ event, payload }: Frame) => {
    const read = event === "chat" ? ended.safeParse(payload) : undefined;
    if (read?.success) shown.set(read.data.runId, textOf(read.data));
  };
  const connection = await openOperator({ port: gateway.port, token: gateway.token, hears });
  return {
    async asks(sessionKey, message) {
      const idempotencyKey = crypto.randomUUID();
      connection.send("chat.send", { sessionKey, message, idempotencyKey });
      const answered = () => shown.get(idempotencyKey);
      return await until(`an answer to ${message}`, answered);
    },
    close: () => connection.close(),
  };
}

// What a turn or command ended with; the id of its run is the one the message was sent with.
const ended = z.looseObject({
  runId: z.string(),
  state: z.enum(["final", "error", "aborted"]),
  errorMessage: z.string().optional(),
  message: z.looseObject({ content: z.array(z.looseObject({ text: z.string().optional() })) }).optional(),
});

/** The text of an event `chat` that ends a run. */
export function readAnswer(payload: unknown): string | undefined {
  const read = ended.safeParse(payload);
  return read.success ? textOf(read.data) : undefined;
}

function textOf({ message, errorMessage, state }: z.infer<typeof ended>): string {
  const text = message?.content.map((part) => part.text ?? "").join("\n\n");
  return text || (errorMessage ?? `(${state}, without a word)`);
}

export type Row = { role: string; text: string; tool?: string | undefined };

export type Page = {
  /** What the page shows of the session since it was opened, without having asked for it: the newest last. */
  rows(): Row[];
  close(): void;
};

/** A page of webchat that lies open on a session, subscribed as the Control UI is. */
export async function openPage(gateway: Gateway, sessionKey: string): Promise<Page> {
  const rows: Row[] = [];
  const hears = ({ event, payload }: Frame) => {
    const row = event === "session.message" ? readRow(payload, sessionKey) : undefined;
    if (row) rows.push(row);
  };
  const connection = await openOperator({ port: gateway.port, token: gateway.token, hears });
  connection.send("sessions.subscribe", {});
  connection.send("sessions.messages.subscribe", { key: sessionKey });
  return { rows: () => [...rows], close: () => connection.close() };
}

const shownMessage = z.looseObject({
  role: z.string(),
  toolName: z.string().optional(),
  content: z.union([
    z.string(),
    z.array(z.looseObject({ type: z.string(), text: z.string().optional(), name: z.string().optional() })),
  ]),
});
const shownRow = z.looseObject({ sessionKey: z.string(), message: shownMessage });

/** The row an event `session.message` tells of, where it is one of this session. */
export function readRow(payload: unknown, sessionKey: string): Row | undefined {
  const read = shownRow.safeParse(payload);
  return read.success && read.data.sessionKey === sessionKey ? rowOf(read.data.message) : undefined;
}

function rowOf({ role, content, toolName }: z.infer<typeof shownMessage>): Row {
  if (typeof content === "string") return { role, text: content };
  const called = content.find((block) => block.type === "toolCall")?.name;
  const tool = toolName ?? called;
  return {
    role,
    text: content.map(({ text = "" }) => text).join(""),
    ...(tool === undefined ? {} : { tool }),
  };
}
