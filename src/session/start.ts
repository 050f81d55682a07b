// Starting a turn: the live session it runs in, the one there is, the one being warmed, or one opened for it.
import type { Live } from "./live.ts";
import type { Turn } from "./turn.ts";
import { ELSEWHERE } from "./words.ts";

export interface Start {
  turn: Turn;
  live: Live | undefined;
  opening: Promise<Live> | undefined;
  /** Opens the session; `note` takes sentences for the user. */
  open: (note: (text: string) => void) => Promise<Live>;
  leave: (live: Live) => Promise<void>;
}

/** Undefined when the turn was cancelled before there was a live session; what was being opened is then let go. */
export async function startLive({ turn, live, opening, open, leave }: Start): Promise<Live | undefined> {
  const note = (text: string) => turn.emit({ type: "notice", text });
  if (live?.alive) {
    if (!(await live.continuedElsewhere())) return live;
    note(ELSEWHERE);
    await leave(live);
  }
  // What failed while nobody was looking is tried again, so that the user hears of it if it fails again.
  const opened = opening ? opening.catch(() => open(note)) : open(note);
  const started = await unlessAborted(opened, turn.signal);
  if (!started) void opened.then(leave).catch(() => {});
  return started;
}

/** What the task resolves to; undefined when the signal aborts first. The task goes on. */
async function unlessAborted<T>(task: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  const aborted = new Promise<undefined>((resolve) => {
    signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
  return await Promise.race([task, aborted]);
}
