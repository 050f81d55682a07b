// No command is silent for long: where nothing is said for a while, it says that it goes on, and with what.
import type { Terminal } from "./terminal.ts";

const QUIET_MS = 5_000;
const LOOK_MS = 500;

/** The terminal with a line after every five quiet seconds, until `stop`; none while a question waits for its answer. */
export function withHeartbeat(terminal: Terminal): { terminal: Terminal; stop: () => void } {
  const began = performance.now();
  let told = began;
  let last = "Working …";
  let asking = false;
  const beat = () => {
    const now = performance.now();
    if (asking || now - told < QUIET_MS) return;
    told = now;
    terminal.clear();
    terminal.err(`${last} (${Math.round((now - began) / 1_000)} s)`);
  };
  const timer = setInterval(beat, LOOK_MS);
  timer.unref();
  return {
    stop: () => clearInterval(timer),
    terminal: {
      ...terminal,
      progress: (text, fraction) => {
        last = text;
        told = performance.now();
        terminal.progress(text, fraction);
      },
      ask: async (question) => {
        asking = true;
        try {
          return await terminal.ask(question);
        } finally {
          asking = false;
          told = performance.now();
        }
      },
    },
  };
}

/**
 * The host reads its state between naming our commands and running one: some ten seconds on a small machine, without a word.
 * `startedMs` is how long the process runs already. Returns what ends it.
 */
export function whileHostStarts(terminal: Terminal, startedMs: number): () => void {
  const began = performance.now() - startedMs;
  let told = began;
  const beat = () => {
    const now = performance.now();
    if (now - told < QUIET_MS) return;
    told = now;
    terminal.err(`OpenClaw is starting … (${Math.round((now - began) / 1_000)} s)`);
  };
  const timer = setInterval(beat, LOOK_MS);
  timer.unref();
  return () => clearInterval(timer);
}
