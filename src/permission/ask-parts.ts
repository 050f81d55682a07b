// What is asked of people, and what asking them needs.

import type { Identity } from "../../state/identity.ts";
import type { Route } from "../../state/session-map.ts";
import type { Answer, Outcomes } from "./answer.ts";
import type { AwaitedReplies } from "./awaited-replies.ts";
import type { NativeApprovals, NativeRequest, NativeText } from "./native.ts";
import type { Presses } from "./presses.ts";
import type { Unanswered } from "./unanswered.ts";

/** What goes with a question beside its text. */
export interface AskExtras {
  /** Buttons under it, in one row. */
  buttons: readonly { label: string; value: string }[];
  /** Posted before it. */
  file?: { name: string; text: string };
  /** Aborted when it is settled: nobody is to see it after that. */
  over?: AbortSignal;
  /** Told once, when the conversation has all of it, or could not be given it. */
  shown: (ok: boolean) => void;
}

/** Says something to the people of the turn, in its place among the words of the harness; `place`: in that conversation alone. */
export type Say = (text: string, extras?: AskExtras, place?: Route) => void;

export interface Asking {
  identity: Identity;
  /** Where it is asked, and the next message may be the answer; that of the turn first. None: native approvals are the way. */
  conversations: readonly Route[];
  /** The command an answer is given with; absent where whatever is written there may be one. */
  answerWith?: string | undefined;
  /** True where the turn was begun at a surface that shows the host's approvals: it is asked there as well. */
  held: boolean;
  /** Where native approvals are shown. */
  route: Route | undefined;
  /** The host's own prompt; absent where it would not show all of it. */
  native: NativeText | undefined;
  severity: NativeRequest["severity"];
  toolName: string;
  /** One line without secrets, for the next gateway. */
  title: string;
  /** False where no answer may be remembered. */
  allowAlways: boolean;
  /** Said before the question, where it comes out of the blue. */
  preface?: string;
  /** The whole question, with how to answer it. */
  text: string;
  /** The same where others wait: with its number, and how to answer it by that. */
  numbered: (number: number) => string;
  file?: { name: string; text: string };
  /** All there is to see, in words, for a conversation in which nothing can be typed as an answer. */
  whole?: string;
  /** What the buttons say. */
  labels: { once: string; always: string; deny: string };
  /** What is said once it is answered [allowed, denied]. */
  outcomes?: Outcomes;
  hint: string;
  /** Decides it without people: a rule that was made meanwhile. */
  ruled?: Promise<Answer>;
  say: Say;
  /** Aborted when the turn ends. */
  signal: AbortSignal;
  /** Aborted when the harness does not want the answer any more (ACP `$/cancel_request`). */
  withdrawn: AbortSignal;
}

export interface AskingParts {
  native: NativeApprovals;
  replies: AwaitedReplies;
  presses: Presses;
  mode: "auto" | "native" | "reply";
  timeoutMs: number;
  unanswered: Pick<Unanswered, "note">;
  /** What was typed while the question waited, once it is settled. */
  onKept: (where: Pick<Asking, "identity"> & { conversation: Route | undefined }, texts: string[]) => void;
}
