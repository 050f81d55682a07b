// The host's lock across processes, in the shape state/ asks for.
import type { Lock } from "../../state/document.ts";
import { mendOrphans } from "../../state/orphaned-lock.ts";

/** Ten seconds at most; a holder that died loses the lock, a living one never. */
const options = {
  stale: 30_000,
  retries: { retries: 200, factor: 1, minTimeout: 20, maxTimeout: 50, randomize: true },
};

/** Loaded at the first write: reading needs no lock, and most commands only read. */
export const hostLock: Lock = mendOrphans(async (file, task) => {
  const { withFileLock } = await import("openclaw/plugin-sdk/file-lock");
  return withFileLock(file, options, task);
});
