// Nothing that only looks harmless is covered by a rule made of something harmless, or shown as anything but text.
import { describe, expect, test } from "vitest";
import { readTool } from "../../../adapters/claude/tools.ts";
import { findRule, makeRule, scopeOf } from "../../../src/permission/matching.ts";
import { descriptionOf, hintOf, questionOf, refused, titleOf } from "../../../src/permission/wording.ts";
import { HOSTILE, requestOf } from "./hostile.ts";

const IDENTITY = { agentId: "cc", sessionKey: "agent:cc:one", cwd: "/work/app" };
// What the host escapes in its prompts (dist/exec-approval-text-sanitize): one of these becomes up to ten characters.
const ESCAPED =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u00A0\u1680\u2000-\u200A\u202F\u205F\u3000\u115F\u1160\u3164\uFFA0]/u;

describe("there are enough of them", () => {
  test("at least sixty", () => expect(HOSTILE.length).toBeGreaterThanOrEqual(60));
});

describe.each(HOSTILE)("$tool: $name", ({ tool, harmless, hostile }) => {
  const use = (input: Record<string, unknown>) => readTool(requestOf(tool, input), undefined);

  test("is not covered by a rule for the harmless one", () => {
    const safe = use(harmless);
    const scope = scopeOf(safe);
    const at = new Date(0);
    if (!scope) throw new Error("the harmless one can be remembered");
    const rules = [
      makeRule({ ...IDENTITY, tool: safe }, scope, { reach: "workspace", at }),
      makeRule({ ...IDENTITY, tool: safe }, { ...scope, match: "exact" }, { reach: "workspace", at }),
    ];
    expect(findRule(rules, { ...IDENTITY, tool: safe })).toBeDefined();
    expect(findRule(rules, { ...IDENTITY, tool: use(hostile) })).toBeUndefined();
  });

  test("fits the host's prompt, and hides nothing in it", () => {
    const wanted = use(hostile);
    const what = scopeOf(wanted)?.words ?? "x".repeat(500);
    for (const always of [undefined, { what }, { what, where: "in this conversation" }]) {
      const title = titleOf(wanted);
      const description = descriptionOf(wanted, always);
      expect([...title].length).toBeLessThanOrEqual(80);
      expect([...description].length).toBeLessThanOrEqual(512);
      expect(title.trim()).not.toBe("");
      expect(description.trim()).not.toBe("");
      expect(title).not.toMatch(ESCAPED);
      expect(description.replaceAll("\n", "")).not.toMatch(ESCAPED);
      expectText(title);
      for (const line of description.split("\n")) expectText(line);
    }
  });

  test("shows what comes last, and passes for no words of ours", () => {
    const wanted = use(hostile);
    const asked = questionOf({ tool: wanted, always: undefined, minutes: 10 });
    for (const text of [asked, descriptionOf(wanted, undefined)]) {
      if (wanted.detail.includes("; rm -rf ~")) expect(text).toContain("; rm -rf ~");
      expect(text.split("\n").filter((line) => /^(?:Reply with|Always means|✅)/.test(line))).toEqual([]);
    }
    expect(asked.split("\n").filter((line) => line.startsWith("Reply "))).toHaveLength(1);
    for (const said of [asked, hintOf(wanted, undefined), refused(wanted, "Refused")]) expectText(said);
    expect(asked.length).toBeLessThan(3_000);
  });
});

// Outside code nothing is left that Markdown or HTML would take for markup.
function expectText(text: string): void {
  const prose = text.replace(/^(`{3,})\n[\s\S]*?\n\1/gm, "").replace(/(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g, "");
  expect(prose).not.toMatch(/[<>*`~[\]@|\\]/);
}
