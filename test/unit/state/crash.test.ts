// What is left of session maps when processes are killed while they write them, or write them at the same time.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { sessionMapPath } from "../../../state/map-place.ts";
import { openSessionMap } from "../../../state/session-map.ts";
import { tempDir } from "../../support/poll.ts";
import { hostLock } from "./support/host-lock.ts";

const script = fileURLToPath(new URL("./support/writer.ts", import.meta.url));

const cache = await tempDir("compile-cache");
afterAll(cache.remove);

/** `begun` when every workspace has an acknowledged write, `acknowledged` holds the last number of each. */
type Writer = { child: ChildProcess; acknowledged: number[]; begun: Promise<void>; ended: Promise<unknown> };

function writer(o: { workspaces: string[]; sessionKey: string; times: number }): Writer {
  const child = spawn(process.execPath, [script, o.sessionKey, String(o.times), ...o.workspaces], {
    stdio: ["ignore", "pipe", "inherit"],
    // Halves the start of a process, of which there are many here.
    env: { ...process.env, NODE_COMPILE_CACHE: cache.path },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const acknowledged = o.workspaces.map(() => 0);
  const lines = createInterface({ input: child.stdout });
  const begun = new Promise<void>((resolve) => {
    lines.on("line", (line) => {
      const [which, count] = line.split(" ").map(Number);
      acknowledged[which ?? 0] = count ?? 0;
      if (!acknowledged.includes(0)) resolve();
    });
    lines.on("close", resolve);
  });
  return { child, acknowledged, begun, ended: Promise.all([once(child, "exit"), once(lines, "close")]) };
}

test("200 maps whose writer is killed in mid-write are valid, and nothing that was acknowledged is lost", async () => {
  await using folder = await tempDir("state-kills");
  // One process writes four maps at once: each of the 50 kills hits four writes, every one in a phase of its own.
  const workspaces = ["a", "b", "c", "d"].map((name) => join(folder.path, name));
  for (const workspace of workspaces) await mkdir(workspace);
  const acknowledged = new Map<string, number[]>();

  async function killOneAfterAnother(line: string): Promise<void> {
    for (let round = 0; round < 25; round++) {
      const sessionKey = `${line}-${round}`;
      const one = writer({ workspaces, sessionKey, times: 0 });
      await one.begun;
      await sleep(Math.random() * 25);
      one.child.kill("SIGKILL");
      await one.ended;
      expect(one.acknowledged).not.toContain(0);
      acknowledged.set(sessionKey, one.acknowledged);
      for (const workspace of workspaces) JSON.parse(await readFile(sessionMapPath(workspace), "utf8"));
    }
  }
  await Promise.all([killOneAfterAnother("left"), killOneAfterAnother("right")]);

  for (const [which, workspace] of workspaces.entries()) {
    const corrupt: unknown[] = [];
    const map = openSessionMap({ workspace, lock: hostLock, onCorrupt: (info) => corrupt.push(info) });
    const { sessions } = await map.read();
    const generations = new Map(sessions.map((one) => [one.openclawSessionKey, one.generation]));
    expect([generations.size, corrupt]).toEqual([50, []]);
    for (const [key, counts] of acknowledged) {
      expect(generations.get(key)).toBeGreaterThanOrEqual(counts[which] ?? Number.NaN);
    }
    await map.remove({ agentId: "cc", sessionKey: "left-0" });
    const names = await readdir(dirname(map.file));
    expect(names, "what killed writers left behind is swept by the next one").toEqual(["session-map.json"]);
  }
}, 60_000);

test("two processes that write at the same time lose nothing of each other", async () => {
  await using workspace = await tempDir("state-two");
  const keys = ["one", "two"];
  const writers = keys.map((sessionKey) => writer({ workspaces: [workspace.path], sessionKey, times: 150 }));
  await Promise.all(writers.map(({ ended }) => ended));

  const { sessions } = await openSessionMap({ workspace: workspace.path, lock: hostLock }).read();
  expect(sessions.map((one) => [one.openclawSessionKey, one.generation]).sort()).toEqual([
    ["one", 150],
    ["two", 150],
  ]);
}, 20_000);

test("two processes that raise the same entry count every raise", async () => {
  await using workspace = await tempDir("state-same");
  const writers = [1, 2].map(() =>
    writer({ workspaces: [workspace.path], sessionKey: "shared", times: 100 }),
  );
  await Promise.all(writers.map(({ ended }) => ended));

  const map = openSessionMap({ workspace: workspace.path, lock: hostLock });
  expect((await map.get({ agentId: "cc", sessionKey: "shared" }))?.generation).toBe(200);
}, 20_000);
