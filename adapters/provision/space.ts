// Disk space: how much is free, how much a folder holds, and making sure that what was written stays.
import { lstat, open, readdir, statfs } from "node:fs/promises";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Failure } from "../../common/failure.ts";
import { mapLimit } from "./map-limit.ts";

const MEGABYTE = 1_000_000;
const LOOK_EVERY_MS = 1_000;

/** @throws {Failure} "limit-reached" when the file system of `dir` has less than this many megabytes free. */
export async function requireSpace(o: {
  dir: string;
  megabytes: number;
  freeBytes?: ((dir: string) => Promise<number>) | undefined;
}): Promise<void> {
  const free = Math.floor((await (o.freeBytes ?? freeBytes)(o.dir)) / MEGABYTE);
  if (free >= o.megabytes) return;
  throw new Failure({
    code: "limit-reached",
    message: `${o.dir} has ${free} MB free, and the harness needs about ${o.megabytes} MB.`,
    next: { say: "Free some space and run setup again." },
  });
}

/** Reports the megabytes in `dir` about every second until `signal` aborts; never faster than it can count them. */
export async function watchGrowth(o: {
  dir: string;
  signal: AbortSignal;
  report(megabytes: number): void;
}): Promise<void> {
  let wait = LOOK_EVERY_MS;
  while (!o.signal.aborted) {
    await pause(wait, undefined, { signal: o.signal }).catch(() => undefined);
    if (o.signal.aborted) return;
    const started = performance.now();
    const bytes = await folderBytes(o.dir);
    if (!o.signal.aborted) o.report(bytes / MEGABYTE);
    // Counting ten thousand files takes a third of a second: it must not slow down what it measures.
    wait = Math.max(LOOK_EVERY_MS, 5 * (performance.now() - started));
  }
}

/** Flushes every file and folder below `dir` to the disk, so that a rename that survives a power cut finds them whole. */
export async function syncTree(dir: string): Promise<void> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile() || (entry.isDirectory() && process.platform !== "win32"))
    .map((entry) => path.join(entry.parentPath, entry.name));
  await mapLimit(paths, syncPath);
  await syncPath(dir);
}

export async function syncPath(file: string): Promise<void> {
  const handle = await open(file, "r").catch((error: NodeJS.ErrnoException) => {
    // Windows opens no folder, and a file only for writing; there a rename is all the safety there is.
    if (process.platform === "win32") return undefined;
    throw error;
  });
  try {
    await handle?.sync();
  } catch (error) {
    if (process.platform !== "win32") throw error;
  } finally {
    await handle?.close();
  }
}

async function freeBytes(dir: string): Promise<number> {
  const disk = await statfs(dir);
  return disk.bavail * disk.bsize;
}

async function folderBytes(dir: string): Promise<number> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch(() => []);
  let bytes = 0;
  for (const entry of entries) {
    if (entry.isFile()) bytes += (await sizeOf(path.join(entry.parentPath, entry.name))) ?? 0;
  }
  return bytes;
}

// A file can be gone again by the time it is counted: npm moves folders about.
async function sizeOf(file: string): Promise<number | undefined> {
  return (await lstat(file).catch(() => undefined))?.size;
}
