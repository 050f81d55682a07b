// Real process trees: found as they are, and ended as a whole.
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { afterEach, describe, expect, onTestFinished, test } from "vitest";
import { isAlive, processCommandLine, processStartTime } from "../../../adapters/process-table.ts";
import { descendants, killTree } from "../../../adapters/process-tree.ts";
import { until } from "../../support/poll.ts";

const platform = Object.getOwnPropertyDescriptor(process, "platform");
afterEach(() => {
  if (platform) Object.defineProperty(process, "platform", platform);
});

/** A shell script that prints the pids a test wants to know, one on a line. */
async function shell(o: {
  script: string;
  pids: number;
  detached?: boolean;
}): Promise<{ child: ChildProcess; pid: number; pids: number[] }> {
  const child = spawn("/bin/sh", ["-c", o.script], {
    stdio: ["ignore", "pipe", "ignore"],
    detached: o.detached ?? false,
  });
  const pids: number[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => pids.push(Number(line)));
  onTestFinished(async () => {
    const below = await descendants(child.pid ?? 0);
    for (const pid of [child.pid ?? 0, ...below, ...pids]) {
      try {
        if (pid > 1) process.kill(pid, "SIGKILL");
      } catch {
        // It is gone, as it should be.
      }
    }
  });
  await until(`${o.pids} pids of ${o.script}`, () => pids.length >= o.pids, { everyMs: 10 });
  return { child, pid: child.pid ?? 0, pids };
}

const goneAll = async (pids: number[]) => !(await Promise.all(pids.map(isAlive))).includes(true);

describe("a process", () => {
  test("is known by pid, start time and command line while it runs", async () => {
    const { pid, child } = await shell({ script: "echo $$; exec sleep 60", pids: 1 });
    await until("sh to become sleep", async () => (await processCommandLine(pid)) === "sleep 60", {
      everyMs: 10,
    });
    const started = await processStartTime(pid);
    expect(started).toMatch(/^\d+$/);
    expect(await processStartTime(pid)).toBe(started);
    expect(await isAlive(pid)).toBe(true);
    child.kill("SIGKILL");
    await until("its end", async () => (await processStartTime(pid)) === undefined, { everyMs: 10 });
    expect([await isAlive(pid), await processCommandLine(pid)]).toEqual([false, undefined]);
  });

  test("that has ended is not alive, even while nobody has waited for it", async () => {
    const { pids } = await shell({ script: "sh -c 'echo $$'; sh -c 'echo $$' & exec sleep 60", pids: 2 });
    await until("the child to be a zombie", async () => !(await isAlive(pids[1] ?? 0)), { everyMs: 10 });
    expect(await processStartTime(pids[1] ?? 0)).toBeDefined();
  });

  test("with spaces and brackets in its name is read right", async () => {
    const { pid, child } = await shell({
      script: "printf 'a) R 1 (b' > /proc/$$/comm; echo $$; read x < /dev/zero",
      pids: 1,
    });
    expect(await descendants(process.pid)).toContain(pid);
    child.kill("SIGKILL");
  });

  test.skipIf(process.platform !== "linux")("is read through ps where there is no /proc", async () => {
    const { pid, pids } = await shell({ script: "echo $$; sleep 60 & echo $!; wait", pids: 2 });
    Object.defineProperty(process, "platform", { value: "darwin" });
    expect(await descendants(pid)).toEqual([pids[1]]);
    expect(await processCommandLine(pids[1] ?? 0)).toBe("sleep 60");
    expect(await processStartTime(pid)).toMatch(/\d\d:\d\d:\d\d \d{4}$/);
    expect(await killTree({ pid, graceMs: 2_000 })).toBe(true);
    expect([await isAlive(pid), await isAlive(pids[1] ?? 0)]).toEqual([false, false]);
  });
});

test("descendants are found at every depth", async () => {
  const { pid, pids } = await shell({
    script: "echo $$; sh -c 'echo $$; sh -c \"echo \\$\\$; sleep 60; :\"; :'; :",
    pids: 3,
  });
  await until("the sleep", async () => (await descendants(pid)).length === 3, { everyMs: 10 });
  const [child, grandchild] = await descendants(pid);
  expect([child, grandchild]).toEqual(pids.slice(1));
});

describe("killing a tree", () => {
  test("ends a willing one at once, without waiting for the grace", async () => {
    const { pid, pids } = await shell({ script: "echo $$; sleep 60 & echo $!; wait", pids: 2 });
    const start = performance.now();
    expect(await killTree({ pid, graceMs: 10_000 })).toBe(true);
    expect(performance.now() - start).toBeLessThan(3_000);
    expect(await goneAll(pids)).toBe(true);
  });

  test("ends a grandchild that ignores SIGTERM, after the grace", async () => {
    const stubborn = 'trap "" TERM; echo $$; while :; do sleep 0.2; done';
    const { pid, pids } = await shell({ script: `echo $$; sh -c '${stubborn}' & wait`, pids: 2 });
    expect(await killTree({ pid, graceMs: 300 })).toBe(true);
    expect(await goneAll(pids)).toBe(true);
  });

  test("ends a grandchild that is re-parented because its parent obeys first", async () => {
    const stubborn = 'trap "" TERM; echo $$; while :; do sleep 0.2; done';
    const middle = `setsid sh -c '\\''${stubborn}'\\'' & echo $$; wait`;
    const { pid, pids } = await shell({ script: `echo $$; sh -c '${middle}' & wait`, pids: 3 });
    expect(await killTree({ pid, graceMs: 300 })).toBe(true);
    expect(await goneAll(pids)).toBe(true);
  });

  test("ends what is started on SIGTERM and left behind at once, where the root leads a group", async () => {
    const { pid, pids } = await shell({
      script: "trap 'sleep 60 & echo $!; exit' TERM; echo $$; while :; do sleep 0.05; done",
      pids: 1,
      detached: true,
    });
    expect(await killTree({ pid, graceMs: 2_000 })).toBe(true);
    await until("the pid of the late one", () => pids.length === 2, { everyMs: 10 });
    expect(await goneAll(pids)).toBe(true);
  });

  test("of a process that is gone is done already, and touches nobody", async () => {
    const { pid, child } = await shell({ script: "echo $$", pids: 1 });
    await until("its end", () => child.exitCode !== null, { everyMs: 10 });
    expect(await killTree({ pid, graceMs: 1_000 })).toBe(true);
    expect(await isAlive(process.pid)).toBe(true);
  });

  test("leaves siblings alone", async () => {
    const sibling = await shell({ script: "echo $$; exec sleep 60", pids: 1 });
    const { pid } = await shell({ script: "echo $$; exec sleep 60", pids: 1 });
    expect(await killTree({ pid, graceMs: 1_000 })).toBe(true);
    expect(await isAlive(sibling.pid)).toBe(true);
  });
});
