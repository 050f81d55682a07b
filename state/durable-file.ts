// One file of ours on disk: read without following a planted link, replaced as a whole and durably, set aside when bad.
// It knows bytes only; what they mean is document.ts's matter.

import { randomUUID } from "node:crypto";
import { type BigIntStats, constants } from "node:fs";
import {
  copyFile,
  type FileHandle,
  lstat,
  mkdir,
  open,
  readdir,
  realpath,
  rename,
  rm,
} from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { errnoOf, StateError } from "./error.ts";

/** What tells one content of a file from the next without reading it. */
export type Stamp = { mtimeNs: bigint; size: bigint; ino: bigint };
export type Snapshot = { bytes: Buffer; stamp: Stamp };

/** The file's path with every link in its folder resolved; `undefined` while the folder does not exist. */
export async function resolveFile(file: string): Promise<string | undefined> {
  try {
    return join(await realpath(dirname(file)), basename(file));
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw unreadable(file, error);
  }
}

/** Like resolveFile, after making the folder (0700, parents too) so that it survives a power cut. */
export async function resolveFileForWriting(file: string): Promise<string> {
  const folder = dirname(file);
  try {
    const made = await mkdir(folder, { recursive: true, mode: 0o700 });
    if (made !== undefined) await syncParents({ from: folder, upTo: dirname(made) });
    return join(await realpath(folder), basename(file));
  } catch (error) {
    throw unwritable(file, error);
  }
}

/** The stamp of a regular file, `undefined` when there is none. Throws a StateError for a link or anything else. */
export async function stampOf(file: string): Promise<Stamp | undefined> {
  try {
    return regularStamp(file, await lstat(file, { bigint: true }));
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw unreadable(file, error);
  }
}

export function sameStamp(one: Stamp, other: Stamp): boolean {
  return one.mtimeNs === other.mtimeNs && one.size === other.size && one.ino === other.ino;
}

/** The bytes and the stamp they belong to, `undefined` when there is no file. Throws a StateError like stampOf. */
export async function readSnapshot(file: string): Promise<Snapshot | undefined> {
  let handle: FileHandle | undefined;
  try {
    // O_NONBLOCK: opening a pipe that was put in the file's place must fail the check below, not hang.
    handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stamp = regularStamp(file, await handle.stat({ bigint: true }));
    return { bytes: await handle.readFile(), stamp };
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw errnoOf(error) === "ELOOP" ? notAFile(file, "a symbolic link") : unreadable(file, error);
  } finally {
    await handle?.close();
  }
}

/** Replaces the file as a whole (0600). When it returns, the new content survives a power cut; when it throws, the old one stands. */
export async function writeDurably(what: { file: string; bytes: Buffer }): Promise<Snapshot> {
  const temporary = join(dirname(what.file), `${temporaryPrefix(what.file)}${randomUUID()}.tmp`);
  try {
    const stamp = await writeNew(temporary, what.bytes);
    await rename(temporary, what.file);
    await syncFolder(dirname(what.file));
    return { bytes: what.bytes, stamp };
  } catch (error) {
    await rm(temporary, { force: true });
    throw unwritable(what.file, error);
  }
}

/**
 * Adds to the end of a file, by a single write, which no other process's can fall into. Resolves when all of it survives a
 * power cut, with the stamp of the file then; with `undefined` where the path does not name that file (any more). What
 * could not be written is taken out again.
 */
export async function appendDurably(what: { file: string; bytes: Buffer }): Promise<Stamp | undefined> {
  const { file, bytes } = what;
  const handle = await openToAppend(file);
  if (handle === undefined) return undefined;
  try {
    const before = regularStamp(file, await handle.stat({ bigint: true }));
    try {
      const { bytesWritten } = await handle.write(bytes);
      if (bytesWritten < bytes.length) throw new Error("the write was cut short");
      await handle.datasync();
    } catch (error) {
      await takeBack(handle, before.size, bytes.length);
      throw error;
    }
    const now = await stampOf(file);
    return now?.ino === before.ino ? now : undefined;
  } catch (error) {
    throw unwritable(file, error);
  } finally {
    await handle.close().catch(() => {});
  }
}

async function openToAppend(file: string): Promise<FileHandle | undefined> {
  try {
    // Readable too: Windows truncates no other.
    const how = constants.O_RDWR | constants.O_APPEND | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    return await open(file, how);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw unwritable(file, error);
  }
}

// Not where somebody else's words are behind ours.
async function takeBack(handle: FileHandle, size: bigint, length: number): Promise<void> {
  try {
    const now = await handle.stat({ bigint: true });
    if (now.size <= size + BigInt(length)) await handle.truncate(Number(size));
  } catch {
    // Then it is a line without an end, or one whose writer was told that it is not there.
  }
}

/** Removes temporary files that killed writers left behind. Only for the holder of the file's lock. */
export async function removeTemporaryFiles(file: string): Promise<void> {
  const folder = dirname(file);
  for (const name of await readdir(folder)) {
    if (name.startsWith(temporaryPrefix(file)) && name.endsWith(".tmp"))
      await rm(join(folder, name), { force: true });
  }
}

/** Keeps a bad file as `<file>.corrupt-<time>` beside itself (moved, or copied when the good part goes on being used). */
export async function setAside(what: { file: string; how: "move" | "copy" }): Promise<string> {
  const kept = await freeName(`${what.file}.corrupt-${new Date().toISOString().replaceAll(":", "")}`);
  try {
    if (what.how === "move") await rename(what.file, kept);
    else await copyFile(what.file, kept, constants.COPYFILE_EXCL);
    await syncFolder(dirname(what.file));
    return kept;
  } catch (error) {
    throw unwritable(what.file, error);
  }
}

function regularStamp(file: string, stat: BigIntStats): Stamp {
  if (stat.isSymbolicLink()) throw notAFile(file, "a symbolic link");
  if (!stat.isFile()) throw notAFile(file, stat.isDirectory() ? "a folder" : "not a regular file");
  return { mtimeNs: stat.mtimeNs, size: stat.size, ino: stat.ino };
}

async function writeNew(file: string, bytes: Buffer): Promise<Stamp> {
  const handle = await open(file, "wx", 0o600);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
    return regularStamp(file, await handle.stat({ bigint: true }));
  } finally {
    await handle.close();
  }
}

// Every new folder's name is an entry of its parent, and that parent is what has to reach the disk.
async function syncParents(range: { from: string; upTo: string }): Promise<void> {
  for (let folder = range.from; folder !== range.upTo && folder !== dirname(folder); ) {
    folder = dirname(folder);
    await syncFolder(folder);
  }
}

async function syncFolder(folder: string): Promise<void> {
  // Windows has no way to sync a folder, and renames there are journaled.
  if (process.platform === "win32") return;
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

// A random name, not a fixed one: should the lock ever fail, two writers must not share a temporary file.
function temporaryPrefix(file: string): string {
  return `.${basename(file)}.`;
}

async function freeName(wanted: string): Promise<string> {
  for (let count = 1; ; count++) {
    const name = count === 1 ? wanted : `${wanted}-${count}`;
    if ((await stampOf(name)) === undefined) return name;
  }
}

function notAFile(file: string, is: string): StateError {
  return new StateError({
    code: "not-a-file",
    file,
    message: `${file} is ${is}, and contractor only uses a plain file there. Move it away and try again.`,
  });
}

function unreadable(file: string, cause: unknown): unknown {
  if (cause instanceof StateError) return cause;
  const message = `${file} cannot be read (${errnoOf(cause) ?? "unknown error"}). Check that it and its folder belong to you.`;
  return new StateError({ code: "unreadable", file, message, cause });
}

function unwritable(file: string, cause: unknown): unknown {
  if (cause instanceof StateError) return cause;
  const message = `${file} cannot be written (${errnoOf(cause) ?? "unknown error"}). Check the free disk space and that its folder belongs to you.`;
  return new StateError({ code: "unwritable", file, message, cause });
}
