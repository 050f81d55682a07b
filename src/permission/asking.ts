// Asking: one question to the people of a conversation, by the host's buttons and by typed reply at once; the first answer wins.
import type { Route } from "../../state/session-map.ts";
import type { Identity } from "../session/identity.ts";
import type { NativeApprovals, NativeDecision, NativeQuestion, NativeRequest } from "./native.ts";
import type { Pending } from "./pending.ts";
import { type Reply, readReply } from "./replies.ts";

export type Answer =
  | { is: "once" | "always"; how: "button" | "reply" }
  | { is: "deny"; how: "button" | "reply"; reason?: string }
  | { is: "cancel"; how: "reply" }
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
  /** The whole question for people who answer by typing. */
  text: string;
  hint: string;
  /** Says the question in the conversation, in its place among Claude's words. */
  say: (text: string) => void;
  signal: AbortSignal;
}

export interface AskingParts {
  native: NativeApprovals;
  pending: Pending;
  mode: "auto" | "native" | "reply";
  timeoutMs: number;
  /** What was typed while the question waited, once it is settled. */
  onKept: (asking: Asking, texts: string[]) => void;
}

export async function ask(parts: AskingParts, asking: Asking): Promise<Answer> {
  const settled = new AbortController();
  const ways: Promise<Answer>[] = [
    expiry(parts.timeoutMs, settled.signal),
    withdrawal(asking.signal, settled.signal),
  ];
  const byType =
    parts.mode !== "native" && asking.conversation !== undefined ? typed(parts, asking) : undefined;
  if (byType) ways.push(byType.answer);
  const shown = parts.mode === "reply" ? undefined : await requestNative(parts, asking);
  if (!shown && !byType) {
    settled.abort();
    return { is: "nobody" };
  }
  if (shown) ways.push(pressed(shown));
  else asking.say(asking.text);
  try {
    const answer = await Promise.race(ways);
    if (!("how" in answer && answer.how === "button")) await shown?.settle(asNative(answer)).catch(() => {});
    return answer;
  } finally {
    settled.abort();
    const kept = byType?.close() ?? [];
    if (kept.length > 0) parts.onKept(asking, kept);
  }
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

function typed(parts: AskingParts, asking: Asking): { answer: Promise<Answer>; close: () => string[] } {
  const { promise, resolve } = Promise.withResolvers<Answer>();
  const close = parts.pending.open(asking.identity, {
    hint: asking.hint,
    take: (text) => {
      const reply = readReply(text);
      if (!reply || (reply.is === "always" && !asking.mayAlways)) return "other";
      resolve(fromReply(reply));
      return "answer";
    },
  });
  return { answer: promise, close };
}

function fromReply(reply: Reply): Answer {
  return { ...reply, how: "reply" };
}

async function pressed(shown: NativeQuestion): Promise<Answer> {
  const decision = await shown.decision.catch(() => undefined);
  switch (decision) {
    case "allow-once":
      return { is: "once", how: "button" };
    case "allow-always":
      return { is: "always", how: "button" };
    case "deny":
      return { is: "deny", how: "button" };
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
