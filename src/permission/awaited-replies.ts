// The questions that wait for a typed reply, one at most for each conversation: permissions, forms, where to start.

import { HARNESS } from "../../adapters/kinds.ts";
import { setBounded } from "../../common/bounded-map.ts";
import type { Identity } from "../../state/identity.ts";
import { identityKey } from "../../state/identity.ts";
import type { Route } from "../../state/session-map.ts";
import { readReply } from "./replies.ts";

/** What became of a message in a conversation in which a question waits. */
export type Heard =
  /** No question waits, or this is none of its business. */
  | { is: "unheard" }
  /** It was the answer; `reply` is what is then said, where there is something to say. */
  | { is: "answer"; reply?: Promise<string> }
  /** It is not for Claude now; the text is to be said at once. */
  | { is: "kept"; say: string };

export interface Message {
  text: string;
  /** The same with what it refers to, as Claude gets it where it is kept for later [text]. */
  whole?: string | undefined;
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
  /** Takes what was read as the answer; resolves to what is then said, where there is something to say. */
  answer(message: Message): Promise<string> | undefined;
  /** Hears that somebody wrote something that is none of its business. */
  passed?(message: Message): void;
  /** Said once, when something else was typed. */
  hint: string;
  /** Said whenever something unclear was typed [`hint`]. */
  unclear?(text: string): string;
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
const SETTLED = `The question is settled already. If you mean this for ${HARNESS.name}, send it again.`;
const FORWARDED = "A forwarded message is no answer. If you mean it, type it yourself.";
const ELSEWHERE =
  "That is a reply to something else, so it is no answer. Type it without a reply, or as a reply to the question.";
const BEFORE =
  "That was written before the question could be read, so it is no answer. If you mean it, type it again.";
// The channel's clock and ours may differ a little.
const CLOCKS_MS = 5_000;
// So much later than the outcome a word was written by somebody who has read that.
const RACED_MS = 2_000;
const REMEMBERED = 1_000;

/** Where a reply is waited for: a conversation, the session it is about, or both; what is typed in either is heard. */
export interface Where {
  identity?: Identity | undefined;
  route?: Route | undefined;
}

export class AwaitedReplies {
  readonly #keyOf: (route: Route) => string;
  readonly #slots = new Map<string, Slot>();
  // When the last question of a conversation was settled, on the clock of `performance`.
  readonly #settled = new Map<string, number>();

  /** `keyOf` names a conversation, however its route is written. */
  constructor(keyOf: (route: Route) => string) {
    this.#keyOf = keyOf;
  }

  /**
   * Asks there for typed answers until the returned function is called, which gives back what was typed beside them. A newer
   * question takes the place of an older one, and what was kept goes on to it.
   */
  open(where: Where, waiting: Waiting, kept: readonly string[] = []): () => string[] {
    const keys = this.#keysOf(where);
    const older = keys.flatMap((key) => this.#slots.get(key)?.kept.splice(0) ?? []);
    const slot: Slot = { waiting, hinted: false, kept: [...older, ...kept] };
    for (const key of keys) this.#slots.set(key, slot);
    return () => {
      for (const key of keys) {
        if (this.#slots.get(key) === slot) this.#slots.delete(key);
        this.#noteSettled(key);
      }
      return slot.kept;
    };
  }

  /** Milliseconds since a question there was settled. */
  sinceSettled(where: Where): number {
    const settled = this.#keysOf(where).map((key) => this.#settled.get(key) ?? Number.NEGATIVE_INFINITY);
    return performance.now() - Math.max(...settled);
  }

  /** Whether a reply is waited for there. */
  waits(where: Where): boolean {
    return this.#slotAt(where) !== undefined;
  }

  /** Nothing is asked there any more. */
  drop(where: Where): void {
    for (const key of this.#keysOf(where)) this.#slots.delete(key);
  }

  // Those of long ago tell nothing: a question follows another within seconds.
  #noteSettled(key: string): void {
    this.#settled.delete(key);
    setBounded(this.#settled, { key, value: performance.now(), most: REMEMBERED });
  }

  #slotAt(where: Where): Slot | undefined {
    return this.#keysOf(where).flatMap((key) => this.#slots.get(key) ?? [])[0];
  }

  #keysOf({ identity, route }: Where): string[] {
    return [
      ...(route ? [`conversation ${this.#keyOf(route)}`] : []),
      ...(identity ? [`session ${identityKey(identity)}`] : []),
    ];
  }

  // Of two answers in one breath the second was written to the question, and is no prompt for the harness.
  #raced(where: Where, { text, replyTo, forwarded }: Message): boolean {
    return (
      !forwarded &&
      replyTo === undefined &&
      this.sinceSettled(where) < RACED_MS &&
      readReply(text) !== undefined
    );
  }

  /** Shows a message to the question of its conversation. Only those the host authorises there may answer. */
  hear(where: Where, message: Message): Heard {
    const slot = this.#slotAt(where);
    if (!slot) return this.#raced(where, message) ? { is: "kept", say: SETTLED } : { is: "unheard" };
    const read = slot.waiting.reads(message.text);
    if (read === "pass") {
      slot.waiting.passed?.(message);
      return { is: "unheard" };
    }
    if (read === "unclear")
      return {
        is: "kept",
        say: message.authorized ? (slot.waiting.unclear?.(message.text) ?? slot.waiting.hint) : STRANGER,
      };
    if (read === "answer") {
      if (!message.authorized) return { is: "kept", say: STRANGER };
      const doubt = doubtOf(message, slot.waiting);
      if (doubt !== undefined) return { is: "kept", say: doubt };
      const reply = slot.waiting.answer(message);
      return { is: "answer", ...(reply ? { reply } : {}) };
    }
    slot.kept.push(message.whole ?? message.text);
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
