// The states a session can be in, and which may follow which.
import type { SessionState } from "./feed.ts";
import type { LiveSession } from "./process/live-session.ts";
import type { Turn } from "./turn.ts";

export type State =
  | { is: "absent" }
  /** Being opened ahead of its first prompt. */
  | { is: "warming"; opening: Promise<LiveSession>; abandon: AbortController }
  | { is: "starting"; turn: Turn }
  | { is: "ready"; live: LiveSession; since: number }
  | { is: "running"; live: LiveSession; turn: Turn }
  | { is: "closed" };

/** What each state may be followed by. */
export const NEXT: Record<SessionState, readonly SessionState[]> = {
  absent: ["warming", "starting", "closed"],
  warming: ["ready", "absent", "starting", "closed"],
  starting: ["running", "absent", "closed"],
  ready: ["starting", "running", "absent", "closed"],
  running: ["ready", "absent", "closed"],
  closed: ["absent"],
};

/** The live session behind it; undefined where there is none. */
export function liveOf(state: State): LiveSession | undefined {
  return state.is === "ready" || state.is === "running" ? state.live : undefined;
}
