// Watches a few files, there or not, by looking at them several times a second: sooner than a harness that waits for them to be still.
import { stat } from "node:fs/promises";

const EVERY_MS = 250;

/** Calls `changed` after each change, one call at a time, until it resolves to false or the returned function is called. */
export function watchFiles(files: readonly string[], changed: () => Promise<boolean>): () => void {
  const over = new AbortController();
  void watch(files, changed, over.signal);
  return () => over.abort();
}

async function watch(
  files: readonly string[],
  changed: () => Promise<boolean>,
  over: AbortSignal,
): Promise<void> {
  let seen = await stampsOf(files);
  while (await pause(over)) {
    const now = await stampsOf(files);
    if (now === seen) continue;
    seen = now;
    if (!(await changed())) return;
  }
}

async function stampsOf(files: readonly string[]): Promise<string> {
  const stamps = await Promise.all(files.map((file) => stat(file).catch(() => undefined)));
  return stamps.map((known) => (known ? `${known.ino} ${known.size} ${known.mtimeMs}` : "")).join("|");
}

// False when it is over.
function pause(over: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (over.aborted) return resolve(false);
    const timer = setTimeout(() => done(true), EVERY_MS).unref();
    const done = (goOn: boolean) => {
      clearTimeout(timer);
      over.removeEventListener("abort", stop);
      resolve(goOn);
    };
    const stop = () => done(false);
    over.addEventListener("abort", stop, { once: true });
  });
}
