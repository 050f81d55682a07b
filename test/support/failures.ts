// Next steps of failures, as tests look at them.
import { type Step, stepsText } from "../../common/failure.ts";

/** Matches the `next` of a failure whose sentences, for the command line, hold this. */
export function nextSaying(what: string | RegExp): { asymmetricMatch(next: readonly Step[]): boolean } {
  const holds = (text: string) => (typeof what === "string" ? text.includes(what) : what.test(text));
  return { asymmetricMatch: (next) => Array.isArray(next) && holds(stepsText(next)) };
}
