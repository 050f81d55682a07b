// The gateway's lock as it is handed to state, for tests that need other processes to respect it.
import { hostLock as bare } from "../../../../src/host/file-lock.ts";
import type { Lock } from "../../../../state/lock.ts";
import { removeStaleLocks } from "../../../../state/orphaned-lock.ts";

export const hostLock: Lock = removeStaleLocks(bare);
