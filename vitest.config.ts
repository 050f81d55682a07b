// The suites: unit in parallel, integration and e2e several files at a time (real processes, which mostly wait for each other).
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
      // Telegram's channel lets one message a second through to a chat, so most of the time they wait for that.
      suite({ name: "e2e", timeout: 120 * seconds, workers: 4 }),
      // Part of `npm run faults` alone: it takes minutes.
      suite({ name: "faults", timeout: 180 * seconds }),
    ],
  },
});

function suite({ name, timeout, workers = 3 }: { name: string; timeout: number; workers?: number }) {
  return {
    extends: true as const,
    test: {
      name,
      include: [`test/${name}/**/*.test.ts`],
      maxWorkers: workers,
      testTimeout: timeout,
      hookTimeout: timeout,
      teardownTimeout: 30 * seconds,
    },
  };
}
