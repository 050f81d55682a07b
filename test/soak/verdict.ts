// What must be true at the end of a soak, and the sentence for each thing that is not.
import { AGAIN } from "../../src/delivery/interrupted.ts";
import type { Chat } from "../support/telegram.ts";
import type { Told } from "./person.ts";
import type { Probed } from "./probe.ts";

/** How much a gateway may hold more at its end than soon after its start. */
const MORE = { heapMb: 40, rssMb: 120, fds: 15, listeners: 4, resources: 25 } as const;
type Figure = keyof typeof MORE;
const FIGURES = Object.keys(MORE) as Figure[];
/** The first moments, in which everything is loaded for the first time. */
const WARM_UP_MS = 20_000;

export function violationsOfMessages(o: {
  told: readonly Told[];
  chats: readonly Chat[];
  prompts: readonly string[];
}): string[] {
  const said = o.chats.flatMap((chat) => chat.messages().map(({ text }) => text));
  return o.told.flatMap(({ token, outcome, kind }) => {
    // What may have arrived before a gateway was killed comes again with a word that says so.
    const copies = said.filter((text) => text.includes(`End ${token}`));
    const answers = copies.filter((text) => !text.includes(AGAIN)).length;
    const prompted = o.prompts.filter((text) => text.includes(token)).length;
    return [
      ...(outcome === "lost" ? [`${kind} ${token} was neither answered nor reported`] : []),
      ...(answers > 1 ? [`${kind} ${token} was answered ${answers} times: ${JSON.stringify(copies)}`] : []),
      ...(prompted > 1 ? [`${kind} ${token} was given to Claude ${prompted} times`] : []),
    ];
  });
}

/** One line of figures for each run of the gateway, and what grew. */
export function growth(held: readonly Probed[]): { lines: string[]; violations: string[] } {
  const lines: string[] = [];
  const violations: string[] = [];
  for (const [pid, samples] of Map.groupBy(held, ({ pid }) => pid)) {
    const began = samples[0]?.at ?? 0;
    const warm = samples.filter(({ at }) => at - began >= WARM_UP_MS);
    if (warm.length < 6) continue;
    const quarter = Math.max(2, warm.length >> 2);
    const [early, late] = [warm.slice(0, quarter), warm.slice(-quarter)];
    const figures = FIGURES.map((figure) => {
      const [before, after] = [middle(early, figure), middle(late, figure)];
      if (after - before > MORE[figure])
        violations.push(`gateway ${pid}: ${figure} grew from ${shown(before)} to ${shown(after)}`);
      return `${figure} ${shown(before)} → ${shown(after)}`;
    });
    const seconds = Math.round(((warm.at(-1)?.at ?? 0) - began) / 1000);
    lines.push(`gateway ${pid}, ${seconds} s: ${figures.join(", ")}`);
  }
  return { lines, violations };
}

function middle(samples: readonly Probed[], figure: Figure): number {
  const values = samples.map((sample) => sample[figure]).sort((a, b) => a - b);
  return values[values.length >> 1] ?? 0;
}

function shown(value: number): string {
  return value.toFixed(value < 100 && !Number.isInteger(value) ? 1 : 0);
}
