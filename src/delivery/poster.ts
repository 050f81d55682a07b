// A Poster puts the words of one turn into one conversation: in order, each once, together where they wait for each other.
import { setTimeout as sleep } from "node:timers/promises";
import type { Identity } from "../../state/identity.ts";
import type { Route } from "../../state/session-map.ts";
import type { AskExtras } from "../permission/ask-parts.ts";
import type { Outbound } from "./outbound.ts";

const MISSING = "⚠️ A part of the answer could not be posted here. /cc history shows it.";
const RETRY_AFTER_MS = [500, 2_000, 8_000];

export interface PosterParts {
  outbound: Outbound;
  identity: Identity;
  route: Route;
  /** Names the turn; a post is named after it and its place in the turn. */
  turnId: string;
  /** What ours are to follow: asked once, when there is something to post. */
  after: () => Promise<unknown>;
  /** Milliseconds between two posts of one turn, so that a channel's rate limit is not our fault. */
  paceMs: number;
  /** A post that no try got through. */
  onLost: (error: unknown) => void;
  /** A post that failed and is tried again. */
  onRetry: (error: unknown) => void;
  /** Called after each post that the channel took. */
  onPosted: (text: string) => Promise<void>;
}

/** What goes out as one message; a question carries more than its text. */
interface Item {
  text: string;
  extras?: AskExtras;
}

export class Poster {
  readonly #parts: PosterParts;
  #waiting: Item[] = [];
  #posting: Promise<void> | undefined;
  #count = 0;
  #before: Promise<unknown> | undefined;

  constructor(parts: PosterParts) {
    this.#parts = parts;
  }

  /** Queues text; what waits while a post is under way goes out as one, a blank line between two paragraphs. A question stays alone. */
  post(text: string, extras?: AskExtras): void {
    const last = this.#waiting.at(-1);
    if (extras || !last || last.extras) this.#waiting.push({ text, ...(extras ? { extras } : {}) });
    else last.text += last.text.endsWith("\n\n") ? text.replace(/^\n+/, "") : text;
    this.#posting ??= this.#drain().finally(() => {
      this.#posting = undefined;
    });
  }

  /** True while a post is under way or waits. */
  get posting(): boolean {
    return this.#posting !== undefined;
  }

  /** Forgets what has not been posted yet. */
  drop(): void {
    for (const { extras } of this.#waiting.splice(0)) extras?.shown(false);
  }

  /** Resolves when everything queued so far is posted or lost. */
  async idle(): Promise<void> {
    while (this.#posting) await this.#posting;
  }

  async #drain(): Promise<void> {
    this.#before ??= this.#parts.after();
    await this.#before;
    for (let item = this.#waiting.shift(); item; item = this.#waiting.shift()) {
      const text = item.text.trim();
      if (text === "") continue;
      await this.#send(text, item.extras);
      if (this.#waiting.length > 0) await sleep(this.#parts.paceMs);
    }
  }

  // I9 (docs/architecture.md): a question whose file did not arrive is none, because people would answer what they have not seen.
  async #send(text: string, extras: AskExtras | undefined): Promise<void> {
    const { outbound, identity, route, onPosted, onLost } = this.#parts;
    const { buttons, file } = extras ?? {};
    const seen =
      (file === undefined || (await this.#patiently((id) => outbound.attach({ route, ...file, id })))) &&
      (await this.#patiently((id) =>
        outbound.post({ identity, route, text, id, ...(buttons?.length ? { buttons } : {}) }),
      ));
    extras?.shown(seen);
    if (!seen && !extras) await this.#admit();
    // Not waited for: at the end of a turn it is written together with the end.
    if (seen) void onPosted(text).catch(onLost);
  }

  // Never silence: where a part of an answer could not be posted, people are told, if the channel takes that.
  async #admit(): Promise<void> {
    const { outbound, identity, route, turnId } = this.#parts;
    const id = `contractor:${turnId}:${this.#count}`;
    this.#count += 1;
    await outbound.post({ identity, route, text: MISSING, id }).catch(this.#parts.onLost);
  }

  async #patiently(send: (id: string) => Promise<void>): Promise<boolean> {
    const id = `contractor:${this.#parts.turnId}:${this.#count}`;
    this.#count += 1;
    for (const wait of [...RETRY_AFTER_MS, undefined]) {
      try {
        await send(id);
        return true;
      } catch (error) {
        if (wait === undefined) this.#parts.onLost(error);
        else {
          this.#parts.onRetry(error);
          await sleep(wait);
        }
      }
    }
    return false;
  }
}
