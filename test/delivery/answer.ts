// A random answer, the same for the same name and seed: paragraphs of words that occur nowhere else, cut anywhere.
import { chanceOf } from "../soak/random.ts";

export interface Answer {
  text: string;
  words: string[];
  chunks: string[];
  gapMs: number;
}
/** `at`: when the model gave its first token, in ms since the epoch. */
export type Answered = Answer & { at: number };

const WORD = /w\d+x\d+x\d+/g;

export function answerOf(name: string, seed: number): Answer {
  const chance = chanceOf(seed + [...name].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7));
  const whole = (from: number, to: number) => Math.floor(chance.between(from, to));
  // One answer in ten is longer than a message may be.
  const most = chance.next() < 0.1 ? 160 : 40;
  const words: string[] = [];
  const paragraphs = Array.from({ length: whole(1, 8) }, () =>
    Array.from({ length: whole(1, most) }, () => {
      words.push(`w${name}x${words.length}`);
      return words.at(-1);
    }).join(" "),
  );
  const text = paragraphs.join("\n\n");
  const cuts = Array.from({ length: whole(0, 60) }, () => whole(1, text.length)).sort((a, b) => a - b);
  const chunks = [...cuts, text.length].map((cut, at) => text.slice(cuts[at - 1] ?? 0, cut));
  return { text, words, chunks: chunks.filter((chunk) => chunk !== ""), gapMs: whole(0, 40) };
}

export function wordsIn(text: string): string[] {
  return text.match(WORD) ?? [];
}
