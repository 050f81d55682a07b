// The vitest reporter of `npm run faults`: a line of JSON for each test, with the time it ran in.
import { appendFileSync } from "node:fs";
import type { Reporter, TestCase, TestModule } from "vitest/node";

/** Times are milliseconds since the epoch. */
export interface RanTest {
  title: string;
  state: string;
  from: number;
  to: number;
}

export default class FaultReporter implements Reporter {
  onTestCaseResult(test: TestCase): void {
    const { startTime = 0, duration = 0 } = test.diagnostic() ?? {};
    const title = test.fullName.replaceAll(" > ", " ");
    this.#note({ title, state: test.result().state, from: startTime, to: startTime + duration });
  }

  onTestModuleEnd(module: TestModule): void {
    for (const { message } of module.errors())
      this.#note({ title: `${module.moduleId}: ${message}`, state: "failed", from: 0, to: 0 });
  }

  #note(test: RanTest): void {
    const file = process.env.CONTRACTOR_TESTS;
    if (file !== undefined) appendFileSync(file, `${JSON.stringify(test)}\n`);
  }
}
