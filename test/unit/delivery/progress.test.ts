// What is shown of a turn beside Claude's words.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Progress } from "../../../src/delivery/progress.ts";
import type { SessionEvent } from "../../../src/session/events.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] });
});
afterEach(() => void vi.useRealTimers());

function bench(level: "quiet" | "normal" | "verbose") {
  const lines: string[] = [];
  const asking = { now: false };
  const progress = new Progress({ level, say: (line) => lines.push(line), asking: () => asking.now });
  progress.start();
  return { lines, asking, progress };
}

const tool = (id: string, title: string, o: { first?: boolean; status?: string } = {}): SessionEvent => ({
  type: "tool",
  id,
  title,
  kind: "execute",
  status: o.status ?? "pending",
  first: o.first ?? false,
});

describe("progress", () => {
  test("verbose names each tool once, by what it is told to do", () => {
    const { lines, progress } = bench("verbose");
    progress.read(tool("a", "Terminal", { first: true }));
    progress.read(tool("a", "npm test"));
    progress.read(tool("a", "npm test", { status: "completed" }));
    progress.read(tool("b", `echo \`x\`\n${"y".repeat(200)}`, { first: true, status: "completed" }));
    expect(lines[0]).toBe("🔧 `npm test`");
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatch(/^🔧 ``echo `x` y+…``$/);
  });

  test("the step of Claude's list is named: by verbose as it begins, by normal when it has been silent", () => {
    const plan = (...done: string[]): SessionEvent => ({
      type: "plan",
      entries: ["Read", "Write", "Test"].map((content, at) => ({ content, status: done[at] ?? "pending" })),
    });
    const [loud, usual] = [bench("verbose"), bench("normal")];
    for (const { progress } of [loud, usual]) {
      progress.read(plan("in_progress"));
      progress.read(plan("in_progress"));
      progress.read(plan("completed", "in_progress"));
    }
    expect(loud.lines).toEqual(["▸ Step 1 of 3: `Read`", "▸ Step 2 of 3: `Write`"]);
    vi.advanceTimersByTime(61_000);
    expect(usual.lines).toEqual(["Still working (1 min). Step 2 of 3: `Write`"]);
    usual.progress.read(plan("completed", "completed", "completed"));
    vi.advanceTimersByTime(121_000);
    expect(usual.lines[1]).toBe("Still working (3 min).");
  });

  test("normal speaks after a minute of silence, and then every two", () => {
    const { lines, progress } = bench("normal");
    progress.read(tool("a", "npm test", { first: true }));
    vi.advanceTimersByTime(59_000);
    expect(lines).toEqual([]);
    vi.advanceTimersByTime(2_000);
    expect(lines).toEqual(["Still working: `npm test` (1 min)."]);
    vi.advanceTimersByTime(118_000);
    expect(lines).toHaveLength(1);
    progress.read(tool("a", "npm test", { status: "completed" }));
    vi.advanceTimersByTime(3_000);
    expect(lines[1]).toBe("Still working (3 min).");
    progress.stop();
    vi.advanceTimersByTime(600_000);
    expect(lines).toHaveLength(2);
  });

  test("normal says nothing while something is shown, or somebody is asked", () => {
    const { lines, asking, progress } = bench("normal");
    for (let at = 0; at < 10; at += 1) {
      vi.advanceTimersByTime(50_000);
      progress.shown();
    }
    asking.now = true;
    vi.advanceTimersByTime(300_000);
    expect(lines).toEqual([]);
  });

  test("quiet says nothing at all", () => {
    const { lines, progress } = bench("quiet");
    progress.read(tool("a", "npm test"));
    vi.advanceTimersByTime(600_000);
    expect(lines).toEqual([]);
  });
});
