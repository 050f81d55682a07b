// An unsolicited turn: what the harness does without a prompt (a background task ended, a timer of its own fired, text came
// after the end of its turn), from the first sign of it until the harness is still again.
import { randomUUID } from "node:crypto";
import type { Audience } from "./audience.ts";
import { type PlacesOf, type SessionFeed, Turn } from "./turn.ts";

export interface UnsolicitedTurnParts {
  feed: SessionFeed;
  places: PlacesOf | undefined;
  /** The people of the session, as far as is known where they are. */
  audience: Audience;
  /** True while somebody is asked something. */
  asking: () => boolean;
  /** True while a tool runs. */
  toolRuns: () => boolean;
  /** True when a prompt waits for the end of this. */
  hurried: () => boolean;
  onOver: () => void;
}

// How long it must be still to be over, where the harness does not tell when it is.
const STILL_MS = 1_500;
const STILL_IN_A_HURRY_MS = 300;
// And where it told that it works, or has a tool run: what it said may have been lost.
const SILENT_AT_WORK_MS = 60_000;
const SILENT_IN_A_TOOL_MS = 600_000;
const LOOK_MS = 100;

export class UnsolicitedTurn {
  readonly turn: Turn;
  readonly #parts: UnsolicitedTurnParts;
  readonly #timer: NodeJS.Timeout;
  #heard = performance.now();
  #works = false;

  constructor(parts: UnsolicitedTurnParts) {
    const { feed, audience, places } = parts;
    this.#parts = parts;
    this.turn = new Turn(
      { id: `own:${randomUUID()}`, text: "", images: [], unsolicited: true, audience },
      feed,
      places,
    );
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
    this.#timer.unref();
    void this.turn.result.then(() => this.#over());
  }

  /** Something was heard. */
  alive(): void {
    this.#heard = performance.now();
  }

  /** The harness tells whether it works: when it does not, this is over. */
  works(now: boolean): void {
    this.alive();
    this.#works = now;
    if (!now) this.#settle();
  }

  #look(): void {
    if (this.#parts.asking()) this.alive();
    else if (performance.now() - this.#heard >= this.#patience()) this.#settle();
  }

  #patience(): number {
    if (this.turn.signal.aborted) return STILL_IN_A_HURRY_MS;
    if (this.#parts.toolRuns()) return SILENT_IN_A_TOOL_MS;
    if (this.#works) return SILENT_AT_WORK_MS;
    return this.#parts.hurried() ? STILL_IN_A_HURRY_MS : STILL_MS;
  }

  #settle(): void {
    if (this.turn.signal.aborted) this.turn.settleCancelled();
    else this.turn.settle({ status: "completed", stopReason: "end_turn" });
    this.#over();
  }

  #over(): void {
    clearInterval(this.#timer);
    this.#parts.onOver();
  }
}
