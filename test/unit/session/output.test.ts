// What was said lately: who said what can be told apart, and people's words are shown as they are.
import { describe, expect, test } from "vitest";
import { prose } from "../../../common/text.ts";
import { Feed } from "../../../src/session/feed.ts";
import { Output } from "../../../src/session/output.ts";
import type { Turn } from "../../../src/session/turn.ts";

function said(...lines: ["user" | "assistant", string][]): Output {
  const output = new Output(new Feed<Turn>());
  for (const [who, text] of lines) output.add(who, text);
  return output;
}

describe("a history", () => {
  const asked = said(
    ["user", "look at __init__.py\nand _x_"],
    ["assistant", "**Here**\nit is"],
    ["user", "# thanks"],
  );

  test("names every speaker, and shows people's words as they are", () => {
    expect(asked.history(50, { assistant: "Claude Code", quoted: prose })).toBe(
      [
        "You ▸ look at \\_\\_init\\_\\_.py\nand \\_x\\_",
        "Claude Code ▸\n**Here**\nit is",
        "You ▸ \\# thanks",
      ].join("\n\n"),
    );
  });

  test("of the last lines still says whose the first ones are", () => {
    expect(asked.history(2, { assistant: "Claude Code", quoted: (text) => text })).toBe(
      "Claude Code ▸\nit is\n\nYou ▸ # thanks",
    );
  });
});
