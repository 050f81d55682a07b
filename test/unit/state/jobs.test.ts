// The jobs on disk: what is there after a change, after a restart, and when the file is bad.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openJobOutput } from "../../../state/job-output.ts";
import { type Job, openJobs } from "../../../state/jobs.ts";
import { tempDir } from "../../support/poll.ts";

const lock = async <T>(_: string, task: () => Promise<T>) => await task();
const job = (id: string, change: Partial<Job> = {}): Job => ({
  ...{
    id,
    name: `job-${id}`,
    agentId: "cc",
    sessionKey: `agent:cc:acp:job-${id}`,
    prompt: "do it",
    cwd: "/p",
  },
  ...{ origin: { by: "cli" }, once: false, quiet: false, cycle: 1, state: "working" },
  ...{ createdAt: "2026-11-27T00:00:00.000Z", cycleAt: "2026-11-27T00:00:00.000Z" },
  ...{ turns: 0, workedMs: 0, unattended: 0 },
  ...change,
});

async function bench() {
  const { path, remove } = await tempDir("jobs");
  onTestFinished(remove);
  const file = join(path, "jobs.jsonl");
  const kept: string[] = [];
  const open = () => openJobs({ file, lock, owner: true, onCorrupt: (bad) => void kept.push(bad.reason) });
  return { path, file, open, kept };
}

test("jobs, and what is owed about them, are there for the next gateway; what was told is not", async () => {
  const { open } = await bench();
  const place = { channel: "telegram", to: "telegram:1" };
  const notice = (key: string) => ({ key, job: "a1b2c3d4", place, text: "done" });
  await open().append([
    { op: "job", job: job("a1b2c3d4"), launched: true },
    { op: "owed", notice: notice("one") },
    { op: "owed", notice: notice("two") },
  ]);
  await open().append([{ op: "job", job: job("a1b2c3d4", { state: "done", lastWords: "All done." }) }]);
  await open().append([{ op: "told", key: "one" }]);
  const { jobs, owed, launched } = await open().read();
  expect(jobs).toEqual([job("a1b2c3d4", { state: "done", lastWords: "All done." })]);
  expect(owed).toEqual([notice("two")]);
  expect(launched).toBe(1);
});

test("a forgotten job is gone, and was launched all the same", async () => {
  const { open } = await bench();
  const store = open();
  for (const id of ["aaaaaaaa", "bbbbbbbb"])
    await store.append([{ op: "job", job: job(id), launched: true }]);
  await store.append([{ op: "forgotten", id: "aaaaaaaa" }]);
  expect(await open().read()).toMatchObject({ jobs: [{ id: "bbbbbbbb" }], launched: 2 });
});

test("a watcher is as it was last, until its job is forgotten", async () => {
  const { open } = await bench();
  const place = { channel: "telegram", to: "telegram:1" };
  const watcher = { job: "a1b2c3d4", where: "one", place, seen: 1, attached: true };
  const other = { ...watcher, where: "two" };
  await open().append([
    { op: "job", job: job("a1b2c3d4") },
    { op: "watch", watcher },
    { op: "watch", watcher: other },
    { op: "watch", watcher: { ...watcher, seen: 7, attached: false } },
  ]);
  expect((await open().read()).watchers).toEqual([other, { ...watcher, seen: 7, attached: false }]);
  await open().append([{ op: "forgotten", id: "a1b2c3d4" }]);
  expect((await open().read()).watchers).toEqual([]);
});

test("a job that cannot be read is left out, and the file as it was is kept", async () => {
  const { file, open, kept } = await bench();
  const good = { version: 1, jobs: [job("a1b2c3d4"), { id: 7 }], owed: [], launched: 2 };
  await writeFile(file, `${JSON.stringify(good)}\n`);
  expect((await open().read()).jobs.map(({ id }) => id)).toEqual(["a1b2c3d4"]);
  expect(kept).toHaveLength(1);
});

test("fifty ended jobs with long words are less than a megabyte", async () => {
  const { file, open } = await bench();
  const store = open();
  for (let n = 0; n < 50; n += 1) {
    const id = `a${String(n).padStart(7, "0")}`;
    const long = "x".repeat(4_000);
    await store.append([{ op: "job", job: job(id), launched: true }]);
    await store.append([{ op: "job", job: job(id, { prompt: long, lastWords: long, state: "done" }) }]);
  }
  expect((await readFile(file)).length).toBeLessThan(1_000_000);
});

test("of what a job said the last 200 blocks are kept, with their numbers, over a restart", async () => {
  const { path: dir } = await bench();
  const now = () => new Date("2026-11-27T00:00:00Z");
  const output = openJobOutput({ dir, id: "a1b2c3d4", now });
  for (let n = 1; n <= 450; n += 1) await output.add("text", `line ${n}`);
  const again = openJobOutput({ dir, id: "a1b2c3d4", now });
  const blocks = await again.all();
  expect(blocks).toHaveLength(200);
  expect(blocks.at(-1)).toMatchObject({ n: 450, text: "line 450" });
  expect(await again.add("tool", "y".repeat(9_000))).toMatchObject({ n: 451, kind: "tool" });
  expect((await again.all()).at(-1)?.text).toHaveLength(4_000);
  await again.drop();
  expect(await openJobOutput({ dir, id: "a1b2c3d4", now }).all()).toEqual([]);
});
