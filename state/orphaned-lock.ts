// Mends a sidecar lock (`<file>.lock`) that a killed process left in a state its own library waits on for ever.
// The host's lock is one: @openclaw/fs-safe creates the sidecar and then writes its owner into it, and takes a folder
// `<file>.lock.reclaim` while it removes a dead owner's. A process killed in between leaves an empty sidecar or the
// folder, and neither tells whose it was (measured: about one SIGKILL in a hundred during writes).
import { randomUUID } from "node:crypto";
import { link, lstat, rename, rm, rmdir } from "node:fs/promises";
import { errnoOf } from "./error.ts";
import type { Lock } from "./lock.ts";

/** Both states last microseconds in a living process; should one be stopped that long, its library notices and tries again. */
const ORPHAN_AFTER_MS = 1_000;
const LOOK_EVERY_MS = 250;

/** The same lock, which while it waits removes orphaned sidecars. `lock` must wait for longer than a second or two. */
export function removeStaleLocks(lock: Lock): Lock {
  return async (file, task) => {
    const watch = setInterval(() => void mend(`${file}.lock`), LOOK_EVERY_MS);
    try {
      return await lock(file, () => {
        clearInterval(watch);
        return task();
      });
    } finally {
      clearInterval(watch);
    }
  };
}

// Never throws: what cannot be mended ends as the lock's own timeout.
async function mend(sidecar: string): Promise<void> {
  try {
    await removeEmpty(sidecar);
    await removeGuard(`${sidecar}.reclaim`);
  } catch {
    // Somebody else was faster, or the folder is not ours to write.
  }
}

async function removeEmpty(sidecar: string): Promise<void> {
  const seen = await oldOne(sidecar);
  if (seen === undefined || !seen.isFile() || seen.size > 0) return;
  // Taken away under another name first, so that a living lock which took its place meanwhile can be put back.
  const taken = `${sidecar}.orphan-${randomUUID()}`;
  await rename(sidecar, taken);
  const { ino, size } = await lstat(taken);
  if (ino !== seen.ino || size > 0) await link(taken, sidecar);
  await rm(taken, { force: true });
}

async function removeGuard(guard: string): Promise<void> {
  if ((await oldOne(guard))?.isDirectory()) await rmdir(guard);
}

async function oldOne(path: string) {
  try {
    const stat = await lstat(path);
    return Date.now() - stat.mtimeMs > ORPHAN_AFTER_MS ? stat : undefined;
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
}
