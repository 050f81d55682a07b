// The first answer to a question stands, from wherever it comes; every later one is told it.
import type { Answer, From } from "./answer.ts";

export interface FirstAnswer {
  /** Resolves with the first that is given. */
  readonly answer: Promise<Answer>;
  /** Where it came from; undefined where nobody gave it, and before there is one. */
  from(): From | undefined;
  /** Whether there is one. */
  given(): boolean;
  /** Gives one; returns the one that stands. */
  give(answer: Answer, from?: From): Answer;
}

/** For one question. */
export function firstAnswer(): FirstAnswer {
  const { promise, resolve } = Promise.withResolvers<Answer>();
  let standing: { answer: Answer; from: From | undefined } | undefined;
  return {
    answer: promise,
    given: () => standing !== undefined,
    from: () => standing?.from,
    give: (answer, from) => {
      standing ??= { answer, from };
      resolve(standing.answer);
      return standing.answer;
    },
  };
}
