// One setup at a time: who comes second waits for the lock, is told so, and can still give up.
import path from "node:path";
import { Failure } from "../../common/failure.ts";

/** A lock across processes, handed in. */
export type Lock = <T>(file: string, task: () => Promise<T>) => Promise<T>;

const NOTE_AFTER_MS = 500;

/**
 * Runs `task` while holding the lock of `root`; calls `wait` once when that does not come at once.
 * @throws {Failure} "timed-out" when the lock is not to be had; the reason of `signal` when that comes first.
 */
export async function exclusively<T>(o: {
  root: string;
  lock: Lock;
  signal?: AbortSignal | undefined;
  wait(): void;
  task(): Promise<T>;
}): Promise<T> {
  const file = path.join(o.root, "setup");
  const entered = Promise.withResolvers<void>();
  const note = setTimeout(o.wait, NOTE_AFTER_MS);
  const run = o.lock(file, () => {
    clearTimeout(note);
    entered.resolve();
    o.signal?.throwIfAborted();
    return o.task();
  });
  try {
    await Promise.race([
      entered.promise,
      run.catch((error: unknown) => Promise.reject(busy(error, file))),
      gaveUp(o.signal),
    ]);
    return await run;
  } finally {
    clearTimeout(note);
  }
}

// Only while it waits: once inside, the task itself heeds the signal and tidies up first.
function gaveUp(signal: AbortSignal | undefined): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  if (signal?.aborted) reject(signal.reason);
  signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
  promise.catch(() => undefined);
  return promise;
}

function busy(error: unknown, file: string): unknown {
  if (error instanceof Failure || (error as { code?: unknown }).code !== "file_lock_timeout") return error;
  return new Failure({
    code: "timed-out",
    message: "Another setup has been running for too long.",
    next: { say: `Wait for it to end and run setup again; if none is running, remove ${file}.lock.` },
    cause: error,
  });
}
