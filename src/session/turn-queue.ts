// A TurnQueue runs the turns of one generation one after the other, in the order they arrived: I1, I2 (docs/architecture.md). A reset
// opens a new queue, so that a turn that hangs in the old one blocks nobody.
import { Failure } from "../../common/failure.ts";
import type { Stopped } from "./source.ts";
import type { Turn } from "./turn.ts";

export interface TurnQueueParts {
  run: (turn: Turn, queue: TurnQueue) => Promise<void>;
  /** Told when the last turn is over and none waits; not after close(). */
  onIdle: () => void;
}

export class TurnQueue {
  readonly #parts: TurnQueueParts;
  /** What must be over before a harness session is opened for it: the one before let go, the record changed. */
  ready: Promise<unknown> = Promise.resolve();
  readonly #waiting: Turn[] = [];
  #running: Turn | undefined;
  #closed = false;

  constructor(parts: TurnQueueParts) {
    this.#parts = parts;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  get running(): Turn | undefined {
    return this.#running;
  }

  get idle(): boolean {
    return this.#running === undefined && this.#waiting.length === 0;
  }

  get closed(): boolean {
    return this.#closed;
  }

  add(turn: Turn): void {
    this.#enter(turn);
    this.#waiting.push(turn);
    if (!this.#running) void this.#pump();
  }

  /** Puts a turn before those that wait: it has begun already. */
  unshift(turn: Turn): void {
    this.#enter(turn);
    this.#waiting.unshift(turn);
    if (!this.#running) void this.#pump();
  }

  /** How many prompts run or wait here. */
  get prompts(): number {
    return this.#turns().filter((turn) => !turn.input.unsolicited).length;
  }

  /** Asks every turn to end; resolves when all are settled. */
  async cancel(reason: string | Stopped): Promise<void> {
    const turns = this.#turns();
    for (const turn of turns) turn.cancel(reason);
    await Promise.all(turns.map((turn) => turn.result));
  }

  /**
   * Ends the queue: its turns are settled now, whatever the harness does about the one it has; as cancelled, or the first
   * with the Failure, since one word about it is enough.
   */
  close(reason: string | Failure): void {
    this.#closed = true;
    const [first, ...others] = this.#turns();
    const rest = reason instanceof Failure ? reason.message : reason;
    first?.cancel(reason);
    for (const turn of others) turn.cancel(rest);
    for (const turn of [first, ...others]) turn?.settleCancelled();
  }

  #turns(): Turn[] {
    return [...(this.#running ? [this.#running] : []), ...this.#waiting];
  }

  // A turn that was settled while it waited is dropped.
  #enter(turn: Turn): void {
    turn.signal.addEventListener("abort", () => this.#drop(turn), { once: true });
    void turn.result.then(() => this.#drop(turn));
  }

  #drop(turn: Turn): void {
    const at = this.#waiting.indexOf(turn);
    if (at === -1) return;
    this.#waiting.splice(at, 1);
    turn.settleCancelled();
  }

  async #pump(): Promise<void> {
    for (let turn = this.#waiting.shift(); turn; turn = this.#waiting.shift()) {
      this.#running = turn;
      await this.#parts.run(turn, this);
      this.#running = undefined;
    }
    if (!this.#closed) this.#parts.onIdle();
  }
}
