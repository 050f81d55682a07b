// The suites: unit in parallel, all others two files at a time (real processes, which mostly wait for each other).
import { defineConfig } from "vitest/config";

const seconds = 1000;
/** What would take the run of everything over twenty minutes: `npm run test:long`. */
const LONG = [
  "test/integration/cli/gateway.test.ts",
  "test/integration/cli/login.test.ts",
  "test/integration/cli/look.test.ts",
  "test/integration/cli/sessions.test.ts",
  "test/integration/provision/registry.test.ts",
  "test/e2e/approvals-older.test.ts",
  "test/e2e/approvals-plans.test.ts",
  "test/e2e/approvals-reply.test.ts",
  "test/e2e/debug.test.ts",
  "test/e2e/delivery-extras.test.ts",
  "test/e2e/editor.test.ts",
  "test/e2e/errors.test.ts",
  "test/e2e/gates.test.ts",
  "test/e2e/held.test.ts",
  "test/e2e/installed.test.ts",
  "test/e2e/job-tools.test.ts",
  "test/e2e/job-watch.test.ts",
  "test/e2e/jobs-limits.test.ts",
  "test/e2e/mentions.test.ts",
  "test/e2e/onlookers.test.ts",
  "test/e2e/outages.test.ts",
  "test/e2e/outbound-words.test.ts",
  "test/e2e/own-ground.test.ts",
  "test/e2e/places.test.ts",
  "test/e2e/question.test.ts",
  "test/e2e/questions.test.ts",
  "test/e2e/races.test.ts",
  "test/e2e/spawn.test.ts",
  "test/e2e/together.test.ts",
  "test/e2e/tui.test.ts",
  "test/e2e/verbs-places.test.ts",
];
/** What runs through the older adapter as well, there. */
const OLDER = [
  "test/integration/adapters/{cancel,errors,mcp,modes,options,processes,resume,steering,trust}.test.ts",
  "test/integration/delivery/shown.test.ts",
  "test/integration/faults/owner.test.ts",
];

export default defineConfig({
  test: {
    pool: "forks",
    retry: 0,
    passWithNoTests: false,
    allowOnly: false,
    projects: [
      { extends: true, test: { name: "unit", include: ["test/unit/**/*.test.ts"], maxWorkers: "100%" } },
      suite({ name: "integration", timeout: 240 * seconds }),
      suite({ name: "e2e", timeout: 400 * seconds }),
      // Part of `npm run faults` alone: it takes minutes.
      suite({ name: "faults", timeout: 180 * seconds }),
      suite({ name: "long", timeout: 400 * seconds, include: LONG }),
      suite({
        name: "older",
        timeout: 120 * seconds,
        include: OLDER,
        env: { CONTRACTOR_TEST_ADAPTER: "older" },
      }),
      // The test tools' own, for who changes those.
      suite({ name: "support", timeout: 60 * seconds }),
    ],
  },
});

function suite(o: { name: string; timeout: number; include?: string[]; env?: Record<string, string> }) {
  const { name, timeout, include, env = {} } = o;
  return {
    extends: true as const,
    test: {
      name,
      env,
      include: include ?? [`test/${name}/**/*.test.ts`],
      exclude: include ? [] : LONG,
      // A gateway, its channel and a Claude Code keep a core busy: with more of them than cores the tests wait for each other.
      maxWorkers: 2,
      testTimeout: timeout,
      hookTimeout: timeout,
      teardownTimeout: 30 * seconds,
    },
  };
}
