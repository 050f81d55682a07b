// The states a Session can be in, and how each lets go of the harness.
import type { LiveSession } from "./process/live-session.ts";
import { abandoned } from "./process/start-live.ts";
import type { Turn } from "./turn.ts";

export type State =
  | { is: "absent" }
  /** Being opened ahead of its first prompt. */
  | { is: "warming"; opening: Promise<LiveSession>; abandon: AbortController }
  | { is: "starting"; turn: Turn }
  | { is: "ready"; live: LiveSession; since: number }
  | { is: "running"; live: LiveSession; turn: Turn }
  | { is: "closed" };

export function liveOf(state: State): LiveSession | undefined {
  return state.is === "ready" || state.is === "running" ? state.live : undefined;
}

/** Lets go of whatever a session in this state has; resolves when it is gone, or after `withinMs`. */
export async function letGo(state: State, withinMs: number): Promise<void> {
  const leave = (live: LiveSession) => live.leave({ withinMs, linger: true });
  if (state.is === "ready") return await leave(state.live);
  if (state.is === "running") return await state.live.abandon({ withinMs, linger: true });
  if (state.is !== "warming") return;
  state.abandon.abort();
  await abandoned({ opening: state.opening, leave, withinMs });
}
