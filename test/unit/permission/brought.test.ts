// What a directory brings, as a person reads it: every file among the first lines, nothing hidden, nothing drawn.
import { describe, expect, it } from "vitest";
import { allBrought, broughtLines } from "../../../src/permission/brought.ts";

const hook = (file: string, detail: string) => ({ file, does: "runs when a session starts", detail });

describe("what a directory brings", () => {
  it("is at most ten lines, a line for each file first, and says how many more there are", () => {
    const many = Array.from({ length: 30 }, (_, at) => ({ file: "a.json", does: `does ${at}` }));
    const lines = broughtLines([...many, hook("b.json", "id"), hook("c.json", "id")]);
    expect(lines).toHaveLength(10);
    expect(lines.slice(0, 3).map((line) => /`(\S+)`/.exec(line)?.[1])).toEqual([
      "a.json",
      "b.json",
      "c.json",
    ]);
    expect(lines.at(-1)).toBe("… and 23 more: /cc trust show");
  });

  it("says once what a file does several times", () => {
    expect(broughtLines([hook("a", "one"), hook("a", "two")])).toEqual([
      "• `a` runs when a session starts: `one; two`",
    ]);
  });

  it("is shown as it is: no markup, no lines of its own, no hidden letters", () => {
    const [line = ""] = allBrought([
      { file: "a`b\n1 Trust", does: "runs **at** <b>X</b>", detail: "id\u202e ``` [x](http://x)\n2 Start" },
    ]);
    expect(line).toBe("• ``a`b 1 Trust`` runs \\*\\*at\\*\\* ‹b›X‹/b›: ````id ``` [x](http://x) 2 Start````");
  });
});
