// The suites: unit in parallel, all others three files at a time (real processes, which mostly wait for each other).
import { defineConfig } from "vitest/config";

const seconds = 1000;

export default defineConfig({
  test: {
    pool: "forks",
    retry: 0,
    passWithNoTests: false,
    allowOnly: false,
    projects: [
      { extends: true, test: { name: "unit", include: ["test/unit/**/*.test.ts"], maxWorkers: "100%" } },
      suite({ name: "integration", timeout: 60 * seconds }),
      suite({ name: "e2e", timeout: 120 * seconds }),
      // Part of `npm run faults` alone: it takes minutes.
      suite({ name: "faults", timeout: 180 * seconds }),
      // The test tools' own, for who changes those.
      suite({ name: "support", timeout: 60 * seconds }),
    ],
  },
});

function suite({ name, timeout }: { name: string; timeout: number }) {
  return {
    extends: true as const,
    test: {
      name,
      include: [`test/${name}/**/*.test.ts`],
      maxWorkers: 3,
      testTimeout: timeout,
      hookTimeout: timeout,
      teardownTimeout: 30 * seconds,
    },
  };
}
