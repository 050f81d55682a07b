// The watchdog of a turn: it notices when nothing happens any more, says so once, and then ends the turn. I7 (docs/architecture.md).
import { Failure } from "../../common/failure.ts";
import type { Turn } from "./turn.ts";

export interface Watched {
  turn: Turn;
  /** What the harness is called. */
  name: string;
  /** Milliseconds without a sign of life after which the user is told; after twice as many the turn is ended. */
  stallMs: number;
  /** Titles of the tools that run now. */
  running: () => string[];
  /** True while somebody is waited for who may take their time: a person with a question before them. */
  asking: () => boolean;
}

export interface Watchdog {
  /** Something happened. */
  alive(): void;
  stop(): void;
}

const LOOKS_PER_STALL = 10;

export function watch(watched: Watched): Watchdog {
  const { turn, stallMs } = watched;
  let last = performance.now();
  let told = false;
  const look = () => {
    if (watched.asking()) last = performance.now();
    const silent = performance.now() - last;
    if (silent >= 2 * stallMs) turn.cancel(stalled(watched.name, silent));
    else if (silent >= stallMs && !told) {
      told = true;
      turn.emit({ type: "notice", text: stillWaiting(watched, silent) });
    }
  };
  const timer = setInterval(look, Math.max(20, stallMs / LOOKS_PER_STALL));
  timer.unref();
  return {
    alive: () => {
      last = performance.now();
      told = false;
    },
    stop: () => clearInterval(timer),
  };
}

function stillWaiting({ name, ...watched }: Watched, silent: number): string {
  const running = watched.running();
  const what =
    running.length > 0 ? `it is still running: ${running.map(shown).join(", ")}` : "it waits for the model";
  return `No sign of life from ${name} for ${duration(silent)}; ${what}. Send stop to end this turn.`;
}

// A title is the harness's, and may be anything.
function shown(title: string): string {
  return `\`${title.replace(/[`\p{C}]+/gu, " ").slice(0, 80)}\``;
}

function stalled(name: string, silent: number): Failure {
  return new Failure({
    code: "timed-out",
    message: `${name} gave no sign of life for ${duration(silent)}, so I ended this turn.`,
    next: { say: "Your session is kept: send your message again, or /new for a fresh one." },
  });
}

function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
