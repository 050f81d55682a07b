// Typed answers: the words that mean something, as a whole message, and nothing else.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readField } from "../../../src/permission/forms.ts";
import { isUnclear, readReply } from "../../../src/permission/replies.ts";

const WORDS = {
  once: ["y", "yes", "ok", "1", "是", "好", "同意", "允许"],
  always: ["2", "always", "一直允许", "总是允许"],
  deny: ["n", "no", "3", "否", "不", "拒绝"],
  cancel: ["cancel", "取消"],
};
const ALL = Object.entries(WORDS).flatMap(([is, words]) => words.map((word) => ({ is, word })));
const space = fc.string({ unit: fc.constantFrom(" ", "\t", "\n", "\u3000"), maxLength: 3 });

describe("a reply", () => {
  test("is read whatever its case and the space around it", () => {
    const cased = fc.constantFrom(...ALL).chain(({ is, word }) =>
      fc.record({
        is: fc.constant(is),
        word: fc.constantFrom(word, word.toUpperCase()),
        before: space,
        after: space,
      }),
    );
    fc.assert(
      fc.property(cased, ({ is, word, before, after }) => {
        expect(readReply(before + word + after)).toEqual({ is });
      }),
    );
  });

  test("is never a yes with anything beside the word", () => {
    const beside = fc.tuple(fc.constantFrom(...ALL), fc.string({ minLength: 1 }), fc.boolean());
    fc.assert(
      fc.property(beside, ([{ word }, more, before]) => {
        const text = before ? `${more}${word}` : `${word}${more}`;
        fc.pre(!ALL.some((one) => one.word === text.trim().toLowerCase()));
        expect(readReply(text)?.is ?? "none").toMatch(/^(?:none|deny)$/);
      }),
      { numRuns: 2_000 },
    );
  });

  test("of any other text is none, or a denial with its reason", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 40 }), (text) => {
        const reply = readReply(text);
        if (reply?.is === "deny" && "reason" in reply) expect(text).toContain(reply.reason);
        else if (reply) expect(ALL.map(({ word }) => word)).toContain(text.trim().toLowerCase());
      }),
    );
    expect(readReply("n use the other one")).toEqual({ is: "deny", reason: "use the other one" });
    expect(readReply("不，太危险了")).toEqual({ is: "deny", reason: "太危险了" });
    expect(readReply("no problem, go ahead")).toBeUndefined();
    expect(readReply("now what?")).toBeUndefined();
    expect(readReply("y\u200b")).toBeUndefined();
    expect(readReply("ｙ")).toBeUndefined();
    expect(readReply("1.")).toBeUndefined();
  });
});

describe("a text that was perhaps meant as an answer", () => {
  test.each([
    "no problem, go ahead",
    "No, not that one",
    "yes but only the first",
    "ok go",
    "y!",
    "cancel that",
    "always allow it",
    "9",
    "1.",
    "#3",
    "1, 2",
    "不要紧",
    "好的",
    "不用了。",
  ])("%j is asked back", (text) => {
    expect(readReply(text)).toBeUndefined();
    expect(isUnclear(text)).toBe(true);
  });

  test.each([
    "now what?",
    "note this",
    "yesterday it worked",
    "okapi",
    "n.txt is empty",
    "no-op it",
    "12 files are left",
    "好好看看这个文件里有什么",
    "also run the tests",
  ])("%j is not", (text) => {
    expect(readReply(text)).toBeUndefined();
    expect(isUnclear(text)).toBe(false);
  });
});

describe("an answer to a form", () => {
  const field = {
    key: "q",
    ownWordsKey: "q_custom",
    label: "Which?",
    several: false,
    type: "text" as const,
    options: ["Red", "Blue"].map((label) => ({ value: label, label, description: undefined })),
  };
  test("is one of the offered ones, or the user's own words as they are", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (text) => {
        const content = readField(field, text);
        const words = text.trim();
        // A number that no option has is a slip.
        const none = words === "" || /^[#(]?\d[\d\s,，、.)#]*$/.test(words);
        const own = none ? undefined : { q_custom: words };
        const possible = words === "" ? [undefined] : [{ q: "Red" }, { q: "Blue" }, own];
        expect(possible).toContainEqual(content);
      }),
    );
    expect(readField(field, "2")).toEqual({ q: "Blue" });
    expect(readField({ ...field, several: true }, "1, 2")).toEqual({ q: ["Red", "Blue"] });
    expect(readField({ ...field, ownWordsKey: undefined }, "3")).toBeUndefined();
    for (const slip of ["9", "#9", "9.", "1 9", "1,2", "100"]) expect(readField(field, slip)).toBeUndefined();
    expect(readField(field, "9 of them")).toEqual({ q_custom: "9 of them" });
  });
});
