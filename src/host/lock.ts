// The host's lock across processes, in the shape state/ asks for.
import type { Lock } from "../../state/document.ts";

/** Ten seconds at most; a holder that died, or that holds for half a minute, loses the lock. */
const options = {
  stale: 30_000,
  retries: { retries: 200, factor: 1, minTimeout: 20, maxTimeout: 50, randomize: true },
};

/** Loaded at the first write: reading needs no lock, and most commands only read. */
export const hostLock: Lock = async (file, task) => {
  const { withFileLock } = await import("openclaw/plugin-sdk/file-lock");
  return withFileLock(file, options, task);
};
