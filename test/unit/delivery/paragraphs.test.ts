// Cutting a stream into paragraphs: nothing is lost, nothing is cut inside a code block, whatever the pieces.
import { describe, expect, test } from "vitest";
import { Paragraphs } from "../../../src/delivery/paragraphs.ts";

/** A small random source one can repeat: mulberry32. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const LINES = [
  "",
  "",
  "words",
  "  indented",
  "```",
  "```ts",
  "~~~",
  "````",
  "   ```",
  "    ```",
  "`` `",
  "```x```",
  "🦞 é\r",
];

function document(next: () => number): string {
  const pick = () => LINES[Math.floor(next() * LINES.length)] ?? "";
  return Array.from({ length: Math.floor(next() * 30) }, pick).join("\n");
}

function pieces(text: string, next: () => number): string[] {
  const cut: string[] = [];
  for (let at = 0; at < text.length; ) {
    const size = 1 + Math.floor(next() * 12);
    cut.push(text.slice(at, at + size));
    at += size;
  }
  return cut;
}

/** The fence that is open at the end of a text, by a reading of its own: line by line, all at once. */
function openFence(text: string): string | undefined {
  let open: string | undefined;
  for (const line of text.split("\n")) {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (mark === undefined) continue;
    if (open === undefined) open = mark;
    else if (mark[0] === open[0] && mark.length >= open.length && line.trim() === mark) open = undefined;
  }
  return open;
}

describe("paragraphs of 2,000 random documents in random pieces", () => {
  test("put together again they are the document, and each cut is outside of every code block", () => {
    for (let seed = 1; seed <= 2_000; seed += 1) {
      const next = random(seed);
      const text = document(next);
      const paragraphs = new Paragraphs();
      let said = "";
      for (const piece of pieces(text, next)) {
        const complete = paragraphs.push(piece);
        said += complete;
        if (complete !== "") expect([seed, openFence(said)]).toEqual([seed, undefined]);
      }
      expect([seed, said + paragraphs.flush()]).toEqual([seed, text]);
    }
  });
});

describe("a paragraph", () => {
  test("is complete at the blank line behind it, not before", () => {
    const paragraphs = new Paragraphs();
    expect(["one", "\n", "\n", "two\n", "\nthree"].map((piece) => paragraphs.push(piece))).toEqual([
      "",
      "",
      "one\n\n",
      "",
      "two\n\n",
    ]);
    expect(paragraphs.flush()).toBe("three");
    expect(paragraphs.flush()).toBe("");
  });

  test("with a code block in it ends behind the block, blank lines in the block or not", () => {
    const paragraphs = new Paragraphs();
    expect(paragraphs.push("see:\n```ts\na\n\nb\n")).toBe("");
    expect(paragraphs.push("```\n\nnext")).toBe("see:\n```ts\na\n\nb\n```\n\n");
  });

  test("is not ended by a fence of another kind, a shorter one, or one with words behind it", () => {
    for (const inner of ["~~~", "```", "```` js"]) {
      const paragraphs = new Paragraphs();
      expect(paragraphs.push(`\`\`\`\`\n${inner}\n\nstill code\n`)).toBe("");
    }
  });
});
