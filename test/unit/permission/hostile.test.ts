// Nothing that only looks harmless is covered by a rule made of something harmless, or shown as anything but text.
import { describe, expect, test } from "vitest";
import { readTool } from "../../../adapters/claude/tools.ts";
import { findRule, makeRule, scopeOf } from "../../../src/permission/matching.ts";
import { warningsOf } from "../../../src/permission/warnings.ts";
import {
  type Asked,
  hintOf,
  nativeTextOf,
  questionOf,
  refused,
  titleOf,
} from "../../../src/permission/wording.ts";
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

  const asked = (input: Record<string, unknown>): Asked => {
    const tool = use(input);
    const scope = scopeOf(tool);
    const always = scope && { what: scope.words, where: "in every conversation of this agent" };
    const { after } = tool.change ?? {};
    const lines = after?.split("\n").map((line) => `+${line}`);
    const diff = lines && { text: lines.join("\n"), added: lines.length, removed: 0, fresh: true };
    const warnings = warningsOf(tool, IDENTITY.cwd);
    return { harness: "Claude Code", tool, diff, warnings, always, cwd: IDENTITY.cwd, minutes: 10 };
  };

  test("fits the host's prompt whole, or is not put there", () => {
    const title = titleOf(use(hostile));
    expect([...title].length).toBeLessThanOrEqual(80);
    expect(title.trim()).not.toBe("");
    expect(title).not.toMatch(ESCAPED);
    expectText(title);
    const text = nativeTextOf(asked(hostile));
    if (text === undefined) return;
    expect(text.description.replaceAll("\n", "")).not.toMatch(ESCAPED);
    for (const line of text.description.split("\n")) expectText(line);
    const { command } = use(hostile);
    if (command !== undefined && !command.includes("\n")) expect(text.description).toContain(command);
  });

  test("is shown as it is, and passes for no words of ours", () => {
    const wanted = use(hostile);
    const { text, file, allowAlways, whole } = questionOf(asked(hostile));
    const all = wanted.change ? wanted.path : wanted.detail;
    // Byte for byte in the question, or in the file before it; and then nothing is remembered.
    if (!text.includes(all ?? "")) expect(file?.text).toContain(all);
    if (file) expect(allowAlways).toBe(false);
    if (ESCAPED.test(wanted.detail.replace(/[\n\t]/g, "")))
      expect(text).toContain("characters that cannot be seen");
    const prose = withoutCode(text).split("\n");
    expect(prose.filter((line) => line.startsWith("Reply "))).toHaveLength(1);
    expect(prose.filter((line) => /^(?:✅|🚫)/.test(line))).toEqual([]);
    for (const said of [text, whole ?? "", hintOf(wanted, true), refused(wanted, "Refused")])
      expectText(said);
    expect(text.length).toBeLessThan(4_000);
  });
});

function withoutCode(text: string): string {
  return text.replace(/^(`{3,})\n[\s\S]*?\n\1$/gm, "").replace(/(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g, "");
}

// Outside code nothing is left that Markdown or HTML would take for markup.
function expectText(text: string): void {
  expect(withoutCode(text)).not.toMatch(/[<>*`~[\]@|\\]/);
}
