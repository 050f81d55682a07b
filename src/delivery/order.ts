// The order of posts in the conversations of one session: what was said before comes before, in each of them, and none waits for another.
import type { Turn } from "../session/turn.ts";

/** When everything of a turn is posted in the conversation of this name; at once where nothing of it is. */
export type Told = (lane: string) => Promise<unknown>;

const NOTHING: Told = async () => {};

export class Order {
  readonly #lanes = new Map<string, Promise<void>>();
  // Unsolicited turns run ahead of queued prompts, so their text is posted first: after the text of the turn that began
  // last, and before the answer to the next prompt.
  #begun: Told = NOTHING;
  #own: Told = NOTHING;

  /** What is posted there, up to now. */
  last(lane: string): Promise<void> {
    return this.#lanes.get(lane) ?? Promise.resolve();
  }

  /** Comes after what is posted there up to now. */
  next(lane: string, delivered: Promise<unknown>): void {
    const last = this.last(lane).then(async () => void (await delivered));
    this.#lanes.set(lane, last);
    void last.then(() => this.#lanes.get(lane) === last && this.#lanes.delete(lane));
  }

  /** A turn that waits for its prompt to be handed over: its words follow those of the turn before it, and what that one left behind. */
  prompted(turn: Turn, told: Told): Told {
    let before: readonly Told[] | undefined;
    void turn.submitted.then(() => {
      before = [this.#begun, this.#own];
      this.#begun = told;
    });
    return (lane) => Promise.all((before ?? [this.#begun, this.#own]).map((one) => one(lane)));
  }

  /** A turn that begins now. */
  unprompted(told: Told): Told {
    const before = this.#begun;
    this.#begun = told;
    this.#own = told;
    return before;
  }

  /** Resolves when everything up to now is posted. */
  async settled(): Promise<void> {
    await Promise.all(this.#lanes.values());
  }
}
