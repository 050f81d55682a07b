// A Turn is one prompt and everything that comes of it until it is settled: completed, cancelled or failed.

import { Failure, type FailureCode } from "../../common/failure.ts";
import { unlessAborted } from "../../common/waiting.ts";
import type { Route } from "../../state/session-map.ts";
import { COMPLETED } from "../permission/question.ts";
import { type Audience, routeOf } from "./audience.ts";
import type { SessionEvent, TurnResult } from "./events.ts";
import { Feed } from "./feed.ts";
import { Stopped, type TurnSource } from "./source.ts";
import type { TurnUsage } from "./usage.ts";

export interface PromptInput {
  /** Names the prompt across restarts; the channel's message id where there is one. */
  id: string;
  text: string;
  /** Base64 without a data-URL prefix. */
  images: readonly { mimeType: string; data: string }[];
  audience: Audience;
  /** Where it was begun, and by whom. */
  source?: TurnSource | undefined;
  /** A conversation in which the host shows it by itself. */
  shownByHost?: Route | undefined;
  /** Nobody asked for this turn: the harness begins it by itself. */
  unsolicited?: true;
  /** Asked when its turn has come: a Failure here ends it without a prompt. */
  admit?: () => Promise<Failure | undefined>;
  /** Called when the harness is about to get the prompt; it does not get it where this throws. I4 (docs/architecture.md). */
  beforeSubmit?: () => Promise<void>;
}

/** The conversations that show a session, the given one first, and never `except`. */
export type PlacesOf = (o: {
  first?: Route | undefined;
  except?: Route | undefined;
}) => Promise<readonly Route[]>;

/** The feed of a session: its entries are of its turns. */
export type SessionFeed = Feed<Turn>;

const TOLD_CHARS = 4_000;
const LOST: ReadonlySet<FailureCode> = new Set(["adapter-crashed", "transcript-missing"]);

export class Turn {
  readonly input: PromptInput;
  /** Resolves when the prompt was handed to the harness; never, if it was not. */
  readonly submitted: Promise<void>;
  readonly result: Promise<TurnResult>;
  /** What it used, once the harness has answered it. */
  usage: TurnUsage | undefined;
  readonly #submitted = Promise.withResolvers<void>();
  readonly #settled = Promise.withResolvers<TurnResult>();
  readonly #abort = new AbortController();
  readonly #ending = new AbortController();
  readonly #feed: SessionFeed;
  #outcome: TurnResult | undefined;
  #held: SessionEvent | undefined;
  readonly #placesOf: PlacesOf;
  #places: Promise<readonly Route[]> | undefined;

  /** What comes of it is told in the feed of its session. */
  constructor(input: PromptInput, feed: SessionFeed = new Feed(), places: PlacesOf = onlyThere) {
    this.input = input;
    this.#placesOf = places;
    this.#feed = feed;
    this.submitted = this.#submitted.promise;
    this.result = this.#settled.promise;
  }

  /** Aborted when somebody wants this turn to end; the reason is a sentence, who it was, or the Failure it is to end with. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Aborted when it has ended, or is to end: nobody is asked anything for it any more. */
  get ending(): AbortSignal {
    return this.#ending.signal;
  }

  get outcome(): TurnResult | undefined {
    return this.#outcome;
  }

  /** True when it ended because the harness session behind it is gone; its transcript can be resumed. */
  get lostSession(): boolean {
    const { outcome } = this;
    return outcome?.status === "failed" && LOST.has(outcome.failure.code);
  }

  /** Calls the reader with each event of this turn from now on, at once, until the returned function is called. */
  read(reader: (event: SessionEvent) => void): () => void {
    return this.#feed.read(({ event }, turn) => {
      if (turn === this && event.type === "said") reader(event.event);
    });
  }

  /** Where it is shown and its questions are asked, its own conversation first; the same from its beginning to its end. */
  places(): Promise<readonly Route[]> {
    const { audience, shownByHost } = this.input;
    this.#places ??= this.#placesOf({ first: routeOf(audience), except: shownByHost });
    return this.#places;
  }

  /** Tells that it begins. */
  begun(): void {
    const { id, text, audience, unsolicited = false } = this.input;
    const words = text.slice(0, TOLD_CHARS);
    const started = { turn: id, text: words, audience: audience.is, unsolicited };
    this.#feed.publish({ type: "turn-started", ...started }, this);
  }

  emit(event: SessionEvent): void {
    if (this.#outcome) return;
    this.#releaseHeld();
    this.#feed.publish({ type: "said", turn: this.input.id, event }, this);
  }

  /** Keeps an event back that says the same as the failure that may follow it; without one it is emitted after all. */
  hold(event: SessionEvent): void {
    this.#releaseHeld();
    this.#held = event;
  }

  markSubmitted(): void {
    this.#submitted.resolve();
  }

  /** Asks whether it is to run, now that its turn has come; it is settled where not. */
  async admitted(name: (error: unknown) => Failure): Promise<boolean> {
    const asked = this.input.admit?.().catch(name);
    const refused = asked && (await unlessAborted(asked, this.signal));
    if (refused) this.settleFailed(refused);
    else if (this.signal.aborted) this.settleCancelled();
    return this.#outcome === undefined;
  }

  cancel(reason: string | Stopped | Failure): void {
    if (this.#outcome) return;
    this.#abort.abort(reason);
    this.#ending.abort(reason);
  }

  /** The first outcome stands; later ones are ignored. */
  settle(result: TurnResult): void {
    if (this.#outcome) return;
    if (result.status !== "failed") this.#releaseHeld();
    this.#outcome = result;
    this.#ending.abort(result.status === "completed" ? COMPLETED : result.status);
    this.#settled.resolve(result);
    this.#feed.publish({ type: "turn-settled", turn: this.input.id, result, usage: this.usage }, this);
  }

  settleCancelled(): void {
    const reason: unknown = this.signal.reason;
    if (reason instanceof Failure) this.settleFailed(reason);
    else if (reason instanceof Stopped)
      this.settle({ status: "cancelled", reason: `stopped ${reason.how}`, by: reason });
    else this.settle({ status: "cancelled", reason: typeof reason === "string" ? reason : "cancelled" });
  }

  settleFailed(failure: Failure): void {
    this.settle({ status: "failed", failure });
  }

  /** Settles a turn that needs no harness: with the sentence when the task is done, else with what it failed with. */
  async answer(task: Promise<unknown>, sentence: string, name: (error: unknown) => Failure): Promise<void> {
    try {
      await task;
      this.emit({ type: "notice", text: sentence });
      this.settle({ status: "completed", stopReason: "end_turn" });
    } catch (error) {
      this.settleFailed(name(error));
    }
  }

  #releaseHeld(): void {
    const held = this.#held;
    this.#held = undefined;
    if (held) this.emit(held);
  }
}

async function onlyThere({ first }: { first?: Route | undefined }): Promise<readonly Route[]> {
  return first ? [first] : [];
}
