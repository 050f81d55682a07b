// The tools of the host's agents: their parameters in both spellings, what they come to, and the skill that tells of them.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { Caller } from "../../../src/operations/caller.ts";
import { defineOperation } from "../../../src/operations/define.ts";
import { jobOperations } from "../../../src/operations/jobs/job-operations.ts";
import { METHODS, runMethod } from "../../../src/surfaces/claude-code-methods.ts";
import { JOB_TOOLS, runJobTool } from "../../../src/surfaces/job-tools.ts";

const OWNER: Caller = {
  is: "tool",
  agentId: "main",
  sessionKey: "agent:main:main",
  sender: "telegram:1",
  owner: true,
};
const signal = new AbortController().signal;
const seen: unknown[] = [];
const run = defineOperation({
  name: "run",
  summary: "",
  input: z.looseObject({}),
  result: z.unknown(),
  ownerOnly: true,
  run: async (input) => {
    seen.push(input);
    return { job: { id: "a1b2c3d4", name: "fix", state: "starting", cwd: "/p" }, text: "" };
  },
  text: () => "fix works.",
});
const launch = JOB_TOOLS.find(({ name }) => name === "claude_launch");
const tool = launch ?? JOB_TOOLS[0];
if (!tool) throw new Error("there is no tool");

test.each([
  [{ prompt: "x", max_budget_usd: 2, resume_session_id: "fix", fork_session: true, multi_turn: false }],
  [{ prompt: "x", maxBudgetUsd: 2, resumeSessionId: "fix", forkSession: true, multiTurnDisabled: true }],
])("a launch reads %j", async (params) => {
  seen.length = 0;
  const told = await runJobTool([run], { tool, params, caller: OWNER, signal });
  expect(told.text).toBe("fix works.");
  expect(seen).toEqual([{ prompt: "x", budget: 2, resume: "fix", fork: true, once: true }]);
});

test("what may run without asking is not for an agent to say, and it is told so", async () => {
  const params = { prompt: "x", allowed_tools: ["Bash"] };
  const told = await runJobTool([run], { tool, params, caller: OWNER, signal });
  expect(told.text).toContain("allowed_tools was not used");
});

test.each([
  [{}, OWNER, "prompt"],
  [{ prompt: "x" }, { ...OWNER, owner: false } as Caller, "Only an owner of this gateway may do that."],
])("what is wrong is told as text: %j", async (params, caller, text) => {
  const told = await runJobTool([run], { tool, params, caller, signal });
  expect(told.text).toContain(text);
  expect(told.result).toBeUndefined();
});

test("every tool is a face of an operation, and told in words an agent looks for", () => {
  const operations = jobOperations({} as never).map(({ name }) => name);
  for (const one of JOB_TOOLS) {
    expect(operations).toContain(one.operation);
    expect(one.description).toMatch(/Claude Code/);
  }
  expect(JOB_TOOLS).toHaveLength(8);
});

test("the skill names only tools there are", async () => {
  const skill = await readFile(
    join(import.meta.dirname, "../../../skills/claude-code-jobs/SKILL.md"),
    "utf8",
  );
  const named = new Set(skill.match(/claude_[a-z]+/g));
  expect([...named].sort()).toEqual(JOB_TOOLS.map(({ name }) => name).sort());
  expect(skill).toMatch(/Do not poll/);
});

describe("the methods programs know", () => {
  test.each([
    { workdir: "/p", max_budget_usd: 1 },
    { workdir: "/p", maxBudgetUsd: 1 },
  ])("launch with %j", async (more) => {
    seen.length = 0;
    const call = { method: "claude-code.launch", params: { prompt: "x", ...more }, signal };
    const caller: Caller = { is: "rpc", scopes: ["operator.admin"] };
    expect(await runMethod([run], { ...call, caller })).toEqual({
      ...{ id: "a1b2c3d4", name: "fix", status: "starting", workdir: "/p", model: null },
    });
    expect(seen).toEqual([{ prompt: "x", dir: "/p", budget: 1 }]);
  });

  test("are five, and those that change something need more than reading", () => {
    expect(METHODS.map(({ method, scope }) => `${method} ${scope}`)).toEqual([
      "claude-code.launch operator.write",
      "claude-code.sessions operator.read",
      "claude-code.kill operator.write",
      "claude-code.output operator.read",
      "claude-code.stats operator.read",
    ]);
  });
});
