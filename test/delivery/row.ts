// A line of the delivery report: one setting, and what chats saw with it.
import { percentile } from "../bench/stats.ts";
import { type Answered, wordsIn } from "./answer.ts";
import type { Seen } from "./seen.ts";

export interface Style {
  name: string;
  delivery: "live" | "final";
  longOutput: "split" | "tail";
  expected: (answer: Answered) => string[];
}

const LONG = 3_000;
const TAIL = 2_000;

export const STYLES: readonly Style[] = [
  { name: "live", delivery: "live", longOutput: "split", expected: ({ words }) => words },
  { name: "final, split", delivery: "final", longOutput: "split", expected: ({ words }) => words },
  { name: "final, tail", delivery: "final", longOutput: "tail", expected: tailWords },
];

export const TABLE_HEAD = [
  "| setting | first token → first words in the chat | 95 % within | messages per turn | edits | words lost | doubled or out of order |",
  "|---|---|---|---|---|---|---|",
];

export function rowOf({ name }: Pick<Style, "name">, seen: readonly Seen[]): { line: string; wrong: number } {
  const first = seen.map(({ firstMs }) => firstMs);
  const counts = seen.map(({ messages }) => messages);
  const lost = seen.reduce((sum, one) => sum + missing(one), 0);
  const doubled = seen.filter(isMixedUp).length;
  const cells = [
    name,
    `${Math.round(percentile(first, 50))} ms`,
    `${Math.round(percentile(first, 95))} ms`,
    `${(counts.reduce((sum, count) => sum + count, 0) / counts.length).toFixed(1)} (at most ${Math.max(...counts)})`,
    `${seen.reduce((sum, { edits }) => sum + edits, 0)}`,
    `${lost}`,
    `${doubled}`,
  ];
  return { line: `| ${cells.join(" | ")} |`, wrong: lost + doubled };
}

function missing({ shown, expected }: Seen): number {
  const there = new Set(shown);
  return expected.filter((word) => !there.has(word)).length;
}

function isMixedUp({ shown, expected }: Seen): boolean {
  const there = new Set(shown);
  return shown.join() !== expected.filter((word) => there.has(word)).join();
}

// A tail begins at a line, or at the place itself where its line is long; half a word there is none of these.
function tailWords({ text, words }: Answered): string[] {
  if (text.length <= LONG) return words;
  const from = text.length - TAIL;
  const line = text.indexOf("\n", from) + 1;
  const rest = text.slice(line > 0 && line - from < TAIL / 2 ? line : from);
  return wordsIn(rest).filter((word) => words.includes(word));
}
