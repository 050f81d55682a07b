// Text of a use as it is: every byte where people can read it, an escape where they could not, and whether any of it is left
// out. I9 (docs/architecture.md).
import { codeBlock } from "../../common/text.ts";

/** What of a text goes into a question itself; what is longer goes before it as a file. In UTF-16 units, and lines. */
const INLINE_UNITS = 1_500;
const INLINE_LINES = 40;
const HEAD_UNITS = 700;
const TAIL_UNITS = 500;
// Of text that is not shown whole no more than this is looked at for what it hides.
const LOOKED_AT = 20_000;
const SPELT_AT_ONCE = 4;
const WHOLE_UNITS = 50_000;
// What is shown of a text that is full of escapes.
const ESCAPED_UNITS = 2_400;

// What a reader does not see, or sees somewhere else than it is: controls, format and private characters, fillers, blanks that are no
// space (docs/approvals.md). A line break and a tab are what they look like.
const UNSEEN =
  /(?:(?![\n\t])[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000])+/gu;
// Marks piled upon a letter paint over the lines around it.
const PILED = /\p{M}{3,}/gu;

export interface Exact {
  /** Markdown: the text in a code block, or its beginning and end. */
  block: string;
  /** The text itself where the block does not show all of it byte for byte: it is to be posted before the question. */
  whole?: string;
  /** True where the block is only a part of the text. */
  cut: boolean;
  /** True where there are characters in it that cannot be seen. */
  unseen: boolean;
}

/** How a command, a change or an input is put before people. `text` is the harness's, and may be anything of any length. */
export function exact(text: string): Exact {
  const cut = text.length > INLINE_UNITS || count(text, "\n") >= INLINE_LINES;
  const looked = cut && text.length > LOOKED_AT ? ends(text, LOOKED_AT / 2, LOOKED_AT / 2) : text;
  const shown = cut ? excerpt(text) : text;
  const escaped = spelt(shown);
  const unseen = escaped !== shown || spelt(looked) !== looked;
  // A code block is shown without the blanks around it.
  const changed = cut || escaped !== shown || text !== text.trim();
  const block = escaped.length > ESCAPED_UNITS ? `${wholeLines(escaped.slice(0, ESCAPED_UNITS))}…` : escaped;
  return {
    block: codeBlock(block),
    cut: cut || block !== escaped,
    unseen,
    ...(changed ? { whole: text } : {}),
  };
}

/** All of a text in a code block; undefined for one that is too long to be put anywhere but into a file. */
export function wholeBlock(text: string): string | undefined {
  return text.length > WHOLE_UNITS ? undefined : codeBlock(spelt(text));
}

// The text with an escape such as ⟨U+202E⟩ in place of each character that cannot be seen, of many at once for the first.
function spelt(text: string): string {
  return text.replace(UNSEEN, escapes).replace(PILED, escapes);
}

function escapes(run: string): string {
  const letters = [...run];
  const shown = letters.slice(0, SPELT_AT_ONCE).map(escapeOf).join("");
  const left = letters.length - SPELT_AT_ONCE;
  return left > 0 ? `${shown}⟨and ${left} more⟩` : shown;
}

function escapeOf(letter: string): string {
  return `⟨U+${(letter.codePointAt(0) ?? 0xfffd).toString(16).toUpperCase().padStart(4, "0")}⟩`;
}

// By lines where there are many, so that no line is shown half that could be shown whole.
function excerpt(text: string): string {
  const head = wholeLines(
    text
      .slice(0, HEAD_UNITS)
      .split("\n")
      .slice(0, INLINE_LINES / 2)
      .join("\n"),
  );
  const tail = wholeLines(
    text
      .slice(-TAIL_UNITS)
      .split("\n")
      .slice(-INLINE_LINES / 3)
      .join("\n"),
  );
  const left = text.length - head.length - tail.length;
  return `${head}\n… ${left} characters left out here; the whole is above …\n${tail}`;
}

function ends(text: string, head: number, tail: number): string {
  return `${text.slice(0, head)}${text.slice(-tail)}`;
}

// Half of a letter that takes two units is none.
function wholeLines(text: string): string {
  return text.replace(/^[\udc00-\udfff]|[\ud800-\udbff]$/g, "");
}

function count(text: string, letter: string): number {
  let found = 0;
  for (let at = text.indexOf(letter); at !== -1; at = text.indexOf(letter, at + 1)) found += 1;
  return found;
}
