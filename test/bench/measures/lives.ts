// The life of a session from the outside: a cold start, a warmed one, `/new`, and coming back after it was parked.
import { setTimeout as sleep } from "node:timers/promises";
import { tempDir } from "../../support/poll.ts";
import { type Bench, SIDES } from "../bench.ts";
import type { SideName, Talk } from "../sides/side.ts";
import { add, interleave } from "../stats.ts";

/** The adapter's own processes of the turn before have ended by then. */
const PAUSE_MS = 600;

/** The first one meets an adapter that is seconds old, whose code is not compiled yet; a user's mostly do not. */
const RENEWALS = 3;

export const LIVES = [
  "cold-first-text",
  "prewarmed-first-text",
  "new-first-text",
  "resume-first-text",
] as const;

/** One process of each side, used for all four: they follow each other in every session's life. */
export async function lives(bench: Bench): Promise<void> {
  // A gateway finds what was there before it started: settings, folders, compiled code.
  await using home = await tempDir("bench-home");
  await life(bench, "ours", { home: home.path, measured: false });
  await interleave({
    ...{ rounds: bench.rounds(3, 1), things: SIDES, gapMs: PAUSE_MS },
    once: (name) => life(bench, name, { home: home.path, measured: true }),
  });
}

async function life(bench: Bench, name: SideName, o: { home: string; measured: boolean }): Promise<void> {
  const note = (id: (typeof LIVES)[number], ms: number) => {
    if (o.measured) add(bench.samples, id, name, ms);
  };
  const side = await bench.side(name, { home: o.home });
  try {
    let from = performance.now();
    const first = await side.open(crypto.randomUUID());
    note("cold-first-text", (await said(first)) - from);
    const second = await side.warm(crypto.randomUUID());
    await sleep(PAUSE_MS);
    from = performance.now();
    note("prewarmed-first-text", (await said(second)) - from);
    await sleep(PAUSE_MS);
    for (let time = 0; time < RENEWALS; time++) {
      from = performance.now();
      await second.renew();
      note("new-first-text", (await said(second)) - from);
      await sleep(PAUSE_MS);
    }
    await second.end();
    await first.sleep();
    await sleep(PAUSE_MS);
    from = performance.now();
    note("resume-first-text", (await said(first)) - from);
  } finally {
    await side.close();
  }
}

async function said(talk: Talk): Promise<number> {
  const turn = talk.send("Hello there, how are you?");
  const first = await turn.first;
  await turn.over;
  return first;
}
