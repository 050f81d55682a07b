// What has been done so far by an operation of several steps, so that a failing step can take it all back.
import { describe, Failure } from "../../../common/failure.ts";

type Step = { what: string; undo: () => Promise<void> };

export class Undo {
  #steps: Step[] = [];

  /** `what` names, for the user, the thing that would remain if `undo` failed. */
  add(what: string, undo: () => Promise<void>): void {
    this.#steps.push({ what, undo });
  }

  /** Takes everything back, last first, and returns the failure to throw: the same one, naming what could not be undone. */
  async after(error: unknown): Promise<Failure> {
    const left: string[] = [];
    for (const step of this.#steps.reverse()) {
      await step.undo().catch((cause: unknown) => left.push(`${step.what} (${describe(cause)})`));
    }
    this.#steps = [];
    const failure = error instanceof Failure ? error : undefined;
    if (left.length === 0 && failure) return failure;
    const rest = left.length === 0 ? "" : ` Still there, remove by hand: ${left.join("; ")}.`;
    return new Failure({
      code: failure?.code ?? "refused",
      message: `${sentence(error)}${rest}`,
      cause: error,
      next: failure?.next,
    });
  }
}

function sentence(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
