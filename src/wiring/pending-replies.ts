// A question in a conversation that has no session yet: where should Claude work?
import { describe } from "../../common/failure.ts";
import type { Route } from "../../state/session-map.ts";
import { conversationKey } from "../host/conversation-binding.ts";
import type { PendingReply } from "../operations/session/start.ts";

/** The questions that wait for the next message of a conversation, one at most for each. */
export class PendingReplies {
  readonly #asked = new Map<string, PendingReply>();

  /** A newer question takes the place of an older one. */
  ask(place: Route, expectation: PendingReply | undefined): void {
    if (expectation) this.#asked.set(conversationKey(place), expectation);
    else this.#asked.delete(conversationKey(place));
  }

  asked(place: Route): boolean {
    return this.#asked.size > 0 && this.#asked.has(conversationKey(place));
  }

  /** Takes the answer, and resolves to what is then said; undefined where nothing was asked, or the message is no answer. It ends the question either way. */
  hear(place: Route, text: string): (() => Promise<string>) | undefined {
    const key = conversationKey(place);
    const asked = this.#asked.get(key);
    this.#asked.delete(key);
    return asked?.reads(text) ? () => asked.act(text).catch((error) => describe(error, "chat")) : undefined;
  }
}
