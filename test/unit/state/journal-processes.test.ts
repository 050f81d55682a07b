// A journal that several processes write: whoever appends, makes it short or is killed, what was told as durable is there.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { tempDir, until } from "../../support/poll.ts";
import { hostLock } from "./support/host-lock.ts";
import { openNumbers } from "./support/numbers.ts";

const script = fileURLToPath(new URL("./support/counter.ts", import.meta.url));

let file: string;
let corrupt: string[];
const open = () => openNumbers({ file, lock: hostLock, onCorrupt: ({ reason }) => corrupt.push(reason) });

beforeEach(async () => {
  const folder = await tempDir("journal-processes");
  file = join(folder.path, "numbers.jsonl");
  corrupt = [];
  return folder.remove;
});

type Counter = { child: ChildProcess; said: number[]; ended: Promise<unknown> };

function counter(from: number, times: number, o: { padding?: number; owner?: boolean } = {}): Counter {
  const { padding = 0, owner = true } = o;
  const args = [file, String(from), String(times), String(padding), owner ? "owner" : "guest"];
  const child = spawn(process.execPath, [script, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const said: number[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on("line", (line) => said.push(Number(line)));
  return { child, said, ended: Promise.all([once(child, "exit"), once(lines, "close")]) };
}

test.each([
  ["short", 200, 0],
  ["of two megabytes", 40, 2_000_000],
])(
  "its owner and others that append lines that are %s at the same time lose nothing of each other",
  async (_, times, padding) => {
    const counters = [1_000, 2_000, 3_000].map((from) =>
      counter(from, times, { padding, owner: from === 1_000 }),
    );
    await Promise.all(counters.map(({ ended }) => ended));
    const there = await open().read();
    expect(counters.map(({ said }) => said.length)).toEqual([times, times, times]);
    expect(there).toHaveLength(3 * times);
    expect(new Set(there)).toEqual(new Set(counters.flatMap(({ said }) => said)));
    expect(corrupt).toEqual([]);
  },
  120_000,
);

test("nothing that was told as durable is lost with a process killed in mid-write", async () => {
  const told: number[] = [];
  for (let round = 1; round <= 12; round++) {
    const one = counter(round * 10_000, 0, { padding: round % 2 === 0 ? 2_000_000 : 0 });
    await until("its first words", async () => one.said.length > 0);
    await sleep(Math.random() * 40);
    one.child.kill("SIGKILL");
    await one.ended;
    told.push(...one.said);
  }
  const numbers = open();
  const there = new Set(await numbers.read());
  expect(told.filter((number) => !there.has(number))).toEqual([]);
  expect(corrupt).toEqual([]);
  await numbers.add(1);
  expect(await numbers.read()).toContain(1);
}, 60_000);
