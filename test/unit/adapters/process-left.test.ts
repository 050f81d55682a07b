// What a process leaves behind: found by its group and its marks, ended, and nothing else touched.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, describe, expect, test } from "vitest";
import { killLeftovers, killOrphans } from "../../../adapters/leftover-processes.ts";
import { isAlive } from "../../../adapters/process-table.ts";

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill("SIGKILL");
});

const IDLE = "setInterval(() => {}, 1000); console.log('runs')";

/** A process in a group and session of its own that carries these marks, and runs its program. */
async function marked(env: Record<string, string>, program = IDLE): Promise<number> {
  const child = spawn(process.execPath, ["-e", program], { env, detached: true });
  started.push(child);
  await once(child.stdout, "data");
  if (child.pid === undefined) throw new Error("it did not start");
  return child.pid;
}

describe.runIf(process.platform === "linux")("what a process left", () => {
  test("ends by its mark, also where it ignores SIGTERM; another's mark, and part of one, do not count", async () => {
    const ours = await Promise.all([
      marked({ ADAPTER: "one" }),
      marked({ ADAPTER: "one" }, `process.on("SIGTERM", () => {}); ${IDLE}`),
    ]);
    const others = await Promise.all([
      marked({ ADAPTER: "one-more" }),
      marked({ OTHER_ADAPTER: "one" }),
      marked({}),
    ]);
    await killLeftovers({ leader: 2 ** 22 + 1, mark: "ADAPTER=one", graceMs: 0 });
    expect(await Promise.all(ours.map(isAlive))).toEqual([false, false]);
    expect(await Promise.all(others.map(isAlive))).toEqual([true, true, true]);
  });

  test("of one session among several: all its marks must be there, and what hangs below the root stays", async () => {
    const stray = await marked({ ADAPTER: "one", SESSION: "a" });
    const other = await marked({ ADAPTER: "one", SESSION: "b" });
    const elsewhere = await marked({ ADAPTER: "two", SESSION: "a" });
    await killOrphans({ root: other, marks: ["ADAPTER=one", "SESSION=a"] });
    expect(await Promise.all([stray, other, elsewhere].map(isAlive))).toEqual([false, true, true]);
    await killOrphans({ root: process.pid, marks: ["ADAPTER=one"] });
    expect(await isAlive(other)).toBe(true);
  });
});
