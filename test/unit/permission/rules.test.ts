// Rules: what is remembered covers itself and no more; a denial covers more, and wins.
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { readTool } from "../../../adapters/claude/tools.ts";
import type { ToolUse } from "../../../adapters/harness.ts";
import { isLinked } from "../../../src/permission/links.ts";
import { findRule, makeRule, scopeOf } from "../../../src/permission/matching.ts";
import { byProfile } from "../../../src/permission/policy.ts";
import { requestOf } from "./hostile.ts";

const WHERE = { agentId: "cc", sessionKey: "agent:cc:one", cwd: "/work/app" };
const bash = (command: string): ToolUse => readTool(requestOf("Bash", { command }), undefined);
const remembered = (tool: ToolUse) => {
  const scope = scopeOf(tool);
  return scope ? [makeRule({ ...WHERE, tool }, scope, { reach: "workspace", at: new Date(0) })] : [];
};
const covers = (rules: ReturnType<typeof remembered>, tool: ToolUse, where = WHERE) =>
  findRule(rules, { ...where, tool })?.effect;

const CHAINS = [";", "&&", "||", "|", "&", "\n", "$(", "`", ">", "<", "{", "\\\n"];

describe("a rule", () => {
  test.each([
    ["session", { "another folder": false, "another session": false }],
    ["workspace", { "another folder": false, "another session": true }],
    ["agent", { "another folder": true, "another session": true }],
  ] as const)("that reaches as far as the %s holds there and no further", (reach, holds) => {
    const tool = bash("make all");
    const scope = scopeOf(tool);
    if (!scope) throw new Error("make all can be remembered");
    const rules = [makeRule({ ...WHERE, tool }, scope, { reach, at: new Date(0) })];
    const allowed = (where: Partial<typeof WHERE>) => covers(rules, tool, { ...WHERE, ...where }) === "allow";
    expect(allowed({})).toBe(true);
    expect(allowed({ cwd: "/elsewhere" })).toBe(holds["another folder"]);
    expect(allowed({ sessionKey: "agent:cc:two" })).toBe(holds["another session"]);
    expect(allowed({ agentId: "dd" })).toBe(false);
  });

  test("covers what it was made of", () => {
    const command = fc.string({ unit: fc.constantFrom(..."abc -./=_:,"), minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(command, (text) => {
        const tool = bash(text);
        const rules = remembered(tool);
        if (rules.length > 0) expect(covers(rules, tool)).toBe("allow");
      }),
    );
  });

  test("covers no other exact command, and never one with anything chained to it", () => {
    const letters = fc.string({ unit: fc.constantFrom(..."abc rm-/."), minLength: 1, maxLength: 20 });
    // A blank line after a command is no other command.
    const words = letters.filter((text) => text.trim() !== "");
    fc.assert(
      fc.property(words, words, fc.constantFrom(...CHAINS), (first, second, chain) => {
        const rules = [...remembered(bash(first)), ...remembered(bash("npm test"))];
        expect(covers(rules, bash(`${first}${chain}${second}`))).toBeUndefined();
        expect(covers(rules, bash(`npm test ${chain} ${second}`))).toBeUndefined();
        if (first.trim() !== second.trim())
          expect(covers(remembered(bash(first)), bash(second))).toBeUndefined();
      }),
    );
  });

  test("covers plain further words where the button says so, in the same folder and agent alone", () => {
    const rules = remembered(bash("npm test"));
    expect(rules[0]).toMatchObject({ match: "prefix", text: "npm test", cwd: "/work/app" });
    expect(covers(rules, bash("npm test src/a.test.ts"))).toBe("allow");
    expect(covers(rules, bash("npm test"), { ...WHERE, cwd: "/tmp/clone" })).toBeUndefined();
    expect(covers(rules, bash("npm test"), { ...WHERE, agentId: "other" })).toBeUndefined();
    expect(covers(rules, bash("npm test"), { ...WHERE, sessionKey: "agent:cc:two" })).toBe("allow");
    const [one] = rules;
    if (!one) throw new Error("no rule");
    expect(
      covers([{ ...one, sessionKey: "agent:cc:one" }], bash("npm test"), { ...WHERE, sessionKey: "x" }),
    ).toBeUndefined();
  });

  test("that denies wins over every other, and sees through chains and steps back", () => {
    const denial = { id: "d", agentId: "cc", effect: "deny", createdAt: "" } as const;
    const push = { ...denial, tool: "Bash", match: "prefix", text: "git push" } as const;
    for (const command of [
      "git push",
      "git  push -f",
      "cd x && git push origin",
      "$(git push)",
      "a\ngit push",
    ])
      expect(covers([...remembered(bash(command)), push], bash(command))).toBe("deny");
    expect(covers([push], bash("git pushx"))).toBeUndefined();
    const secret = { ...denial, tool: "Write", match: "prefix", text: "/etc" } as const;
    const write = readTool(requestOf("Write", { file_path: "/work/../etc/passwd", content: "" }), undefined);
    expect(covers([secret], write)).toBe("deny");
  });
});

describe("a profile", () => {
  const use = (kind: string, plan?: string): ToolUse => ({
    name: "T",
    kind,
    title: "",
    detail: "",
    ...(plan === undefined ? {} : { plan }),
  });
  test("lets nobody but bypassPermissions through unasked", () => {
    for (const profile of ["ask", "acceptEdits", "plan", "readOnly"] as const)
      for (const kind of ["edit", "execute", "fetch", "other", "read", "search", "think"])
        expect(byProfile(profile, use(kind))).not.toBe("allow");
    expect(byProfile("readOnly", use("edit"))).toBe("deny");
    expect(byProfile("plan", use("switch_mode", "the plan"))).toBe("ask");
    expect(byProfile("bypassPermissions", use("execute"))).toBe("allow");
  });
});

describe("a path", () => {
  let dir = "";
  afterEach(() => rm(dir, { recursive: true, force: true }));
  test("is a link where any part of it is one, also one that leads nowhere", async () => {
    dir = await realpath(await mkdtemp(join(tmpdir(), "contractor-links-")));
    await mkdir(join(dir, "real"));
    await writeFile(join(dir, "real/file"), "");
    await symlink(join(dir, "real"), join(dir, "linked"));
    await symlink(join(dir, "missing"), join(dir, "dangling"));
    for (const path of ["real/file", "real/new", "real/new/deep/er"])
      expect(await isLinked(join(dir, path))).toBe(false);
    for (const path of ["linked/file", "linked/new/deep/er", "dangling"])
      expect(await isLinked(join(dir, path))).toBe(true);
  });
});
