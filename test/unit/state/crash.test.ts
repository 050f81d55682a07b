// What is left of a session map when processes are killed while they write it, or write it at the same time.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { openSessionMap, sessionMapPath } from "../../../state/session-map.ts";
import { tempDir } from "../../support/poll.ts";
import { hostLock } from "./support/host-lock.ts";

const script = fileURLToPath(new URL("./support/writer.ts", import.meta.url));

type Writer = {
  child: ChildProcess;
  acknowledged: () => number;
  begun: Promise<void>;
  ended: Promise<unknown>;
};

function writer(o: { workspace: string; sessionKey: string; times: number }): Writer {
  const child = spawn(process.execPath, [script, o.workspace, o.sessionKey, String(o.times)], {
    stdio: ["ignore", "pipe", "inherit"],
    // Halves the start of a process, of which there are hundreds here.
    env: { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), "contractor-compile-cache") },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let last = 0;
  const lines = createInterface({ input: child.stdout ?? process.stdin });
  const begun = new Promise<void>((resolve) => {
    lines.on("line", (line) => {
      last = Number(line);
      resolve();
    });
    lines.on("close", resolve);
  });
  return {
    child,
    acknowledged: () => last,
    begun,
    ended: Promise.all([once(child, "exit"), once(lines, "close")]),
  };
}

test("200 writers killed in mid-write: the map is valid after each, and nothing that was acknowledged is lost", async () => {
  await using workspace = await tempDir("state-kills");
  const acknowledged = new Map<string, number>();

  async function killOneAfterAnother(line: string): Promise<void> {
    for (let round = 0; round < 100; round++) {
      const sessionKey = `${line}-${round}`;
      const one = writer({ workspace: workspace.path, sessionKey, times: 0 });
      await one.begun;
      // Spread over a whole write, so that kills land in every phase of it.
      await sleep(Math.random() * 12);
      one.child.kill("SIGKILL");
      await one.ended;
      expect(one.acknowledged()).toBeGreaterThan(0);
      acknowledged.set(sessionKey, one.acknowledged());
      JSON.parse(await readFile(sessionMapPath(workspace.path), "utf8"));
    }
  }
  await Promise.all([killOneAfterAnother("left"), killOneAfterAnother("right")]);

  const corrupt: unknown[] = [];
  const map = openSessionMap({
    workspace: workspace.path,
    lock: hostLock,
    onCorrupt: (info) => corrupt.push(info),
  });
  const generations = new Map(
    (await map.read()).sessions.map((one) => [one.openclawSessionKey, one.generation]),
  );
  expect(generations.size).toBe(200);
  for (const [key, count] of acknowledged) expect(generations.get(key)).toBeGreaterThanOrEqual(count);
  expect(corrupt).toEqual([]);

  await map.remove({ agentId: "cc", sessionKey: "left-0" });
  const names = await readdir(dirname(map.file));
  expect(names, "what killed writers left behind is swept by the next one").toEqual(["session-map.json"]);
}, 60_000);

test("two processes that write at the same time lose nothing of each other", async () => {
  await using workspace = await tempDir("state-two");
  const keys = ["one", "two"];
  const writers = keys.map((sessionKey) => writer({ workspace: workspace.path, sessionKey, times: 150 }));
  await Promise.all(writers.map(({ ended }) => ended));

  const { sessions } = await openSessionMap({ workspace: workspace.path, lock: hostLock }).read();
  expect(sessions.map((one) => [one.openclawSessionKey, one.generation]).sort()).toEqual([
    ["one", 150],
    ["two", 150],
  ]);
}, 20_000);

test("two processes that raise the same entry count every raise", async () => {
  await using workspace = await tempDir("state-same");
  const writers = [1, 2].map(() => writer({ workspace: workspace.path, sessionKey: "shared", times: 100 }));
  await Promise.all(writers.map(({ ended }) => ended));

  const entry = await openSessionMap({ workspace: workspace.path, lock: hostLock }).get({
    agentId: "cc",
    sessionKey: "shared",
  });
  expect(entry?.generation).toBe(200);
}, 20_000);
