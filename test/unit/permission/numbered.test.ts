// Which of several open questions a typed answer names.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readNumbered, waitingText, whichText } from "../../../src/permission/numbered.ts";
import { readReply } from "../../../src/permission/replies.ts";

describe("a number in a typed answer", () => {
  test.each([
    ["y 2", 2, { is: "once" }],
    [" Y 2 ", 2, { is: "once" }],
    ["y2", 2, { is: "once" }],
    ["y #2", 2, { is: "once" }],
    ["2 y", 2, { is: "once" }],
    ["#2: y", 2, { is: "once" }],
    ["2：好", 2, { is: "once" }],
    ["always 12", 12, { is: "always" }],
    ["同意 3", 3, { is: "once" }],
    ["n 2", 2, { is: "deny" }],
    ["3 no", 3, { is: "deny" }],
    ["n 2 because", 2, { is: "deny", reason: "because" }],
    ["n 2, use the other one", 2, { is: "deny", reason: "use the other one" }],
    ["2 n too dangerous", 2, { is: "deny", reason: "too dangerous" }],
    ["不 2 太危险了", 2, { is: "deny", reason: "太危险了" }],
    ["cancel 1", 1, { is: "cancel" }],
  ])("%j is for that question", (text, number, reply) => {
    const read = readNumbered(text);
    expect([read?.number, readReply(read?.words ?? "")]).toEqual([number, reply]);
  });

  test.each(["y", "1", "2", "1 2", "12 files are left", "see 2", "yes but 2", "y 2 and 3", "", "y 1234"])(
    "%j names none",
    (text) => expect(readNumbered(text)).toBeUndefined(),
  );

  test("with a colon gives all that stands behind it", () => {
    fc.assert(
      fc.property(fc.nat({ max: 999 }), fc.string({ minLength: 1 }), (number, words) => {
        fc.pre(words.trim() !== "");
        expect(readNumbered(`${number}: ${words}`)).toEqual({ number, words: words.trim() });
      }),
    );
  });

  test("never makes a yes of a text that is none without it", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.nat({ max: 99 }), (words, number) => {
        const read = readNumbered(`${words} ${number}`);
        if (!read || !/^(?:once|always)$/.test(readReply(read.words)?.is ?? "")) return;
        const left = `${words} ${number}`.replace(/^\s*#?\d{1,3}\s*[:：]?|#?\d{1,3}\s*$/gu, "").trim();
        expect(readReply(left)?.is).toBe(readReply(read.words)?.is);
      }),
      { numRuns: 2_000 },
    );
  });
});

test("who answers without one is told all there are", () => {
  expect(whichText(["`y 1`", "`y 3`"])).toBe("2 questions are open: say which, `y 1` or `y 3`.");
  expect(whichText(["`y 2`"])).toBe("1 question is open: say which, `y 2`.");
  expect(waitingText(["`y 1`", "`y 2`", "`y 3`"])).toBe(
    "3 questions are open: `y 1`, `y 2` or `y 3`. What you wrote is kept until then.",
  );
});
