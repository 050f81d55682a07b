// The vitest reporter of `npm run faults`: a line of JSON for each test, with the time it ran in.
import { appendFileSync } from "node:fs";
import { relative } from "node:path";
import type { Reporter, TestCase, TestModule } from "vitest/node";
import { checkout } from "../support/checkout.ts";

/** Times are milliseconds since the epoch. */
export interface RanTest {
  title: string;
  /** From the checkout on. */
  file: string;
  state: string;
  from: number;
  to: number;
  /** What it failed with. */
  error?: string;
}

export default class FaultReporter implements Reporter {
  onTestCaseResult(test: TestCase): void {
    const { startTime = 0, duration = 0 } = test.diagnostic() ?? {};
    const title = test.fullName.replaceAll(" > ", " ");
    const { state, errors } = test.result();
    const [first] = errors ?? [];
    const failed = first === undefined ? {} : { error: first.message };
    const file = relative(checkout, test.module.moduleId);
    this.#note({ title, file, state, from: startTime, to: startTime + duration, ...failed });
  }

  onTestModuleEnd(module: TestModule): void {
    const file = relative(checkout, module.moduleId);
    for (const { message } of module.errors())
      this.#note({ title: `${file}: ${message}`, file, state: "failed", from: 0, to: 0 });
  }

  #note(test: RanTest): void {
    const file = process.env.CONTRACTOR_TESTS;
    if (file !== undefined) appendFileSync(file, `${JSON.stringify(test)}\n`);
  }
}
