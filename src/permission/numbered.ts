// Which of several open questions a typed answer names: "y 2", "2 y", "n 2 because", "2: own words".
import { readReply } from "./replies.ts";

/** A typed answer without the number of the question it is for. */
export interface Numbered {
  number: number;
  words: string;
}

const COLON = /^#?(\d{1,3})\s*[:：]\s*(\S[\s\S]*)$/;
const BEFORE = /^#?(\d{1,3})\s+(\D[\s\S]*)$/;
const BEHIND = /^(\D+?)\s*#?(\d{1,3})$/;
const BECAUSE = /^(n|否|不|拒绝)\s+#?(\d{1,3})[\s,:，：]+(\S[\s\S]*)$/i;

/** Undefined where the text names no question; without a colon it does so only where the rest is an answer. */
export function readNumbered(text: string): Numbered | undefined {
  const typed = text.trim();
  const colon = COLON.exec(typed);
  if (colon) return { number: Number(colon[1]), words: colon[2] ?? "" };
  const because = BECAUSE.exec(typed);
  if (because) return { number: Number(because[2]), words: `${because[1]} ${because[3]}` };
  const [, before, rest = ""] = BEFORE.exec(typed) ?? [];
  if (before !== undefined && readReply(rest)) return { number: Number(before), words: rest };
  const [, word = "", behind] = BEHIND.exec(typed) ?? [];
  return behind !== undefined && readReply(word) ? { number: Number(behind), words: word } : undefined;
}

/** Asks back which question an answer was for; `examples` say how each is answered. */
export function whichText(examples: readonly string[]): string {
  return `${open(examples)}: say which, ${either(examples)}.`;
}

/** Says what is waited for, where something else was typed. */
export function waitingText(examples: readonly string[]): string {
  return `${open(examples)}: ${either(examples)}. What you wrote is kept until then.`;
}

function open({ length }: readonly string[]): string {
  return length === 1 ? "1 question is open" : `${length} questions are open`;
}

function either(examples: readonly string[]): string {
  const last = examples.at(-1) ?? "";
  return examples.length === 1 ? last : `${examples.slice(0, -1).join(", ")} or ${last}`;
}
