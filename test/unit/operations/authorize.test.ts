// Who may do what: every operation of every surface, tried for every caller.
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { offeredTo } from "../../../common/commands.ts";
import { authorize, NEEDS_APPROVALS, OWNERS_ALONE } from "../../../src/operations/authorize.ts";
import type { Caller } from "../../../src/operations/caller.ts";
import { defineOperation, type Operation } from "../../../src/operations/define.ts";
import { fieldsOf } from "../../../src/operations/fields.ts";
import { chatOperations } from "../../../src/wiring/chat-commands.ts";
import { allOperations } from "../../../src/wiring/operations.ts";

// No operation touches these before it runs.
const nothing = {} as never;
const OPERATIONS = new Map(
  [...allOperations(nothing), ...chatOperations(nothing, nothing)].map((one) => [one.name, one]),
);

const CALLERS = {
  owner: { is: "chat", owner: true, approver: true },
  approver: { is: "chat", owner: false, approver: true },
  commander: { is: "chat", owner: false, approver: false },
  cli: { is: "cli" },
  admin: { is: "rpc", scopes: ["operator.read", "operator.write", "operator.admin"] },
  approvals: { is: "rpc", scopes: ["operator.read", "operator.write", "operator.approvals"] },
  writer: { is: "rpc", scopes: ["operator.read", "operator.write"] },
  ownersAgent: {
    is: "tool",
    agentId: "main",
    sessionKey: "agent:main:main",
    sender: "telegram:501",
    owner: true,
  },
  strangersAgent: {
    is: "tool",
    agentId: "main",
    sessionKey: "agent:main:x",
    sender: "telegram:9",
    owner: false,
  },
  wokenAgent: { is: "tool", agentId: "main", sessionKey: "agent:main:main", owner: false },
} as const satisfies Record<string, Caller>;
type CallerName = keyof typeof CALLERS;

/** What an owner alone may in a chat, and over the gateway whoever may approve; where it hangs on the words, with which. */
const OWNERS: Record<string, Record<string, unknown>> = {
  start: {},
  here: {},
  sessions: {},
  audit: {},
  run: {},
  jobs: {},
  output: {},
  fg: {},
  bg: {},
  respond: {},
  end: {},
  stats: {},
  debug: {},
  "rules list": {},
  "rules remove": {},
  "trust list": {},
  "trust add": {},
  "trust remove": {},
  trust: { answer: "yes" },
  restart: { cwd: "/elsewhere" },
};

function refusalOf(operation: Operation, input: Record<string, unknown>, caller: Caller): string | undefined {
  const rest = { signal: new AbortController().signal, progress: () => {}, confirm: async () => false };
  try {
    authorize(operation, input, { caller, ...rest });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const expected = (operation: Operation, who: CallerName, owners: boolean): string | undefined => {
  if (who === "strangersAgent" || (who === "wokenAgent" && !operation.unattended)) return OWNERS_ALONE;
  if (!owners) return undefined;
  if (who === "approver" || who === "commander") return OWNERS_ALONE;
  return who === "writer" && operation.effect !== "read" ? NEEDS_APPROVALS : undefined;
};

describe.each([...new Set([...offeredTo("chat"), ...offeredTo("cli")])])("%s", (name) => {
  const operation = OPERATIONS.get(name);
  if (!operation) throw new Error(`there is no operation ${name}`);
  const whos = Object.keys(CALLERS) as CallerName[];

  test.each(whos)("as it is, by %s", (who) => {
    const always = OWNERS[name] !== undefined && Object.keys(OWNERS[name]).length === 0;
    expect(refusalOf(operation, {}, CALLERS[who])).toBe(expected(operation, who, always));
  });

  const further = OWNERS[name] ?? {};
  if (Object.keys(further).length > 0)
    test.each(whos)("with the words that reach further, by %s", (who) => {
      expect(refusalOf(operation, further, CALLERS[who])).toBe(expected(operation, who, true));
    });

  const session = fieldsOf(operation).find(({ value }) => value === "SESSION");
  if (session)
    test("of a session that is named is for owners in a chat", () => {
      const input = { [session.key]: "2" };
      expect(refusalOf(operation, input, CALLERS.owner)).toBeUndefined();
      expect(refusalOf(operation, input, CALLERS.approver)).toBe(OWNERS_ALONE);
      expect(refusalOf(operation, input, CALLERS.commander)).toBe(OWNERS_ALONE);
    });
});

test("an operation does not run with a context that nobody authorized", () => {
  const operation = defineOperation({
    name: "any",
    summary: "",
    input: z.strictObject({}),
    result: z.unknown(),
    run: async () => undefined,
    text: () => "",
  });
  const context = {
    caller: CALLERS.cli,
    signal: new AbortController().signal,
    progress: () => {},
    confirm: async () => true,
  };
  // @ts-expect-error A surface that skips authorize() does not compile.
  void operation.run({}, context);
});
