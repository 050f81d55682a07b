// The questions that wait for a typed answer, one at most for each conversation.
import type { Identity } from "../session/identity.ts";
import { identityKey } from "../session/identity.ts";

/** What became of a message in a conversation in which a question waits. */
export type Heard =
  /** No question waits, or this is none of its business. */
  | { is: "unheard" }
  /** It was the answer. */
  | { is: "answer" }
  /** It is kept until the question is settled; the text is to be said now, where there is one. */
  | { is: "kept"; say: string };

export interface Waiting {
  /** `other`: not an answer, to be kept until the question is settled. `pass`: none of its business. */
  take(text: string): "answer" | "other" | "pass";
  /** Said once, when something else was typed. */
  hint: string;
}

interface Slot {
  waiting: Waiting;
  hinted: boolean;
  kept: string[];
}

const STRANGER = "Only people who may give commands here can answer that.";
const KEPT_TOO = "Kept as well.";

export class Pending {
  readonly #slots = new Map<string, Slot>();

  /** Asks for typed answers until the returned function is called, which gives back what was typed beside them. */
  open(identity: Identity, waiting: Waiting): () => string[] {
    const key = identityKey(identity);
    const slot: Slot = { waiting, hinted: false, kept: [] };
    this.#slots.set(key, slot);
    return () => {
      if (this.#slots.get(key) === slot) this.#slots.delete(key);
      return slot.kept;
    };
  }

  waits(identity: Identity): boolean {
    return this.#slots.has(identityKey(identity));
  }

  /** Shows a message to the question of its conversation. Only those the host authorises there may answer. */
  hear(identity: Identity, message: { text: string; authorized: boolean }): Heard {
    const slot = this.#slots.get(identityKey(identity));
    if (!slot) return { is: "unheard" };
    if (!message.authorized) return { is: "kept", say: STRANGER };
    const taken = slot.waiting.take(message.text);
    if (taken === "pass") return { is: "unheard" };
    if (taken === "answer") return { is: "answer" };
    slot.kept.push(message.text);
    const say = slot.hinted ? KEPT_TOO : slot.waiting.hint;
    slot.hinted = true;
    return { is: "kept", say };
  }
}
