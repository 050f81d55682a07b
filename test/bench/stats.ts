// Rounds in which every side has its turn, and the numbers that are made of them.
import { setTimeout as sleep } from "node:timers/promises";
import type { SideName } from "./sides/side.ts";

/** What was measured, by measure and side. */
export type Samples = Record<string, Partial<Record<SideName, number[]>>>;
/** Middle half and median, in the unit of the measure. */
export interface Figure {
  median: number;
  low: number;
  high: number;
}

/** Middle of the samples with the 25th and 75th percentile; undefined without any. */
export function figureOf(samples: readonly number[] | undefined): Figure | undefined {
  if (samples === undefined || samples.length === 0) return undefined;
  return { median: percentile(samples, 50), low: percentile(samples, 25), high: percentile(samples, 75) };
}

/** Between the two nearest samples where it falls between them. */
export function percentile(samples: readonly number[], percent: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = ((sorted.length - 1) * percent) / 100;
  const [below, above] = [sorted[Math.floor(at)] ?? Number.NaN, sorted[Math.ceil(at)] ?? Number.NaN];
  return below + (above - below) * (at - Math.floor(at));
}

export function add(samples: Samples, id: string, side: SideName, value: number): void {
  const of = samples[id] ?? {};
  samples[id] = { ...of, [side]: [...(of[side] ?? []), value] };
}

/**
 * Runs `once` for each of `things` in each round, in another order every time, so that none always comes first or after
 * the same one. `gapMs` lets what a turn leaves behind (the adapter's own processes) end before the next begins.
 */
export async function interleave<T>(o: {
  rounds: number;
  things: readonly T[];
  gapMs: number;
  once: (thing: T, round: number) => Promise<void>;
}): Promise<void> {
  const { rounds, things, gapMs, once } = o;
  for (let round = 0; round < rounds; round++) {
    for (let at = 0; at < things.length; at++) {
      const thing = things[(at + round) % things.length];
      await sleep(gapMs);
      if (thing !== undefined) await once(thing, round);
    }
  }
}
