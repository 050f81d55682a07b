// A Turn is one prompt and everything that comes of it until it is settled: completed, cancelled or failed.

import type { ElicitationReply, RawElicitation } from "../../adapters/router.ts";
import { Failure, type FailureCode } from "../../common/failure.ts";
import type { Route } from "../../state/session-map.ts";
import { COMPLETED } from "../permission/question.ts";
import type { SessionEvent } from "./events.ts";
import type { TurnUsage } from "./usage.ts";

export interface PromptInput {
  /** Names the prompt across restarts; the channel's message id where there is one. */
  id: string;
  text: string;
  /** Base64 without a data-URL prefix. */
  images: readonly { mimeType: string; data: string }[];
  /** The conversation it came from, where the next message there may answer a question; absent in a held turn. */
  conversation?: Route;
  /** An unsolicited turn: nobody asked for it, the harness works by itself. */
  unsolicited?: true;
  /** Puts a question of the harness before whoever waits for a held turn. */
  elicit?: (request: RawElicitation, signal: AbortSignal) => Promise<ElicitationReply>;
  /** Asked when its turn has come: a Failure here ends it without a prompt. */
  admit?: () => Promise<Failure | undefined>;
}

export type TurnResult =
  | { status: "completed"; stopReason: string }
  | { status: "cancelled"; reason: string }
  | { status: "failed"; failure: Failure };

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
  readonly #readers = new Set<(event: SessionEvent) => void>();
  #outcome: TurnResult | undefined;
  #held: SessionEvent | undefined;

  constructor(input: PromptInput) {
    this.input = input;
    this.submitted = this.#submitted.promise;
    this.result = this.#settled.promise;
  }

  /** Aborted when somebody wants this turn to end; the reason is a sentence, or the Failure it is to end with. */
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

  read(reader: (event: SessionEvent) => void): () => void {
    this.#readers.add(reader);
    return () => this.#readers.delete(reader);
  }

  emit(event: SessionEvent): void {
    if (this.#outcome) return;
    this.#releaseHeld();
    for (const reader of this.#readers) reader(event);
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
    const aborted = new Promise<undefined>((resolve) => {
      this.signal.addEventListener("abort", () => resolve(undefined), { once: true });
    });
    const refused = await Promise.race([this.input.admit?.().catch(name), aborted]);
    if (refused) this.settleFailed(refused);
    else if (this.signal.aborted) this.settleCancelled();
    return this.#outcome === undefined;
  }

  cancel(reason: string | Failure): void {
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
  }

  settleCancelled(): void {
    const reason: unknown = this.signal.reason;
    if (reason instanceof Failure) this.settleFailed(reason);
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
