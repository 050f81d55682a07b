// A journal: every change on disk before it is told, whoever else writes, is killed, or makes the file short meanwhile.
import { appendFileSync, renameSync, unlinkSync, writeFileSync } from "node:fs";
import { appendFile, mkdir, readdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import type { Lock } from "../../../state/lock.ts";
import { tempDir, until } from "../../support/poll.ts";
import { openNumbers } from "./support/numbers.ts";

let file: string;
let locks: number;
let corrupt: string[];
const lock: Lock = (_file, task) => {
  locks++;
  return task();
};
const open = (o: { longBytes?: number; isIdle?: () => boolean; lock?: Lock; owner?: boolean } = {}) =>
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

  test("stays as it is where what is in it is long, and where another process owns it", async () => {
    const numbers = open({ longBytes: 10 });
    for (let number = 0; number < 20; number++) await numbers.add(number);
    await numbers.journal.shorten();
    expect(locks).toBeLessThan(8);
    const guest = open({ longBytes: 10, owner: false });
    for (let number = 20; number < 40; number++) await guest.add(number);
    await guest.journal.shorten();
    expect(await linesOf()).toHaveLength(21);
  });
});

describe("somebody meddles with the file in the moment of a change", () => {
  // After the look at the file, before the lines are written.
  const meddled = (how: () => void) => {
    let done = false;
    return openNumbers({
      ...{ file, lock },
      onCorrupt: ({ reason }) => corrupt.push(reason),
      isIdle: () => true,
    }).journal.append((state, again) => {
      if (!done) how();
      done = true;
      if (!state.numbers.includes(9)) return { entries: [{ add: 9 }], result: "added" };
      return { entries: [], result: again ? "again" : "there" };
    });
  };
  const replace = (content: string) => {
    writeFileSync(`${file}.new`, content);
    renameSync(`${file}.new`, file);
  };

  test("replaces it: the change is in the new one", async () => {
    await given(first([1]));
    expect(await meddled(() => replace(first([1, 2])))).toBe("added");
    expect(await open().read()).toEqual([1, 2, 9]);
  });

  test("removes it: the change is in a new one", async () => {
    await given(first([1]));
    expect(await meddled(() => unlinkSync(file))).toBe("added");
    expect(await open().read()).toEqual([9]);
  });

  test("leaves a line without its end there: the change is not the rest of it", async () => {
    await given(first([1]));
    expect(await meddled(() => appendFileSync(file, '{"add":'))).toBe("added");
    expect(await open().read()).toEqual([1, 9]);
  });

  test("adds the same: it is there once, and the one who added it is told so", async () => {
    await given(first([1]));
    expect(await meddled(() => appendFileSync(file, '{"add":9}\n'))).toBe("added");
    expect(await open().read()).toEqual([1, 9]);
  });

  test("only the change that was tried before is asked again", async () => {
    await given(first([1]));
    const numbers = open();
    await numbers.read();
    replace(first([1]));
    expect(await Promise.all([numbers.addOnce(2), numbers.addOnce(2), numbers.addOnce(1)])).toEqual([
      "added",
      "there",
      "there",
    ]);
  });
});

test("a guest's line begins behind one without its end, which the owner then reports", async () => {
  await given(`${first([1])}{"ad`);
  await open({ owner: false }).add(2);
  expect(await open().read()).toEqual([1, 2]);
  expect(corrupt).toEqual(["line 2 is not one of ours"]);
});

// A guest that sees a line of the owner's half written gives it an end, and so does the owner.
test("a line that was given its end twice is no bad one, and nobody replaces the file for it", async () => {
  await given(`${first([1])}{"add":2}\n\n{"add":3}\n`);
  const before = await stat(file);
  const guest = open({ owner: false });
  await guest.add(4);
  expect(await guest.read()).toEqual([1, 2, 3, 4]);
  expect((await stat(file)).ino).toBe(before.ino);
  expect(corrupt).toEqual([]);
});

test("a change that meets a file which was replaced before it is made in the new one", async () => {
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
