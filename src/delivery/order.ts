// The order of posts in the conversations of one session: what was said before comes before, in each of them, and none waits for another.
import type { Turn } from "../session/turn.ts";

/** When everything of a turn is posted in the conversation of this name; at once where nothing of it is. */
export type Told = (key: string) => Promise<unknown>;

const NOTHING: Told = async () => {};

export class Order {
  readonly #conversations = new Map<string, Promise<void>>();
  // Unsolicited turns run ahead of queued prompts, so their text is posted first: after the text of the turn that began
  // last, and before the answer to the next prompt.
  #begun: Told = NOTHING;
  #own: Told = NOTHING;

  /** What is posted there, up to now. */
  last(key: string): Promise<void> {
    return this.#conversations.get(key) ?? Promise.resolve();
  }

  /** Comes after what is posted there up to now. */
  next(key: string, delivered: Promise<unknown>): void {
    const last = this.last(key).then(async () => void (await delivered));
    this.#conversations.set(key, last);
    void last.then(() => this.#conversations.get(key) === last && this.#conversations.delete(key));
  }

  /** A turn that waits for its prompt to be handed over: its words follow those of the turn before it, and what that one left behind. */
  prompted(turn: Turn, told: Told): Told {
    let before: readonly Told[] | undefined;
    void turn.submitted.then(() => {
      before = [this.#begun, this.#own];
      this.#begun = told;
    });
    return (key) => Promise.all((before ?? [this.#begun, this.#own]).map((one) => one(key)));
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
    await Promise.all(this.#conversations.values());
  }
}
