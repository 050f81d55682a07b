// All conversations with released turns, by session; made on first use, recovered after a restart.

import { randomUUID } from "node:crypto";
import { type Log, logError, logName } from "../../common/log.ts";
import { type Identity, identityKey } from "../../state/identity.ts";
import type { Inbox } from "../../state/inbox.ts";
import type { Route } from "../../state/session-map.ts";
import { type Audience, routeOf } from "../session/audience.ts";
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
  /** Names a conversation, however its route is written. */
  keyOf: (route: Route) => string;
  now: () => Date;
  log: Log;
}

const LAST_WORDS_MS = 1_500;

export class Conversations {
  readonly #parts: ConversationsParts;
  readonly #conversations = new Map<string, Conversation>();
  readonly #gateway = randomUUID();
  #stopping = false;

  constructor(parts: ConversationsParts) {
    this.#parts = parts;
    parts.sessions.read((identity, { event }, turn) => {
      if (event.type === "turn-started" && turn) this.of(identity).show(turn);
      if (event.type === "reset" && event.place) void this.of(identity).replaced(event.place);
      if (event.type === "follow-up") this.#followUp(identity, event.text, event.audience);
    });
  }

  // What could not be steered into a turn follows it, in the same conversation, or in one that shows the session.
  #followUp(identity: Identity, text: string, audience: Audience): void {
    const follow = async () => {
      const [route] = await this.#parts.sessions.of(identity).places({ first: routeOf(audience) });
      if (route) await this.of(identity).accept({ id: randomUUID(), images: [], text, route });
    };
    follow().catch((error: unknown) => this.#lost(identity, error));
  }

  #lost(identity: Identity, error: unknown): void {
    this.#parts.log.error(`${logName(identity)} a message could not be taken up: ${logError(error)}`);
  }

  of(identity: Identity): Conversation {
    const key = identityKey(identity);
    const known = this.#conversations.get(key);
    if (known) return known;
    const { sessions, outbound, inboxOf, styleOf, keyOf, now, log } = this.#parts;
    const name = logName(identity);
    const conversation = new Conversation({
      session: sessions.of(identity),
      inbox: inboxOf(identity),
      outbound,
      style: () => styleOf(identity.agentId),
      now,
      gateway: this.#gateway,
      onLost: (error) => log.error(`${name} an answer could not be delivered: ${logError(error)}`),
      onRetry: (error) => log.warn(`${name} a post failed and is tried again: ${logError(error)}`),
      onUnrecorded: (error) =>
        log.warn(`${name} an answer is missing in the host's transcript: ${logError(error)}`),
      onUndeliverable: () =>
        log.info(`${name} the harness said something, and there is no chat to post it to`),
      stopping: () => this.#stopping,
      keyOf,
    });
    this.#conversations.set(key, conversation);
    return conversation;
  }

  /** Takes a text as an ordinary message from this place, or from where the session's last one was; false where there is none. */
  async promptFrom(identity: Identity, text: string, place: Route | undefined): Promise<boolean> {
    const route = place ?? (await this.#parts.sessions.of(identity).record.read())?.route;
    if (!route) return false;
    await this.of(identity).accept({ id: randomUUID(), text, images: [], route });
    return true;
  }

  /** Goes on where the last gateway stopped, and removes what is left of conversations that have ended. */
  async recover(): Promise<void> {
    const found = await this.#parts.inboxes();
    for (const { identity, inbox } of found) {
      if ((await inbox.all()).length > 0)
        await this.of(identity)
          .recover()
          .catch((error: unknown) => this.#lost(identity, error));
    }
    for (const one of found) await this.#dropEnded(one);
  }

  // Nothing waits there, and what people once wrote need not lie about.
  async #dropEnded({ identity, inbox }: { identity: Identity; inbox: Inbox }): Promise<void> {
    const entry = await this.#parts.sessions.mapOf(identity.agentId).get(identity);
    if (entry !== undefined && entry.state !== "closed") return;
    if ((await inbox.all()).length === 0) await inbox.drop();
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
