// Starting a turn: the live session it runs in, the one there is, the one being warmed, or one opened for it.
import { elapsed, unlessAborted } from "../../../common/waiting.ts";
import { ELSEWHERE } from "../sentences.ts";
import type { Turn } from "../turn.ts";
import type { LiveSession } from "./live-session.ts";

export interface Start {
  turn: Turn;
  live: LiveSession | undefined;
  /** Whether this is still the session to go on with, opened as it is: not where another process has chosen another one. */
  means: (live: LiveSession) => Promise<boolean>;
  opening: Promise<LiveSession> | undefined;
  /** Opens the session; `note` takes sentences for the user. */
  open: (note: (text: string) => void) => Promise<LiveSession>;
  leave: (live: LiveSession) => Promise<void>;
  /** Told of an opening nobody waits for any more. */
  abandon: (opening: Promise<LiveSession>) => void;
}

/** Undefined when the turn was cancelled before there was a live session; what was being opened is then let go. */
export async function startLive({
  turn,
  live,
  means,
  opening,
  open,
  leave,
  abandon,
}: Start): Promise<LiveSession | undefined> {
  const note = (text: string) => turn.emit({ type: "notice", text });
  if (live?.alive && (await means(live))) {
    if (!(await live.hasExternalWrites())) return live;
    note(ELSEWHERE);
  }
  // Release the slot of a live session whose process has died.
  if (live) await leave(live);
  // What failed while nobody was looking is tried again, so that the user hears of it if it fails again.
  const opened = opening ? opening.catch(() => open(note)) : open(note);
  const started = await unlessAborted(opened, turn.signal);
  if (!started) abandon(opened);
  return started;
}

/** Has what is still being opened let go as soon as it is there; waits for that no longer than `withinMs`. */
export async function abandoned(o: {
  opening: Promise<LiveSession>;
  leave: (live: LiveSession) => Promise<void>;
  withinMs: number;
}): Promise<void> {
  const left = o.opening.then(o.leave).catch(() => {});
  await Promise.race([left, elapsed(o.withinMs)]);
}
