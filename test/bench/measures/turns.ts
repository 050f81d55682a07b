// Turns in a session that is warm: to the first words, from the adapter's answer to the end, and cancelled.
import { appendFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { say } from "../../support/model.ts";
import { tempDir, until } from "../../support/poll.ts";
import { type Bench, SIDES } from "../bench.ts";
import { adapterOf, type Side, type SideOptions, type Talk } from "../sides/side.ts";
import { add, interleave } from "../stats.ts";

const GAP_MS = 400;

interface Warm {
  side: Side;
  talk: Talk;
}

/** Prompt → first text, and then, in the same sessions, a cancel in the middle of an answer → the turn is settled. */
export async function warmTurns(bench: Bench): Promise<void> {
  await withWarmSides(
    bench,
    async () => ({}),
    async (warm) => {
      const gapMs = GAP_MS;
      const [turns, cancels] = [bench.rounds(18, 5), bench.rounds(8, 2)];
      await interleave({
        rounds: turns,
        things: warm,
        gapMs,
        once: (one, round) => firstText(bench, one, round),
      });
      await interleave({ rounds: cancels, things: warm, gapMs, once: (one) => cancelled(bench, one) });
    },
  );
}

async function firstText(bench: Bench, { side, talk }: Warm, round: number): Promise<void> {
  bench.model.reset();
  const from = performance.now();
  const turn = talk.send(`Warm turn ${round}.`);
  add(bench.samples, "warm-first-text", side.name, (await turn.first) - from);
  await turn.over;
}

async function cancelled(bench: Bench, { side, talk }: Warm): Promise<void> {
  bench.model.will("Count", say("one two three ".repeat(50), { chunks: 200, gapMs: 20 }));
  const turn = talk.send("Count, please.");
  await turn.first;
  await sleep(100);
  const from = performance.now();
  turn.cancel();
  add(bench.samples, "cancel", side.name, (await turn.over) - from);
  bench.model.reset();
}

/** The adapter's answer, seen by a tap on its stdout → the side says that the turn is over. */
export async function warmResultTail(bench: Bench): Promise<void> {
  await using folder = await tempDir("bench-tap");
  const file = (side: Side["name"]) => join(folder.path, side);
  const tap = fileURLToPath(new URL("../tap.ts", import.meta.url));
  const tapped = async (side: Side["name"]): Promise<Partial<SideOptions>> => {
    await appendFile(file(side), "");
    return { adapter: [process.execPath, tap, file(side), ...adapterOf({ env: {} })] };
  };
  await withWarmSides(bench, tapped, async (warm) => {
    const rounds = bench.rounds(8, 3);
    await interleave({
      ...{ rounds, things: warm, gapMs: GAP_MS },
      once: async ({ side, talk }, round) => {
        const before = (await stamps(file(side.name))).length;
        const over = await talk.send(`Tapped turn ${round}.`).over;
        const seen = async () => (await stamps(file(side.name)))[before];
        const answered = await until("the tap to have seen the answer", seen, { everyMs: 5 });
        add(bench.samples, "warm-result-tail", side.name, performance.timeOrigin + over - answered);
      },
    });
  });
}

async function withWarmSides(
  bench: Bench,
  options: (side: Side["name"]) => Promise<Partial<SideOptions>>,
  measure: (warm: Warm[]) => Promise<void>,
): Promise<void> {
  const warm: Warm[] = [];
  try {
    for (const name of SIDES) {
      const side = await bench.side(name, await options(name));
      const talk = await side.open("warm");
      warm.push({ side, talk });
      await talk.send("Good morning.").over;
    }
    await measure(warm);
  } finally {
    for (const { side } of warm) await side.close();
  }
}

async function stamps(file: string): Promise<number[]> {
  return (await readFile(file, "utf8")).split("\n").filter(Boolean).map(Number);
}
