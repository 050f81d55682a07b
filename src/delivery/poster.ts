// A Poster puts the words of one turn into one conversation: in order, each once, together where they wait for each other.
import { setTimeout as sleep } from "node:timers/promises";
import type { Route } from "../../state/session-map.ts";
import type { Identity } from "../session/identity.ts";
import type { Outbound } from "./outbound.ts";

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
  onLost: (error: unknown) => void;
  /** Called after each post that the channel took. */
  onPosted: (text: string) => Promise<void>;
}

export class Poster {
  readonly #parts: PosterParts;
  #waiting = "";
  #posting: Promise<void> | undefined;
  #count = 0;
  #before: Promise<unknown> | undefined;

  constructor(parts: PosterParts) {
    this.#parts = parts;
  }

  /** Queues text; what waits while a post is under way goes out as one, a blank line between two paragraphs. */
  post(text: string): void {
    this.#waiting += this.#waiting.endsWith("\n\n") ? text.replace(/^\n+/, "") : text;
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
    this.#waiting = "";
  }

  /** Resolves when everything queued so far is posted or lost. */
  async idle(): Promise<void> {
    while (this.#posting) await this.#posting;
  }

  async #drain(): Promise<void> {
    this.#before ??= this.#parts.after();
    await this.#before;
    while (this.#waiting.trim() !== "") {
      const text = this.#waiting.trim();
      this.#waiting = "";
      await this.#send(text);
      if (this.#waiting !== "") await sleep(this.#parts.paceMs);
    }
  }

  async #send(text: string): Promise<void> {
    const { outbound, identity, route, turnId, onLost, onPosted } = this.#parts;
    const id = `contractor:${turnId}:${this.#count}`;
    this.#count += 1;
    for (const wait of [...RETRY_AFTER_MS, undefined]) {
      try {
        await outbound.post({ identity, route, text, id });
        // Not waited for: at the end of a turn it is written together with the end.
        return void onPosted(text).catch(onLost);
      } catch (error) {
        if (wait === undefined) return onLost(error);
        await sleep(wait);
      }
    }
  }
}
