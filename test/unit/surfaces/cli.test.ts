// The CLI surface: one definition becomes options, help, validation, results and exit codes.
import { Command } from "commander";
import { afterEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { Failure } from "../../../common/failure.ts";
import { defineOperation, type Operation } from "../../../src/operations/define.ts";
import { mountCli } from "../../../src/surfaces/cli.ts";
import type { Terminal } from "../../../src/surfaces/terminal.ts";

const input = z.strictObject({
  agentId: z
    .string()
    .regex(/^[a-z]+$/, "must be letters")
    .describe("Whom.")
    .meta({ value: "ID" }),
  kind: z.enum(["big", "small"]).default("big").describe("How."),
  tag: z.array(z.string()).optional().describe("Tags.").meta({ value: "TAG" }),
  loud: z.boolean().default(false).describe("Shout."),
});
type Given = z.output<typeof input>;

const greet = (
  over: { run?: (given: Given) => Promise<unknown>; succeeded?: () => boolean } = {},
): Operation =>
  defineOperation({
    name: "greet",
    summary: "Greets.",
    input,
    result: z.unknown(),
    examples: ["openclaw us greet --agent-id cc"],
    run: async (given) => (over.run ? over.run(given) : given),
    text: (given) => `greeted ${JSON.stringify(given)}`,
    ...(over.succeeded ? { succeeded: over.succeeded } : {}),
  });

async function type(line: string, operation: Operation = greet()) {
  const seen = { out: "", err: "", code: 0 };
  const out = (text: string) => {
    seen.out += text;
  };
  const err = (text: string) => {
    seen.err += text;
  };
  const exitCode = (code: number) => {
    seen.code = code;
  };
  const program = new Command().exitOverride((error) => {
    exitCode(error.exitCode);
    throw error;
  });
  program.configureOutput({ writeOut: out, writeErr: err });
  const terminal: Terminal = {
    ...{ out, err, exitCode },
    progress: () => {},
    clear: () => {},
    ask: async () => undefined,
    onInterrupt: () => () => {},
  };
  mountCli({ program, name: "us", description: "Ours.", operations: [operation], terminal });
  const words = line.split(" ").filter(Boolean);
  await program.parseAsync(["us", ...words], { from: "user" }).catch((error: { exitCode?: number }) => {
    if (error.exitCode === undefined) throw error;
    seen.code = error.exitCode;
  });
  return seen;
}

describe("an operation on the command line", () => {
  it("takes its fields as options and prints its text", async () => {
    const seen = await type("greet --agent-id cc --loud --tag a --tag b");
    expect(seen).toEqual({
      out: 'greeted {"agentId":"cc","kind":"big","tag":["a","b"],"loud":true}',
      err: "",
      code: 0,
    });
  });

  it("prints exactly its result with --json", async () => {
    const seen = await type("greet --agent-id cc --kind small --json");
    expect(JSON.parse(seen.out)).toEqual({ agentId: "cc", kind: "small", loud: false });
  });

  it("explains itself", async () => {
    const { out, code } = await type("greet --help");
    expect(code).toBe(0);
    for (const part of ["--agent-id <ID>", "Whom.", "--kind <big|small>", "--loud", "--json", "Examples:"])
      expect(out).toContain(part);
  });
});

describe("what was typed wrongly ends with 2 and names everything at once", () => {
  it.each([
    ["greet", "--agent-id is missing."],
    ["greet --agent-id", "--agent-id is missing."],
    ["greet --agent-id 7", "--agent-id must be letters."],
    ["greet --agent-id cc --kind tiny", "--kind Invalid option"],
    ["greet --agent-id cc --nope", "--nope is not an option of this command."],
    ["greet --agent-id cc stray dog", "stray dog is too much; put quotes around words that belong together."],
  ])("%s", async (line, sentence) => {
    const seen = await type(line);
    expect(seen.code).toBe(2);
    expect(seen.err).toContain(sentence);
    expect(seen.err).toContain("Usage: openclaw us greet --agent-id ID [--kind big|small]");
    const json = await type(`${line} --json`);
    expect(json.code).toBe(2);
    expect(JSON.parse(json.out)).toMatchObject({ ok: false, error: { type: "usage" } });
  });

  it("also for an operation there is not", async () => {
    expect((await type("nothing")).code).toBe(2);
  });
});

describe("plain words", () => {
  const word = z.string().min(1, "is empty");
  const plain = (meta: object) =>
    defineOperation({
      name: "go",
      summary: "Goes.",
      input: z.strictObject({ where: word.meta({ value: "PLACE", positional: true, ...meta }) }),
      result: z.unknown(),
      run: async (given) => given,
      text: (given) => JSON.stringify(given),
    });

  it("are called by their placeholder where they are missing", async () => {
    expect((await type("go", plain({}))).err).toBe("PLACE is missing.\nUsage: openclaw us go PLACE [--json]");
  });

  it("belong together where they are the rest of the line", async () => {
    expect((await type("go over the hill", plain({ rest: true }))).out).toBe('{"where":"over the hill"}');
  });

  it("that are a path are meant from where they are typed", async () => {
    const here = JSON.stringify({ where: process.cwd() });
    expect((await type("go .", plain({ path: true }))).out).toBe(here);
  });
});

describe("an operation that fails ends with 1", () => {
  const failing = greet({
    run: () =>
      Promise.reject(new Failure({ code: "refused", message: "It is closed.", next: { say: "Come back." } })),
  });

  it("says what happened and what to do", async () => {
    expect(await type("greet --agent-id cc", failing)).toEqual({
      out: "",
      err: "It is closed. Come back.",
      code: 1,
    });
  });

  it("says it as one JSON document too", async () => {
    const seen = await type("greet --agent-id cc --json", failing);
    expect(JSON.parse(seen.out)).toEqual({
      ok: false,
      error: { type: "refused", message: "It is closed.", next: "Come back." },
    });
    expect(seen.code).toBe(1);
  });

  it("also when it ran and found something wrong", async () => {
    const seen = await type("greet --agent-id cc", greet({ succeeded: () => false }));
    expect(seen.out).toContain("greeted");
    expect(seen.code).toBe(1);
  });
});

describe("a command that takes long", () => {
  afterEach(() => void vi.useRealTimers());
  const seconds = async (count: number) => await vi.advanceTimersByTimeAsync(count * 1_000);

  it("says every five seconds that it goes on, and nothing more once it is done", async () => {
    vi.useFakeTimers();
    const work = Promise.withResolvers<string>();
    const typed = type("greet --agent-id cc --json", greet({ run: () => work.promise }));
    await seconds(11);
    work.resolve("done");
    const seen = await typed;
    await seconds(20);
    expect(seen.err).toBe("Working … (5 s)Working … (10 s)");
    expect(JSON.parse(seen.out)).toBe("done");
  });

  it("leaves the terminal to a program that has it", async () => {
    vi.useFakeTimers();
    const work = Promise.withResolvers<string>();
    const operation = { ...greet({ run: () => work.promise }), ownsTerminal: true } as const;
    const typed = type("greet --agent-id cc", operation);
    await seconds(11);
    work.resolve("done");
    expect((await typed).err).toBe("");
  });
});
