// A notice that is kept up to date: when it is edited, by how many, and how it ends.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { silentLog } from "../../../common/log.ts";
import { Cards } from "../../../src/jobs/card.ts";
import type { Job } from "../../../state/jobs.ts";

beforeEach(() => vi.useFakeTimers({ now: new Date("2026-11-27T00:00:10.000Z") }));
afterEach(() => vi.useRealTimers());

const at = "2026-11-27T00:00:00.000Z";
const JOB: Job = {
  ...{ id: "a1b2c3d4", name: "north", agentId: "cc", sessionKey: "agent:cc:acp:job-a1b2c3d4", prompt: "do" },
  ...{ cwd: "/p/wall", origin: { by: "cli" }, once: false, quiet: false, cycle: 2, state: "working" },
  ...{ createdAt: at, cycleAt: at, turns: 0, workedMs: 0, unattended: 0 },
};

function bench() {
  const run = { job: JOB, tool: undefined as { id: string; title: string } | undefined, words: "" };
  const edits: { text: string; labels: string[] }[] = [];
  const cards = new Cards({ runOf: () => run, now: () => new Date(), log: silentLog });
  const message = (key = "1", crowded = false) => ({
    key,
    crowded,
    edit: async (o: { text: string; buttons: readonly { label: string; value: string }[] }) => {
      edits.push({ text: o.text, labels: o.buttons.map(({ label }) => label) });
    },
  });
  return { run, edits, cards, message };
}
const pass = async (ms: number) => await vi.advanceTimersByTimeAsync(ms);

test("shows what runs and what was said last, and is edited when that changes, or is old", async () => {
  const { run, edits, cards, message } = bench();
  expect(cards.show(JOB, message())).toBe(true);
  await pass(0);
  expect(edits).toEqual([{ text: "👀 north · working · 10 s", labels: ["👀 Watch", "⛔ Stop", "↩️ Reply"] }]);
  run.tool = { id: "t", title: "npm  test" };
  run.words = `${"x".repeat(400)} end`;
  await pass(3_000);
  expect(edits[1]?.text).toBe(`👀 north · working · 13 s\n🔧 npm test\n…${"x".repeat(296)} end`);
  await pass(3_000);
  expect(edits).toHaveLength(2);
  await pass(3_000);
  expect(edits[2]?.text).toContain("19 s");
  expect(cards.watches(JOB)).toBe(true);
});

test("ends at once with the end of the job, without buttons", async () => {
  const { run, edits, cards, message } = bench();
  cards.show(JOB, message());
  await pass(0);
  run.job = { ...JOB, state: "done", lastWords: "Built.", endedAt: "2026-11-27T00:00:11.000Z" };
  cards.look(JOB);
  await pass(0);
  expect(edits[1]).toEqual({ text: "✅ north is done · wall · 11 s", labels: [] });
  await pass(60_000);
  expect(edits).toHaveLength(2);
  expect([cards.has("1"), cards.watches(JOB)]).toEqual([false, false]);
});

test("has one editor, however often it is pressed, and slower where many people share the channel's limits", async () => {
  const { run, edits, cards, message } = bench();
  cards.show(JOB, message("1", true));
  await pass(0);
  expect(cards.show(JOB, message("1", true))).toBe(true);
  await pass(0);
  expect(edits).toHaveLength(1);
  for (let look = 0; look < 10; look += 1) {
    run.words = `look ${look}`;
    await pass(3_000);
  }
  expect(edits).toHaveLength(4);
});

test("ends where the message cannot be edited, or the gateway stops; there are twenty at most", async () => {
  const { run, edits, cards, message } = bench();
  const broken = { ...message("broken"), edit: async () => await Promise.reject(new Error("400")) };
  cards.show(JOB, broken);
  await pass(0);
  expect(cards.has("broken")).toBe(false);
  for (let number = 0; number < 20; number += 1) expect(cards.show(JOB, message(`m${number}`))).toBe(true);
  expect(cards.show(JOB, message("one more"))).toBe(false);
  expect(cards.show(JOB, message("m3"))).toBe(true);
  await pass(0);
  cards.stop();
  run.words = "more";
  const before = edits.length;
  await pass(60_000);
  expect(edits).toHaveLength(before);
});
