// The host's lock across processes, in the shape state/ asks for.
import type { Lock } from "../../state/lock.ts";
import { removeStaleLocks } from "../../state/orphaned-lock.ts";

/** Ten seconds at most; a holder that died loses the lock, a living one never. */
const options = {
  stale: 30_000,
  retries: { retries: 200, factor: 1, minTimeout: 20, maxTimeout: 50, randomize: true },
};

/** Loaded at the first write: reading needs no lock, and most commands only read. */
export const hostLock: Lock = locked(options);

/** For an installation, which may take minutes: a second one waits for it, up to half an hour. */
export const patientLock: Lock = locked({
  stale: 60 * 60_000,
  retries: { retries: 9_000, factor: 1, minTimeout: 200, maxTimeout: 200, randomize: false },
});

function locked(how: typeof options): Lock {
  return removeStaleLocks(async (file, task) => {
    const { withFileLock } = await import("openclaw/plugin-sdk/file-lock");
    return withFileLock(file, how, task);
  });
}
