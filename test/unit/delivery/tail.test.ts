// The tail of a long answer.
import { describe, expect, test } from "vitest";
import { tailOf } from "../../../src/delivery/tail.ts";

describe("the tail of an answer", () => {
  test("is all of it where it is short", () => {
    const text = "x".repeat(3_000);
    expect(tailOf(text)).toBe(text);
  });

  test("begins with a line, and with how to see the rest", () => {
    const lines = Array.from({ length: 400 }, (_, at) => `line ${at} of the answer`);
    const tail = tailOf(lines.join("\n"));
    expect(tail).toMatch(
      /^… \d+ characters before this; all of it: \/cc history\n\nline \d+ of the answer\n/,
    );
    expect(tail.endsWith("line 399 of the answer")).toBe(true);
    expect(tail.length).toBeLessThan(2_100);
  });

  test("opens a code block again that it begins in", () => {
    const code = Array.from({ length: 300 }, (_, at) => `const n${at} = ${at};`).join("\n");
    const tail = tailOf(`Look:\n\n\`\`\`ts\n${code}\n\`\`\`\nDone.`);
    expect(tail).toMatch(/history\n\n```ts\nconst n\d+ = \d+;\n/);
    expect(tail.endsWith("```\nDone.")).toBe(true);
  });

  test("opens none where the block before it is closed", () => {
    expect(tailOf(`\`\`\`\ncode\n\`\`\`\n${"word ".repeat(800)}`)).not.toContain("```");
  });

  test("cuts a line without an end between two letters", () => {
    for (const shift of ["", "x"]) expect(tailOf(`${shift}${"🦞".repeat(3_000)}`).isWellFormed()).toBe(true);
  });
});
