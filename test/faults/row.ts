// One line of the fault report, made of a test and the turns that ran in it.
import type { SeenTurn } from "../support/report.ts";
import type { RanTest } from "./reporter.ts";

export interface Row {
  fault: string;
  saw: string;
  /** Milliseconds from the end of the turn that met the fault to the end of the next answer; of the last answer where none failed. */
  recoveredMs: number | undefined;
  lost: string;
  passed: boolean;
}

export function rowOf({ test, turns }: { test: RanTest; turns: readonly SeenTurn[] }): Row {
  const mine = turns
    .filter((turn) => turn.from >= test.from && turn.from <= test.to)
    .sort((a, b) => a.to - b.to);
  const met = mine.findIndex((turn) => turn.status !== "completed" || turn.notices.length > 0);
  const passed = test.state === "passed";
  return {
    fault: test.title.replaceAll(/(^| )\d+b?: /g, " ").trim(),
    saw: saw(mine[met]),
    recoveredMs: recovery(mine, met),
    // Every test of the matrix asks what is remembered afterwards, or looks for what must still be there.
    lost: passed ? "nothing" : test.state === "skipped" ? "not run" : failure(test),
    passed: passed || test.state === "skipped",
  };
}

function failure({ error }: RanTest): string {
  return error === undefined ? "THE TEST FAILED" : `THE TEST FAILED: ${error.slice(0, 300)}`;
}

function saw(turn: SeenTurn | undefined): string {
  if (turn === undefined) return "the answer";
  if (turn.failure !== undefined) return turn.failure;
  if (turn.notices[0] !== undefined) return turn.notices[0];
  return turn.status === "cancelled" ? "the turn ended, as was asked for" : "the answer";
}

function recovery(turns: readonly SeenTurn[], met: number): number | undefined {
  const fault = turns[met];
  if (fault === undefined) {
    const last = turns.at(-1);
    return last && last.to - last.from;
  }
  const next = turns.slice(met + 1).find(({ status }) => status === "completed");
  return next ? next.to - fault.to : undefined;
}
