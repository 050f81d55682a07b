// The chat surface: one definition becomes verbs, words, help, validation and what is an owner's.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { Failure } from "../../../common/failure.ts";
import type { Authorized } from "../../../src/operations/caller.ts";
import { defineOperation, type Operation } from "../../../src/operations/define.ts";
import { chatSurface } from "../../../src/surfaces/chat.ts";

const session = z.string().optional().describe("Which session.").meta({ value: "SESSION" });
const loading = z.strictObject({
  session,
  heavy: z.boolean().default(false).describe("Needs two."),
  into: z
    .string()
    .regex(/^[a-z]+$/, "must be letters")
    .describe("Where to.")
    .meta({ value: "PLACE", positional: true }),
  count: z.coerce
    .number("must be a number")
    .default(1)
    .describe("How many.")
    .meta({ value: "N", positional: true }),
});
const telling = z.strictObject({
  session,
  text: z.string().min(1, "is empty").describe("What.").meta({ value: "TEXT", rest: true }),
});

const naming = z.strictObject({
  session,
  name: z.string().min(1, "is empty").describe("What.").meta({ value: "NAME", rest: true }),
});
const speaking = z.strictObject({
  text: z.string().min(1, "is empty").describe("What.").meta({ value: "TEXT", rest: true, verbatim: true }),
});

const named = (name: string, over: Partial<Operation> = {}): Operation => ({
  ...defineOperation({
    name,
    summary: `Does ${name}.`,
    input: z.strictObject({}),
    result: z.unknown(),
    run: async () => name,
    text: (said) => JSON.stringify(said),
  }),
  ...over,
});
const echo = { run: async (input: unknown) => input };
const OPERATIONS: Operation[] = [
  named("load", { input: loading, ...echo }),
  named("tell", { input: telling, ...echo }),
  named("name", { input: naming, ...echo }),
  named("speak", { input: speaking, ...echo }),
  named("crates list"),
  named("crates remove", { ownerOnly: true }),
  named("fall", {
    run: async () => {
      const next = [{ lead: "See them with", run: "rules list" }, { run: "doctor" }] as const;
      throw new Failure({ code: "invalid", message: "It fell.", next });
    },
  }),
  named("where", { run: async (_: unknown, { here, route }: Authorized) => ({ here, route }) }),
];

const surface = chatSurface(OPERATIONS, async (command) => `passed on ${command}`);
const say = (text: string, over: { owner?: boolean } = {}) =>
  surface.run({
    text,
    here: { agentId: "cc", sessionKey: "agent:cc:one" },
    route: { channel: "telegram", to: "501" },
    approver: true,
    owner: true,
    signal: new AbortController().signal,
    ...over,
  });
const read = async (text: string) => JSON.parse(await say(text));

describe("quotes", () => {
  test.each([
    ['name "login bug"', "login bug"],
    ["name 'login bug'", "login bug"],
    ["name “login bug”", "login bug"],
    ["name „login bug“", "login bug"],
    ["name login bug", "login bug"],
    ["name it's a bug", "it's a bug"],
    ['name a "bug" b', 'a "bug" b'],
    ['name "a" "b"', '"a" "b"'],
  ])("group words where the rest of the message is one value: %s", async (words, name) => {
    expect(JSON.parse(await say(words))).toEqual({ name });
    expect(JSON.parse(await say(words.replace("name", "name --session x")))).toMatchObject({ name });
  });

  test("belong to what somebody says in their own words", async () => {
    expect(JSON.parse(await say('speak "stop it"'))).toEqual({ text: '"stop it"' });
  });
});

describe("words", () => {
  test.each([
    ["load ship", { heavy: false, into: "ship", count: 1 }],
    ["LOAD ship 3", { heavy: false, into: "ship", count: 3 }],
    ["load --heavy ship 3", { heavy: true, into: "ship", count: 3 }],
    ["load ship --heavy 3 --session two", { heavy: true, into: "ship", count: 3, session: "two" }],
    ['load --session="the boat" "ship"', { heavy: false, into: "ship", count: 1, session: "the boat" }],
    ["load --session 'the boat' ship", { heavy: false, into: "ship", count: 1, session: "the boat" }],
    ["load --session='the boat' ship", { heavy: false, into: "ship", count: 1, session: "the boat" }],
    ["load —session “the boat” ship", { heavy: false, into: "ship", count: 1, session: "the boat" }],
    ["load\n--heavy\nship", { heavy: true, into: "ship", count: 1 }],
  ])("%j are read as flags and words", async (text, input) => {
    expect(await read(text)).toEqual(input);
  });

  test.each([
    ["tell  two  spaces\nand a line ", { text: "two  spaces\nand a line" }],
    ["tell \"quoted\" 'words' $HOME `ls`", { text: "\"quoted\" 'words' $HOME `ls`" }],
    ["tell --session a --heavy is a flag elsewhere", { session: "a", text: "--heavy is a flag elsewhere" }],
    ["tell it --session a", { text: "it --session a" }],
  ])("%j keep what follows the flags as it is", async (text, input) => {
    expect(await read(text)).toEqual(input);
  });

  test.each([
    ["load", "PLACE is missing."],
    ["load SHIP", "PLACE must be letters."],
    ["load ship many", "N must be a number."],
    ["load ship 1 2", 'I do not know what to do with "2".'],
    ["load --light ship", "--light is not an option of this command."],
    ["load --heavy=yes ship", "--heavy takes no value."],
    ["load ship --session", "--session needs a SESSION behind it."],
    ["load --session --heavy ship", "--session needs a SESSION behind it."],
    ["load --session= ship", "--session needs a SESSION behind it."],
  ])("%j are answered with what is wrong and the right form", async (text, complaint) => {
    expect(await say(text)).toBe(`${complaint}\nIt goes: /cc load [--session SESSION] [--heavy] PLACE [N]`);
  });
});

describe("help", () => {
  test.each(["", "help", "HELP", "  help  ", "help all"])("%j lists every command there is", async (text) => {
    const said = await say(text);
    for (const { name, summary } of OPERATIONS) expect(said).toContain(`\n${name} — ${summary}\n`);
  });

  test("of one command shows its form and what each word means", async () => {
    expect(await say("help Load")).toBe(
      [
        "Does load.",
        "/cc load [--session SESSION] [--heavy] PLACE [N]",
        "--session — Which session.",
        "--heavy — Needs two.",
        "PLACE — Where to.",
        "N — How many.",
      ].join("\n"),
    );
  });

  test.each([
    ["laod ship", 'I do not know "laod". Did you mean /cc load? /cc help all shows everything I know.'],
    ["help tel", 'I do not know "tel". Did you mean /cc tell? /cc help all shows everything I know.'],
    ["halp", 'I do not know "halp". Did you mean /cc help? /cc help all shows everything I know.'],
    ["helpful", 'I do not know "helpful". /cc help all shows everything I know.'],
    ["xyzzy", 'I do not know "xyzzy". /cc help all shows everything I know.'],
    ["crates", "It goes:\n/cc crates list\n/cc crates remove"],
    ["crates burn", "It goes:\n/cc crates list\n/cc crates remove"],
  ])("for %j names what was probably meant", async (text, answer) => {
    expect(await say(text)).toBe(answer);
  });
});

test("what begins with a slash is not ours", async () => {
  expect(await say("/compact  keep it")).toBe("passed on /compact  keep it");
});

test("an operation knows the conversation and the place", async () => {
  expect(await read("where")).toEqual({
    here: { agentId: "cc", sessionKey: "agent:cc:one" },
    route: { channel: "telegram", to: "501" },
  });
});

test("a failure is told with the next step, as it is typed in a chat", async () => {
  expect(await say("fall")).toBe(
    "It fell. See them with: /cc rules list\nRun: openclaw contractor-agents doctor",
  );
});

test.each(["crates remove", "tell --session two hello", "load --session two ship"])(
  "%j is the owner's",
  async (text) => {
    expect(await say(text, { owner: false })).toBe("Only an owner of this gateway may do that.");
    expect(await say(text)).not.toContain("owner");
  },
);

test.each(["crates list", "tell hello", "load ship"])(
  "%j is everybody's who may give commands",
  async (text) => {
    expect(await say(text, { owner: false })).not.toContain("owner");
  },
);

test("whatever is typed is answered, and never with a fault of ours", async () => {
  const verb = fc.constantFrom("", "load ", "tell ", "crates ", "help ", "fall ", "--", "/");
  const words = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.string({ unit: fc.constantFrom(..." \"'“—=-\nab/") }),
  );
  await fc.assert(
    fc.asyncProperty(verb, words, async (first, rest) => {
      const said = await say(first + rest);
      expect(said).not.toBe("");
      expect(said).not.toMatch(
        /TypeError|undefined|\[object|is not a function|Invalid input|regular expression/,
      );
    }),
    { numRuns: 500 },
  );
});
