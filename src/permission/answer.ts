// An answer to a question: what it was and how it came, and how the record and the people of the conversation read it.

import { plain } from "../../common/text.ts";
import type { AuditEntry } from "../../state/audit.ts";

/** How somebody answered; `by` names who it was for the record, `name` for people, where that is known. */
type How =
  | { how: "button"; by: () => Promise<string | undefined>; name?: string }
  | { how: "reply"; by: string | undefined; name?: string };

export type Answer =
  | ({ is: "once" | "always" } & How)
  | ({ is: "deny"; reason?: string } & How)
  | { is: "cancel"; how: "reply"; by: string | undefined; name?: string }
  | { is: "expired" }
  /** A rule that was made while the question waited. */
  | { is: "rule"; effect: "allow" | "deny" }
  /** The turn ended before anybody answered. */
  | { is: "withdrawn" }
  /** The harness does not want the answer any more: something of its own decided. */
  | { is: "elsewhere" }
  /** There was nobody to ask. */
  | { is: "nobody" }
  /** Who could be asked would not have seen all of it. */
  | { is: "unshowable" };

/** What an answer is called once it is given. */
export interface Outcomes {
  once: string;
  always: string;
  deny: string;
}

const ALLOWING: Outcomes = { once: "Allowed once", always: "Allowed always", deny: "Denied" };
const NAME_WIDTH = 60;

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
    case "rule":
      return { decision: answer.effect === "allow" ? "allowed" : "denied", how: "rule" };
    case "expired":
      return { decision: "expired", how: "timeout" };
    case "withdrawn":
      return { decision: "cancelled", how: "turn ended" };
    case "elsewhere":
      return { decision: "decided elsewhere", how: "harness" };
    case "nobody":
    case "unshowable":
      return { decision: "denied", how: "nobody" };
  }
}

/** Where an answer was given: a channel, or the host's own approvals. */
export interface From {
  channel: string;
}

/** The host's own pages, apps and terminal. */
export const HOST: From = { channel: "OpenClaw" };

/** A page of the host on which it was typed. */
export const PAGE: From = { channel: "OpenClaw" };

/** One line; a mark of consent stands before nothing but a yes. `from`: where that was, for people who are somewhere else. */
export function outcomeText(answer: Answer, words: Outcomes = ALLOWING, from?: From): string {
  switch (answer.is) {
    case "once":
    case "always":
      return `✅ ${words[answer.is]}${by(answer, from)}.`;
    case "deny":
      return `🚫 ${words.deny}${by(answer, from)}.`;
    case "cancel":
      return `⏹ Cancelled${by(answer, from)}: the turn ends.`;
    case "rule":
      return answer.effect === "allow" ? "✅ Allowed by a rule made meanwhile." : "🚫 Denied by a rule.";
    case "expired":
      return "🚫 Denied: nobody answered in time.";
    case "withdrawn":
      return "⏹ Taken back: the turn ended before anybody answered.";
    case "elsewhere":
      return "⚠️ Decided by a hook or rule of the harness's own settings, not here.";
    case "nobody":
    case "unshowable":
      return "🚫 Denied: it could not be asked here.";
  }
}

/** Who it was and where, as far as is known: ` by @ada (telegram)`. */
export function by({ name }: { name?: string | undefined }, from?: From): string {
  const who = name === undefined ? "" : ` by ${plain(name, NAME_WIDTH)}`;
  return from === undefined ? who : `${who} (${plain(from.channel, NAME_WIDTH)})`;
}
