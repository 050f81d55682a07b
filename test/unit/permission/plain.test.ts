// Text from outside inside our sentences: one line, nothing hidden, nothing turned around, no longer than asked.
import { describe, expect, test } from "vitest";
import { plain, plainLines } from "../../../common/text.ts";

const TRICKS = [
  "\u202e",
  "\u2066",
  "\u200b",
  "\ufeff",
  "\u{e0041}",
  "\u0007",
  "\u001b[31m",
  "\u2028",
  "\ue000",
];

describe("a text made plain", () => {
  test.each(TRICKS)("has lost the trick %j", (trick) => {
    expect(plain(`rm${trick} -rf`, 80)).not.toContain(trick);
    expect(plainLines(`rm${trick} -rf\nx`, 80)).not.toContain(trick);
  });

  test("is one line, its spaces together, and keeps letters of every language", () => {
    expect(plain("  npm\n\t test  你好 🦞 é ", 80)).toBe("npm test 你好 🦞 é");
  });

  test("is cut at the width with an ellipsis, by letters and never through one", () => {
    expect(plain("abcdef", 6)).toBe("abcdef");
    expect(plain("abcdefg", 6)).toBe("abcde…");
    const cut = plain("🦞".repeat(10), 5);
    expect([cut, cut.isWellFormed()]).toEqual(["🦞🦞…", true]);
  });

  test("of several lines keeps them, up to the width of all together", () => {
    expect(plainLines("one\r\n  two \nthree", 80)).toBe("one\ntwo\nthree");
    for (let width = 60; width < 120; width += 1) {
      const text = plainLines("🦞🦞 one\n🦞 two\n\n🦞 three 🦞🦞🦞🦞\n".repeat(20), width);
      expect([width, [...text].length <= width, text.isWellFormed()]).toEqual([width, true, true]);
    }
  });
});
