// The host lets go of a session: for now, for good, or to begin anew. Its reasons are those of OpenClaw 2026.9.6.
import { resetOptions } from "../session/controls.ts";
import type { Session } from "../session/session.ts";

export interface Closing {
  session: Session;
  reason: string;
  /** Nothing of it is to be gone on with. */
  discard: boolean;
  /** Somebody's errand, to which nobody comes back. */
  oneshot: boolean;
  /** The host begins to reset this session. */
  onReset: () => Promise<void>;
}

// Nobody is left who could write to it: `/acp close`, a deleted session, the child of one that was deleted or reset.
const FOR_GOOD: ReadonlySet<string> = new Set([
  "manual-close",
  "session-delete",
  "terminal-task-cleanup",
  "orphaned-parent-task-cleanup",
]);

/**
 * With no reason of these (shutdown, reload, a handle that was replaced or not used for a while) the host only lets go of
 * its handle, and knows nothing of a released turn behind it: that goes on, until it ends or the service stops and keeps
 * what it cut off.
 */
export async function closeForHost(closing: Closing): Promise<void> {
  const { session, reason, discard, oneshot } = closing;
  if (FOR_GOOD.has(reason) || (oneshot && discard)) return await session.close({ discard: true, reason });
  if (reason === "oneshot-complete") return await session.close({ discard: false, reason });
  if (reason === "session-reset") await closing.onReset();
  if (discard) return await session.reset(reason);
  if (reason === "reset-runtime-options") await resetOptions(session.controls);
  await session.park();
}
