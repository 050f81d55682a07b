// A Poster puts the words of one turn into one conversation: in order, each once, together where they wait for each other.
import { setTimeout as sleep } from "node:timers/promises";
import type { Identity } from "../../state/identity.ts";
import type { Route } from "../../state/session-map.ts";
import type { AskExtras } from "../permission/ask-parts.ts";
import { AGAIN } from "./interrupted.ts";
import { type Loss, lossOf, type Outbound } from "./outbound.ts";

const MISSING = "⚠️ A part of the answer could not be posted here. /cc history shows it.";
const DOUBTFUL = "⚠️ A part of the answer may be missing here: the connection was lost. /cc history shows it.";
const RETRY_AFTER_MS = [500, 2_000, 8_000, 15_000, 30_000];
const TRIES: Record<Loss, number> = { refused: 3, unsent: Number.POSITIVE_INFINITY, unknown: 3 };
/** How often it is looked whether the channel answers, before it is tried all the same: a quarter of an hour. */
const LOOKS = 30;

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
  /** True when nothing is tried any more: the next gateway goes on. */
  stopping: () => boolean;
  /** Called before each post. */
  onPosting: (text: string) => Promise<void>;
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
      if (text === "" || item.extras?.over?.aborted) continue;
      await this.#send(text, item.extras);
      if (this.#waiting.length > 0) await sleep(this.#parts.paceMs);
    }
  }

  // I9 (docs/architecture.md): a question whose file did not arrive is none, because people would answer what they have not seen.
  async #send(text: string, extras: AskExtras | undefined): Promise<void> {
    const { outbound, identity, route, onPosting, onPosted, onLost } = this.#parts;
    const { buttons, file, over } = extras ?? {};
    // On disk before the channel can have it: the next gateway must know that it may be there.
    await onPosting(text).catch(onLost);
    const attached =
      file && (await this.#patiently((one) => outbound.attach({ route, ...file, ...one }), over));
    const lost =
      attached ??
      (await this.#patiently(
        (one) => outbound.post({ identity, route, text, ...one, ...(buttons?.length ? { buttons } : {}) }),
        over,
      ));
    extras?.shown(lost === undefined);
    // Never silence: where a part of an answer could not be posted, people are told, as soon as the channel takes that.
    if (lost === "refused" || lost === "unknown") {
      const note = lost === "refused" ? MISSING : DOUBTFUL;
      if (!extras) await this.#patiently((one) => outbound.post({ identity, route, text: note, ...one }));
    }
    // Not waited for: at the end of a turn it is written together with the end.
    if (lost === undefined) void onPosted(text).catch(onLost);
  }

  // Undefined when the channel took it. What the channel refuses is tried a few times; where it cannot be reached, until it can; and what
  // it may have had already is posted again when it can be reached, with a word that it is.
  async #patiently(
    send: (one: { id: string; attempt: number; again?: string }) => Promise<void>,
    over?: AbortSignal,
  ): Promise<Loss | "given up" | undefined> {
    const id = `contractor:${this.#parts.turnId}:${this.#count}`;
    this.#count += 1;
    const failed = { refused: 0, unsent: 0, unknown: 0 };
    for (let attempt = 0; !this.#parts.stopping() && !over?.aborted; attempt += 1) {
      try {
        await send({ id, attempt, ...(failed.unknown > 0 ? { again: AGAIN } : {}) });
        return undefined;
      } catch (error) {
        const loss = lossOf(error);
        failed[loss] += 1;
        if (failed[loss] > TRIES[loss]) {
          this.#parts.onLost(error);
          return loss;
        }
        this.#parts.onRetry(error);
        await this.#pause(loss, attempt);
      }
    }
    return "given up";
  }

  // The typing indicator costs nobody anything: it shows whether the channel answers again.
  async #pause(loss: Loss, attempt: number): Promise<void> {
    const { outbound, route, stopping } = this.#parts;
    for (let look = attempt; look < attempt + LOOKS && !stopping(); look += 1) {
      await sleep(RETRY_AFTER_MS[Math.min(look, RETRY_AFTER_MS.length - 1)], undefined, { ref: false });
      if (loss !== "unknown") return;
      const answers = outbound.typing(route).then(
        () => true,
        () => false,
      );
      if (await answers) return;
    }
  }
}
