// Watches a few files, there or not, by looking at them several times a second: sooner than a harness that waits for them to be still.
import { stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

const EVERY_MS = 250;

/** Calls `changed` at once and after each change, one call at a time, as long as `while` says so. */
export async function watchFiles(
  files: readonly string[],
  o: { while: () => boolean; changed: () => Promise<void> },
): Promise<void> {
  let seen = await stampsOf(files);
  // What changed before the watch began.
  await o.changed();
  while (o.while()) {
    await sleep(EVERY_MS, undefined, { ref: false });
    const now = await stampsOf(files);
    if (now === seen) continue;
    seen = now;
    await o.changed();
  }
}

async function stampsOf(files: readonly string[]): Promise<string> {
  const stamps = await Promise.all(files.map((file) => stat(file).catch(() => undefined)));
  return stamps.map((known) => (known ? `${known.ino} ${known.size} ${known.mtimeMs}` : "")).join("|");
}
