// A journal: every change on disk before it is told, whoever else writes, is killed, or makes the file short meanwhile.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync } from "node:fs";
import { appendFile, mkdir, readdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { replaceAppended } from "../../../state/durable-file.ts";
import type { Lock } from "../../../state/lock.ts";
import { tempDir, until } from "../../support/poll.ts";
import { hostLock } from "./support/host-lock.ts";
import { openNumbers } from "./support/numbers.ts";

const script = fileURLToPath(new URL("./support/counter.ts", import.meta.url));

let file: string;
let locks: number;
let corrupt: string[];
const lock: Lock = (_file, task) => {
  locks++;
  return task();
};
const open = (o: { longBytes?: number; isIdle?: () => boolean; lock?: Lock } = {}) =>
  openNumbers({ file, lock, onCorrupt: ({ reason }) => corrupt.push(reason), ...o });
const linesOf = async () => (await readFile(file, "utf8")).split("\n").slice(0, -1);
const first = (numbers: number[], version = 2) => `${JSON.stringify({ version, numbers })}\n`;
const given = async (content: string) => {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
};

beforeEach(async () => {
  const folder = await tempDir("journal");
  file = join(folder.path, "made", "numbers.jsonl");
  locks = 0;
  corrupt = [];
  return folder.remove;
});

test("nothing is on disk before the first change, and each change is a line", async () => {
  const numbers = open();
  expect(await numbers.read()).toEqual([]);
  await expect(stat(dirname(file))).rejects.toThrow("ENOENT");
  expect(await numbers.add(1)).toBe(0);
  expect(await numbers.add(2, 3)).toBe(1);
  expect(await linesOf()).toEqual([first([]).trim(), '{"add":1}', '{"add":2}', '{"add":3}']);
  expect(await open().read()).toEqual([1, 2, 3]);
  expect(locks, "the lock is for making the file only").toBe(1);
});

test("changes that wait together are in their order, and one that throws takes no other with it", async () => {
  const numbers = open();
  const all = [numbers.add(1), numbers.refuse(), numbers.add(2), numbers.add(Number.NaN), numbers.add(3)];
  expect((await Promise.allSettled(all)).map(({ status }) => status)).toEqual([
    "fulfilled",
    "rejected",
    "fulfilled",
    "rejected",
    "fulfilled",
  ]);
  expect(await numbers.read()).toEqual([1, 2, 3]);
});

test("what another one appended is seen, and decided by", async () => {
  const [one, other] = [open(), open()];
  await one.add(1);
  expect(await other.add(2)).toBe(1);
  expect(await one.read()).toEqual([1, 2]);
  expect(await one.add(3)).toBe(2);
});

test("the state is frozen", async () => {
  const numbers = open();
  await numbers.add(1);
  expect(Object.isFrozen(await numbers.read())).toBe(true);
});

describe("a file that has become long", () => {
  test("is made short when all of it is over with", async () => {
    const numbers = open({ longBytes: 300 });
    for (let number = 0; number < 30; number++) await numbers.add(number);
    await until("a short file", async () => (await linesOf()).length < 20);
    expect(await open().read()).toEqual(Array.from({ length: 30 }, (_, number) => number));
  });

  test("is made short in any case when it is far longer than what is in it", async () => {
    const numbers = open({ longBytes: 300, isIdle: () => false });
    for (let number = 0; number < 100; number++) await numbers.add(7);
    await until("a short file", async () => (await linesOf()).length < 80);
    expect(await open().read()).toEqual([7]);
  });

  test("keeps the whole lines that are appended while it is replaced", async () => {
    await given(`${first([1])}{"add":2}\n{"add`);
    await replaceAppended({
      file,
      make: () => {
        appendFileSync(file, '":3}\n{"add":4}\n{"a');
        return Buffer.from(first([1, 2]));
      },
    });
    expect(await linesOf()).toEqual([first([1, 2]).trim(), '{"add":3}', '{"add":4}']);
  });
});

test("a change that meets a file which was replaced under it is made in the new one", async () => {
  await given(first([1]));
  const numbers = open();
  await numbers.read();
  await writeFile(`${file}.new`, first([1, 2]));
  await rename(`${file}.new`, file);
  expect(await numbers.add(3)).toBe(2);
  expect(await open().read()).toEqual([1, 2, 3]);
});

describe("what is found", () => {
  test("a line without its end was told to nobody: it is left out, and does not swallow the next", async () => {
    await given(`${first([1])}{"add":2}\n{"ad`);
    const numbers = open();
    expect(await numbers.read()).toEqual([1, 2]);
    await numbers.add(3);
    expect(await open().read()).toEqual([1, 2, 3]);
    expect(corrupt).toEqual([]);
  });

  test("a bad line is kept beside and told of once; the others hold", async () => {
    await given(`${first([1])}{"add":2}\nrubbish\n{"add":3}\n`);
    expect(await open().read()).toEqual([1, 2, 3]);
    expect(await open().read()).toEqual([1, 2, 3]);
    expect(corrupt).toEqual(["line 3 is not one of ours"]);
    expect(await readdir(dirname(file))).toHaveLength(2);
  });

  test("without a good first line it is set aside as a whole", async () => {
    await given('nothing\n{"add":2}\n');
    const numbers = open();
    expect(await numbers.read()).toEqual([]);
    await numbers.add(1);
    expect(await open().read()).toEqual([1]);
    expect(corrupt).toEqual(["it is not valid JSON"]);
  });

  test("a whole JSON document of the first format goes on as a journal", async () => {
    await given(JSON.stringify({ version: 1, numbers: [1] }, null, 2));
    const numbers = open();
    expect(await numbers.read()).toEqual([1]);
    await numbers.add(2);
    expect(await linesOf()).toEqual([first([1]).trim(), '{"add":2}']);
  });

  test("a newer version is refused and left alone", async () => {
    await given(first([1], 3));
    await expect(open().read()).rejects.toThrow("written by a newer contractor");
    await expect(open().add(2)).rejects.toThrow("written by a newer contractor");
    expect(await linesOf()).toEqual([first([1], 3).trim()]);
  });

  test("a folder in its place, and a file that is bad again each time, are refused by name", async () => {
    await mkdir(file, { recursive: true });
    await expect(open().add(1)).rejects.toThrow("a folder");
    file = `${file}-2`;
    const spoiling: Lock = async (_path, task) => {
      const done = await task();
      await appendFile(file, "rubbish");
      return done;
    };
    await expect(open({ lock: spoiling }).add(1)).rejects.toThrow("bad again each time");
  });
});

type Counter = { child: ChildProcess; said: number[]; ended: Promise<unknown> };

function counter(from: number, times: number): Counter {
  const child = spawn(process.execPath, [script, file, String(from), String(times)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const said: number[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on("line", (line) => said.push(Number(line)));
  return { child, said, ended: Promise.all([once(child, "exit"), once(lines, "close")]) };
}

test("several processes that append and make it short at the same time lose nothing of each other", async () => {
  const counters = [1_000, 2_000, 3_000].map((from) => counter(from, 200));
  await Promise.all(counters.map(({ ended }) => ended));
  const there = await openNumbers({
    file,
    lock: hostLock,
    onCorrupt: ({ reason }) => corrupt.push(reason),
  }).read();
  expect(counters.map(({ said }) => said.length)).toEqual([200, 200, 200]);
  expect(there).toHaveLength(600);
  expect(new Set(there)).toEqual(new Set(counters.flatMap(({ said }) => said)));
  expect(corrupt).toEqual([]);
}, 30_000);

test("nothing that was told as durable is lost with a process killed in mid-write", async () => {
  const told: number[] = [];
  for (let round = 1; round <= 12; round++) {
    const one = counter(round * 10_000, 0);
    await until("its first words", async () => one.said.length > 0);
    await sleep(Math.random() * 40);
    one.child.kill("SIGKILL");
    await one.ended;
    told.push(...one.said);
  }
  const numbers = openNumbers({ file, lock: hostLock, onCorrupt: ({ reason }) => corrupt.push(reason) });
  const there = new Set(await numbers.read());
  expect(told.filter((number) => !there.has(number))).toEqual([]);
  expect(corrupt).toEqual([]);
  await numbers.add(1);
  expect(await numbers.read()).toContain(1);
}, 60_000);
