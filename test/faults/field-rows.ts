// One line of the field's section for each case: the tests that hold it, and whether they passed.
import type { FieldCase } from "./field.ts";
import type { RanTest } from "./reporter.ts";

export interface FieldRow extends FieldCase {
  passed: boolean;
  /** What is wrong; empty where nothing is. */
  why: string;
}

/** A case whose test did not run has failed. */
export function fieldRows(cases: readonly FieldCase[], tests: readonly RanTest[]): FieldRow[] {
  return cases.map((one) => {
    const mine = tests.filter(
      ({ file, title, state }) => file === one.file && title.includes(one.title) && state !== "skipped",
    );
    const failed = mine.find(({ state }) => state !== "passed");
    const why = mine.length === 0 ? "no such test ran" : (failed?.error ?? (failed ? "failed" : ""));
    return { ...one, passed: why === "", why: why.slice(0, 300) };
  });
}
