// The questions that wait for a typed answer, one at most for each conversation.
import type { Identity } from "../../state/identity.ts";
import { identityKey } from "../../state/identity.ts";

/** What became of a message in a conversation in which a question waits. */
export type Heard =
  /** No question waits, or this is none of its business. */
  | { is: "unheard" }
  /** It was the answer. */
  | { is: "answer" }
  /** It is not for Claude now; the text is to be said at once. */
  | { is: "kept"; say: string };

export interface Message {
  text: string;
  /** The host takes this sender's word for what Claude may do. */
  authorized: boolean;
  /** Who wrote it, as the channel names them. */
  by?: string | undefined;
  /** The same as people read it. */
  name?: string | undefined;
  /** Passed on from somebody else. */
  forwarded?: boolean | undefined;
  /** What it is a reply to, as the channel shows that. */
  replyTo?: string | undefined;
  /** When it was written, by the channel's clock; ms since the epoch. */
  sentAt?: number | undefined;
}

export interface Waiting {
  /**
   * What a message would be: `other` is kept until the question is settled, `unclear` was meant as an answer and is none,
   * `pass` is none of its business.
   */
  reads(text: string): "answer" | "other" | "unclear" | "pass";
  /** Takes what was read as the answer. */
  answer(message: Message): void;
  /** Hears that somebody wrote something that is none of its business. */
  passed?(message: Message): void;
  /** Said once, when something else was typed. */
  hint: string;
  /** The question as it was put, where a reply to it counts. */
  about?: string;
  /** When people could read it; ms since the epoch, undefined before. */
  shownAt?(): number | undefined;
}

interface Slot {
  waiting: Waiting;
  hinted: boolean;
  kept: string[];
}

const STRANGER = "Only people who may approve here can answer that.";
const KEPT_TOO = "Kept as well.";
const FORWARDED = "A forwarded message is no answer. If you mean it, type it yourself.";
const ELSEWHERE =
  "That is a reply to something else, so it is no answer. Type it without a reply, or as a reply to the question.";
const BEFORE =
  "That was written before the question could be read, so it is no answer. If you mean it, type it again.";
// The channel's clock and ours may differ a little.
const CLOCKS_MS = 5_000;

export class Pending {
  readonly #slots = new Map<string, Slot>();
  // When the last question of a conversation was settled, on the clock of `performance`.
  readonly #settled = new Map<string, number>();

  /**
   * Asks for typed answers until the returned function is called, which gives back what was typed beside them. A newer
   * question takes the place of an older one, and what was kept goes on to it.
   */
  open(identity: Identity, waiting: Waiting, kept: readonly string[] = []): () => string[] {
    const key = identityKey(identity);
    const older = this.#slots.get(key)?.kept.splice(0) ?? [];
    const slot: Slot = { waiting, hinted: false, kept: [...older, ...kept] };
    this.#slots.set(key, slot);
    return () => {
      if (this.#slots.get(key) === slot) this.#slots.delete(key);
      this.#settled.set(key, performance.now());
      return slot.kept;
    };
  }

  /** Milliseconds since a question of this conversation was settled. */
  sinceSettled(identity: Identity): number {
    return performance.now() - (this.#settled.get(identityKey(identity)) ?? Number.NEGATIVE_INFINITY);
  }

  /** Shows a message to the question of its conversation. Only those the host authorises there may answer. */
  hear(identity: Identity, message: Message): Heard {
    const slot = this.#slots.get(identityKey(identity));
    if (!slot) return { is: "unheard" };
    const read = slot.waiting.reads(message.text);
    if (read === "pass") {
      slot.waiting.passed?.(message);
      return { is: "unheard" };
    }
    if (read === "unclear") return { is: "kept", say: message.authorized ? slot.waiting.hint : STRANGER };
    if (read === "answer") {
      if (!message.authorized) return { is: "kept", say: STRANGER };
      const doubt = doubtOf(message, slot.waiting);
      if (doubt !== undefined) return { is: "kept", say: doubt };
      slot.waiting.answer(message);
      return { is: "answer" };
    }
    slot.kept.push(message.text);
    const say = slot.hinted ? KEPT_TOO : slot.waiting.hint;
    slot.hinted = true;
    return { is: "kept", say };
  }
}

// An answer is what a person wrote to this question, after it was there.
function doubtOf({ forwarded, replyTo, sentAt }: Message, { about, shownAt }: Waiting): string | undefined {
  if (forwarded) return FORWARDED;
  if (replyTo !== undefined && (about === undefined || beginning(replyTo) !== beginning(about)))
    return ELSEWHERE;
  const shown = shownAt?.();
  return sentAt !== undefined && shown !== undefined && sentAt + CLOCKS_MS < shown ? BEFORE : undefined;
}

// As much of a question as tells it from others, without what a channel makes of its markup.
function beginning(text: string): string {
  return text
    .slice(0, 1_000)
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim()
    .slice(0, 120);
}
