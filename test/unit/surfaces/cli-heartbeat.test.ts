// While the host starts, a person at the terminal sees that something goes on.
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { whileHostStarts } from "../../../src/surfaces/cli-heartbeat.ts";
import type { Terminal } from "../../../src/surfaces/terminal.ts";

beforeEach(() => vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] }));
afterEach(() => void vi.useRealTimers());

it("says every five seconds that OpenClaw is starting, counted from the start of the process, until a command begins", () => {
  const said: string[] = [];
  const terminal: Terminal = {
    out: () => {},
    err: (text) => void said.push(text),
    progress: () => {},
    clear: () => {},
    ask: async () => undefined,
    exitCode: () => {},
    onInterrupt: () => () => {},
  };
  const begins = whileHostStarts(terminal, 3_000);
  vi.advanceTimersByTime(1_500);
  expect(said).toEqual([]);
  vi.advanceTimersByTime(6_000);
  expect(said).toEqual(["OpenClaw is starting … (5 s)", "OpenClaw is starting … (10 s)"]);
  begins();
  vi.advanceTimersByTime(20_000);
  expect(said).toHaveLength(2);
});
