// Asking: one question to the people of a conversation, by the host's buttons and by typed reply at once; the first answer wins.
import type { AuditEntry } from "../../state/audit.ts";
import type { Route } from "../../state/session-map.ts";
import type { Identity } from "../session/identity.ts";
import type { NativeApprovals, NativeDecision, NativeQuestion, NativeRequest } from "./native.ts";
import type { Pending } from "./pending.ts";
import { type Reply, readReply } from "./replies.ts";

/** How somebody answered; `by` names who it was, where that is known. */
type How =
  | { how: "button"; by: () => Promise<string | undefined> }
  | { how: "reply"; by: string | undefined };

export type Answer =
  | ({ is: "once" | "always" } & How)
  | ({ is: "deny"; reason?: string } & How)
  | { is: "cancel"; how: "reply"; by: string | undefined }
  | { is: "expired" }
  /** The turn ended before anybody answered. */
  | { is: "withdrawn" }
  /** There was nobody to ask. */
  | { is: "nobody" };

export interface Asking {
  identity: Identity;
  /** The conversation whose next message may be the answer; absent in a held turn, where native approvals are the way. */
  conversation: Route | undefined;
  /** Where native approvals are shown. */
  route: Route | undefined;
  title: string;
  description: string;
  severity: NativeRequest["severity"];
  toolName: string;
  /** False where no answer may be remembered. */
  mayAlways: boolean;
  /** Said before the question, where it comes out of the blue. */
  preface?: string;
  /** The whole question for people who answer by typing. */
  text: string;
  hint: string;
  /** Says the question in the conversation, in its place among Claude's words. */
  say: (text: string) => void;
  signal: AbortSignal;
}

/** What is typed so soon after a question was shown, behind one that was settled just before, was written for that one. */
const READ_MS = 1_000;
const FOLLOWS_MS = 3_000;

export interface AskingParts {
  native: NativeApprovals;
  pending: Pending;
  mode: "auto" | "native" | "reply";
  timeoutMs: number;
  /** What was typed while the question waited, once it is settled. */
  onKept: (asking: Pick<Asking, "identity" | "conversation">, texts: string[]) => void;
}

export async function ask(parts: AskingParts, asking: Asking): Promise<Answer> {
  const settled = new AbortController();
  const byType =
    parts.mode !== "native" && asking.conversation !== undefined ? typed(parts, asking) : undefined;
  const ways: Promise<Answer>[] = [
    expiry(parts.timeoutMs, settled.signal),
    withdrawal(asking.signal, settled.signal),
    ...(byType ? [byType.answer] : []),
  ];
  if (asking.preface !== undefined && asking.conversation !== undefined) asking.say(asking.preface);
  const native = parts.mode === "reply" ? undefined : requestNative(parts, asking);
  // The host may be slow to show it; nobody's answer, and no end of the turn, waits for that.
  const shown = await Promise.race([native, Promise.race(ways).then((): "answered" => "answered")]);
  if (shown === undefined && !byType) ways.push(Promise.resolve({ is: "nobody" }));
  if (shown !== undefined && shown !== "answered") ways.push(pressed(shown));
  if (byType && shown !== "answered" && !shown?.here) asking.say(asking.text);
  byType?.asked();
  try {
    const answer = await Promise.race(ways);
    if (!("how" in answer && answer.how === "button")) void withdraw(native, answer);
    return answer;
  } finally {
    settled.abort();
    const kept = byType?.close() ?? [];
    if (kept.length > 0) parts.onKept(asking, kept);
  }
}

/** What the audit trail says of an answer. */
export async function recorded(answer: Answer): Promise<Pick<AuditEntry, "decision" | "how" | "by">> {
  const who = "by" in answer ? answer.by : undefined;
  const name = typeof who === "function" ? await who().catch(() => undefined) : who;
  const by = name === undefined ? {} : { by: name };
  switch (answer.is) {
    case "once":
      return { decision: "allowed", how: answer.how, ...by };
    case "always":
      return { decision: "allowed always", how: answer.how, ...by };
    case "deny":
      return { decision: "denied", how: answer.how, ...by };
    case "cancel":
      return { decision: "cancelled", how: answer.how, ...by };
    case "expired":
      return { decision: "expired", how: "timeout" };
    case "withdrawn":
      return { decision: "cancelled", how: "turn ended" };
    case "nobody":
      return { decision: "denied", how: "nobody" };
  }
}

// Also where it is shown only now: no buttons may be left that do nothing.
async function withdraw(native: Promise<NativeQuestion | undefined> | undefined, answer: Answer) {
  const late = await native;
  await late?.settle(asNative(answer)).catch(() => {});
}

async function requestNative(parts: AskingParts, asking: Asking): Promise<NativeQuestion | undefined> {
  const { identity, route, title, description, severity, toolName, mayAlways } = asking;
  const decisions: NativeDecision[] = mayAlways
    ? ["allow-once", "allow-always", "deny"]
    : ["allow-once", "deny"];
  const { timeoutMs } = parts;
  const request = { identity, route, title, description, severity, toolName, decisions, timeoutMs };
  return await parts.native.request(request).catch(() => undefined);
}

interface Typed {
  answer: Promise<Answer>;
  /** The people have the question before them. */
  asked: () => void;
  close: () => string[];
}

// A "1" that was meant for the question before allows nothing that nobody has seen, or can have read.
function typed(parts: AskingParts, asking: Asking): Typed {
  const { promise, resolve } = Promise.withResolvers<Answer>();
  const readMs = parts.pending.sinceSettled(asking.identity) < FOLLOWS_MS ? READ_MS : 0;
  let readAt = Number.POSITIVE_INFINITY;
  const read = (text: string): Reply | undefined => {
    const reply = readReply(text);
    return reply?.is === "always" && !asking.mayAlways ? undefined : reply;
  };
  const close = parts.pending.open(asking.identity, {
    hint: asking.hint,
    reads: (text) => {
      const reply = read(text);
      if (!reply) return "other";
      const opens = reply.is === "once" || reply.is === "always";
      return opens && performance.now() < readAt ? "unclear" : "answer";
    },
    answer: ({ text, by }) => {
      const reply = read(text);
      if (reply) resolve({ ...reply, how: "reply", by });
    },
  });
  const asked = () => {
    readAt = performance.now() + readMs;
  };
  return { answer: promise, asked, close };
}

async function pressed(shown: NativeQuestion): Promise<Answer> {
  const how = { how: "button", by: () => shown.by() } as const;
  switch (await shown.decision.catch(() => undefined)) {
    case "allow-once":
      return { is: "once", ...how };
    case "allow-always":
      return { is: "always", ...how };
    case "deny":
      return { is: "deny", ...how };
    default:
      // The surface is gone or timed out on its own; whoever types, or our own time, still decides.
      return await new Promise(() => {});
  }
}

function expiry(ms: number, settled: AbortSignal): Promise<Answer> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve({ is: "expired" }), ms);
    settled.addEventListener("abort", () => clearTimeout(timer), { once: true });
  });
}

function withdrawal(signal: AbortSignal, settled: AbortSignal): Promise<Answer> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve({ is: "withdrawn" });
    signal.addEventListener("abort", () => resolve({ is: "withdrawn" }), { once: true, signal: settled });
  });
}

function asNative(answer: Answer): NativeDecision {
  if (answer.is === "once") return "allow-once";
  return answer.is === "always" ? "allow-always" : "deny";
}
