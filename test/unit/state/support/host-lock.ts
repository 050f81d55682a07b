// The host's real lock, as it is handed in, for tests of state that need other processes to respect it.
import { createRequire } from "node:module";
import type { Lock } from "../../../../state/document.ts";
import { mendOrphans } from "../../../../state/orphaned-lock.ts";

// The host ships no types for this one module; another one re-exports the same function with them.
type HostLocks = Pick<typeof import("openclaw/plugin-sdk/infra-runtime"), "withFileLock">;
const { withFileLock }: HostLocks = createRequire(import.meta.url)("openclaw/plugin-sdk/file-lock");

const retries = { retries: 400, factor: 1.1, minTimeout: 2, maxTimeout: 25, randomize: true };

export const hostLock: Lock = mendOrphans((file, task) =>
  withFileLock(file, { retries, stale: 5_000 }, task),
);
