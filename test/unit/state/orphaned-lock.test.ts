// What a killed process leaves of the host's lock, and that work goes on after it.
import { mkdir, readdir, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { removeStaleLocks } from "../../../state/orphaned-lock.ts";
import { tempDir } from "../../support/poll.ts";
import { hostLock } from "./support/host-lock.ts";

let folder: string;
let file: string;

beforeEach(async () => {
  const temporary = await tempDir("lock");
  folder = temporary.path;
  file = join(folder, "map.json");
  return temporary.remove;
});

async function older(path: string): Promise<void> {
  const past = new Date(Date.now() - 10_000);
  await utimes(path, past, past);
}

test("an empty sidecar of a process killed while it locked is removed", async () => {
  await writeFile(`${file}.lock`, "");
  await older(`${file}.lock`);
  expect(await hostLock(file, async () => "done")).toBe("done");
  expect(await readdir(folder)).toEqual([]);
});

test("a guard of a process killed while it removed a dead one's lock is removed", async () => {
  await mkdir(`${file}.lock.reclaim`);
  await older(`${file}.lock.reclaim`);
  expect(await hostLock(file, async () => "done")).toBe("done");
  expect(await readdir(folder)).toEqual([]);
});

test("a lock that somebody holds is never removed, nor one that was made just now", async () => {
  await writeFile(`${file}.lock`, '{"pid":1}');
  await older(`${file}.lock`);
  const other = join(folder, "other.json");
  await writeFile(`${other}.lock`, "");
  const future = new Date(Date.now() + 60_000);
  await utimes(`${other}.lock`, future, future);
  const waitsAndFails = removeStaleLocks(
    (_file, task) => new Promise((_, reject) => setTimeout(reject, 700, task)),
  );
  await Promise.allSettled([waitsAndFails(file, async () => {}), waitsAndFails(other, async () => {})]);
  expect((await stat(`${file}.lock`)).size).toBe(9);
  expect((await stat(`${other}.lock`)).size).toBe(0);
});

test("what the lock or the task throws comes through as it is", async () => {
  await expect(hostLock(file, () => Promise.reject(new Error("the task's")))).rejects.toThrow("the task's");
  await expect(
    removeStaleLocks(() => Promise.reject(new Error("the lock's")))(file, async () => {}),
  ).rejects.toThrow("the lock's");
});
