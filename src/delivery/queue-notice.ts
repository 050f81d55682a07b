// A line for the first message that has to wait for its turn, and no more until Claude has caught up.
import type { Route } from "../../state/session-map.ts";
import { routeOf } from "../session/audience.ts";
import { queued } from "../session/sentences.ts";
import type { TurnSource } from "../session/source.ts";
import type { Turn } from "../session/turn.ts";
import { whenItWaits } from "../session/waiting-turn.ts";

interface QueueNoticeParts {
  /** How many prompts wait now. */
  waiting: () => number;
  /** Where the turn that runs was begun, if not there; without a route the people read the host's record. */
  behind: (route: Route | undefined) => TurnSource | undefined;
  say: (text: string, route: Route | undefined) => void;
}

export class QueueNotice {
  readonly #parts: QueueNoticeParts;
  #said = false;

  constructor(parts: QueueNoticeParts) {
    this.#parts = parts;
  }

  /** A prompt came when so many were `ahead` of it. */
  entered(turn: Turn, ahead: number): void {
    const route = routeOf(turn.input.audience);
    if (ahead === 0) {
      this.#said = false;
      return;
    }
    whenItWaits(turn, () => {
      if (this.#said) return;
      this.#said = true;
      const { say, waiting, behind } = this.#parts;
      say(queued(waiting(), behind(route)), route);
    });
  }
}
