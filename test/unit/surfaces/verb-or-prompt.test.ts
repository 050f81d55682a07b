// What stands behind /claude: a command of ours, a prompt for a job, or neither; it is never guessed.
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { jobCommand } from "../../../common/commands.ts";
import { readCommand } from "../../../src/door/commands.ts";
import { defineOperation } from "../../../src/operations/define.ts";
import { chatSurface } from "../../../src/surfaces/chat.ts";

const ref = z.string().optional().meta({ value: "REF", positional: true });
const operation = (name: string, shape: z.ZodRawShape) =>
  defineOperation({
    name,
    summary: "",
    input: z.strictObject(shape),
    result: z.unknown(),
    run: async (input) => `${name} ${JSON.stringify(input)}`,
    text: (said) => String(said),
  });
const operations = [
  operation("stop", {}),
  operation("jobs", { which: ref }),
  operation("sessions", {}),
  operation("model", { value: ref }),
  operation("run", {
    name: z.string().optional().meta({ value: "NAME" }),
    prompt: z.string().optional().meta({ value: "PROMPT", rest: true, verbatim: true }),
  }),
];
const chat = chatSurface(
  operations,
  async () => "passed",
  async (prompt) => `offered ${prompt}`,
);
const says = (text: string) =>
  chat.run({
    ...{ text, here: undefined, route: undefined, owner: true, approver: true },
    signal: new AbortController().signal,
  });

describe("behind /claude", () => {
  test.each([
    ["stop", "stop {}"],
    ["jobs running", 'jobs {"which":"running"}'],
    ["Fix the auth bug", 'run {"prompt":"Fix the auth bug"}'],
    ["--name x Fix  it", 'run {"name":"x","prompt":"Fix  it"}'],
    ["run stop the music", 'run {"prompt":"stop the music"}'],
    ["-- sessions", 'run {"prompt":"sessions"}'],
    ["— sessions", 'run {"prompt":"sessions"}'],
    ["help me with this", 'run {"prompt":"help me with this"}'],
    ["refactor everything", 'run {"prompt":"refactor everything"}'],
    ["stop the flaky test", "offered stop the flaky test"],
    ["model the data in SQL", "offered model the data in SQL"],
    ["/compact", "passed"],
  ])("%j is %j", async (text, said) => {
    expect(await says(text)).toBe(said);
  });

  test.each([
    ["sesions", "Did you mean /cc sessions?"],
    [
      "sesions all",
      "Did you mean /cc sessions? /cc help all shows everything I know. To run it as a job: /cc -- sesions all",
    ],
    ["sessions shop", "It goes: /cc sessions\nTo run it as a job: /cc -- sessions shop"],
    ["refactor", 'I do not know "refactor".'],
    ["stop --force", "--force is not an option of this command."],
  ])("%j launches nothing", async (text, said) => {
    expect(await says(text)).toContain(said);
  });
});

describe("a command of the menu", () => {
  test.each([
    ["claude_sessions", "", "jobs"],
    ["claude_sessions", "all", "jobs all"],
    ["claude_sessions", "now please", "jobs"],
    ["claude_respond", "--interrupt x go on", "respond --interrupt x go on"],
    ["claude_kill", "x", "end x"],
    ["claude_resume", "", "jobs ended"],
    ["claude_resume", "--list", "jobs ended"],
    ["claude_resume", "x go on", "run --resume x go on"],
    ["claude_resume", "--fork x go on", "run --fork --resume x go on"],
    ["claude_stats", "", "stats"],
  ])("/%s %s means %j", (name, words, text) => {
    expect(jobCommand(name, words)).toBe(text);
    expect(readCommand(`/${name}@the_bot ${words}`, false)).toBe(text);
  });

  test("that is none of ours stays what it was", () => {
    expect(jobCommand("claude_code", "x")).toBeUndefined();
    expect(jobCommand("toString", "x")).toBeUndefined();
    expect(readCommand("/claude_code x", false)).toBeUndefined();
  });
});
