// All conversations with released turns, by session; made on first use, recovered after a restart.

import { type Identity, identityKey } from "../../state/identity.ts";
import type { Inbox } from "../../state/inbox.ts";
import type { Sessions } from "../session/sessions.ts";
import { Conversation } from "./conversation.ts";
import type { Outbound } from "./outbound.ts";
import type { DeliveryStyle } from "./style.ts";

export interface ConversationsParts {
  sessions: Sessions;
  outbound: Outbound;
  inboxOf: (identity: Identity) => Inbox;
  /** The inboxes found on disk. */
  inboxes: () => Promise<{ identity: Identity; inbox: Inbox }[]>;
  styleOf: (agentId: string) => DeliveryStyle;
  now: () => Date;
  /** Words that no channel took. */
  onLost: (error: unknown) => void;
  /** Words that were posted and are missing in the host's transcript. */
  onUnrecorded: (error: unknown) => void;
  /** An unsolicited turn said something, and there was no conversation to post it to. */
  onUndeliverable: (identity: Identity) => void;
}

const LAST_WORDS_MS = 1_500;

export class Conversations {
  readonly #parts: ConversationsParts;
  readonly #conversations = new Map<string, Conversation>();
  #stopping = false;

  constructor(parts: ConversationsParts) {
    this.#parts = parts;
  }

  of(identity: Identity): Conversation {
    const key = identityKey(identity);
    const known = this.#conversations.get(key);
    if (known) return known;
    const { sessions, outbound, inboxOf, styleOf, now, onLost, onUnrecorded, onUndeliverable } = this.#parts;
    const conversation = new Conversation({
      session: sessions.of(identity),
      inbox: inboxOf(identity),
      outbound,
      style: () => styleOf(identity.agentId),
      now,
      onLost,
      onUnrecorded,
      onUndeliverable: () => onUndeliverable(identity),
      stopping: () => this.#stopping,
    });
    this.#conversations.set(key, conversation);
    return conversation;
  }

  /** Goes on where the last gateway stopped. */
  async recover(): Promise<void> {
    for (const { identity, inbox } of await this.#parts.inboxes()) {
      if ((await inbox.all()).length > 0) await this.of(identity).recover().catch(this.#parts.onLost);
    }
  }

  /** Call before the sessions stop: what they cut off then, and what comes then, stays in the inboxes for the next gateway. */
  stop(): void {
    this.#stopping = true;
  }

  /** Lets what was said until now reach the chats, for a moment. */
  async settle(): Promise<void> {
    await Promise.all(
      [...this.#conversations.values()].map((conversation) => conversation.settle(LAST_WORDS_MS)),
    );
  }
}
