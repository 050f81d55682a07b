// What comes out of an adapter, line by line: garbage, floods and bent messages harm nothing, and what is whole arrives.
import { Readable } from "node:stream";
import { text as textOf } from "node:stream/consumers";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readConfigured, readList, readOpened } from "../../../adapters/acp/wire.ts";
import { retryNotice } from "../../../adapters/claude/retries.ts";
import { isSubagent, parentOf, planOptions, readTool, toolName } from "../../../adapters/claude/tools.ts";
import { guardStream } from "../../../adapters/guard.ts";
import { Router } from "../../../adapters/router.ts";
import { Projector } from "../../../src/session/events.ts";
import { anyJson, anyText, bent, runs } from "./words.ts";

const chunkOf = (text: string) => ({ sessionUpdate: "agent_message_chunk", content: { type: "text", text } });
const update = (fields: object) => ({
  jsonrpc: "2.0",
  method: "session/update",
  params: { sessionId: "s", update: fields },
});
const UPDATES = [
  update(chunkOf("words")),
  update({ sessionUpdate: "tool_call", toolCallId: "t", title: "Bash", kind: "execute", status: "pending" }),
  update({ sessionUpdate: "tool_call_update", toolCallId: "t", status: "completed", content: [] }),
  update({ sessionUpdate: "plan", entries: [{ content: "a", status: "pending" }] }),
  update({ sessionUpdate: "usage_update", used: 1, size: 2, cost: { amount: 1, currency: "USD" } }),
  update({ sessionUpdate: "available_commands_update", availableCommands: [{ name: "compact" }] }),
  update({ sessionUpdate: "session_info_update", title: "T" }),
];
const REQUEST = {
  sessionId: "s",
  toolCall: {
    toolCallId: "t",
    title: "Run",
    kind: "execute",
    rawInput: { command: "ls" },
    content: [],
    locations: [],
  },
  options: [{ optionId: "a", name: "Allow", kind: "allow_once" }],
};

async function through(bytes: Buffer, cuts: number[], limit?: number): Promise<string[]> {
  const pieces: Buffer[] = [];
  let from = 0;
  for (const cut of [...cuts.map((share) => Math.floor(share * bytes.length)), bytes.length].sort(
    (a, b) => a - b,
  )) {
    pieces.push(bytes.subarray(from, cut));
    from = cut;
  }
  const out = await textOf(Readable.from(pieces).pipe(guardStream(limit)));
  return out.split("\n").filter(Boolean);
}

const garbage = fc.oneof(
  anyText.map((text) => text.replaceAll("\n", " ")),
  fc
    .uint8Array({ maxLength: 200 })
    .map((bytes) => Buffer.from(bytes).toString("latin1").replaceAll("\n", "")),
  anyJson.map((value) => JSON.stringify(value) ?? ""),
);
const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 });

const NEVER = new AbortController().signal;

describe("the lines of an adapter", () => {
  it("pass the guard whole and in order, whatever stands between them and wherever the pipe cuts them", async () => {
    const lines = fc.array(
      fc.oneof(
        garbage.map((line) => ({ line })),
        anyText.map((text) => ({ text })),
      ),
      { maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(lines, cuts, async (mixed, where) => {
        const wire = mixed.map((one) =>
          "line" in one ? one.line : JSON.stringify(update(chunkOf(one.text))),
        );
        const passed = await through(Buffer.from(`${wire.join("\n")}\n`), where);
        for (const line of passed) expect(line.trimStart().startsWith("{")).toBe(true);
        const whole = wire.filter((_, at) => mixed[at] && "text" in mixed[at]);
        const seen = passed.filter((line) => whole.includes(line));
        expect(seen).toEqual(whole);
      }),
      runs(200),
    );
  });

  it("are never held beyond the limit, and one that is too long takes no other with it", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 4_000 }), cuts, async (size, where) => {
        const after = JSON.stringify(update(chunkOf("after")));
        const wire = `${JSON.stringify(update(chunkOf("x".repeat(size))))}\n${after}\n`;
        const passed = await through(Buffer.from(wire), where, 1_000);
        expect(passed.at(-1)).toBe(after);
        expect(passed.length).toBeLessThanOrEqual(2);
      }),
      runs(200),
    );
  });
});

describe("a message of an adapter", () => {
  it("reaches its session or nobody, bent as it may be, and never throws", () => {
    const messages = fc.array(fc.oneof(...UPDATES.map((one) => bent(one)), anyJson), { maxLength: 20 });
    fc.assert(
      fc.property(messages, (list) => {
        const router = new Router();
        const projector = new Projector({ toolName, parentOf, isSubagent });
        const heard: unknown[] = [];
        router.listen("s", {
          update: (raw) => void heard.push(projector.read(raw)),
          permission: async () => ({ outcome: { outcome: "cancelled" } }),
          elicitation: async () => ({ action: "decline" }),
          extension: () => {},
        });
        for (const message of list) {
          const params: unknown =
            typeof message === "object" && message !== null ? Reflect.get(message, "params") : message;
          router.update(params);
          router.extension("_claude/sdkMessage", params);
          retryNotice("_claude/sdkMessage", params);
        }
        expect(projector.running().every((title) => typeof title === "string")).toBe(true);
        for (const event of heard) if (event !== undefined) expect(event).toHaveProperty("type");
      }),
      runs(300),
    );
  });

  it("that asks for permission in a form nobody knows is answered with no, and one that does is read in plain words", async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(bent(REQUEST), anyJson), async (request) => {
        const router = new Router();
        router.listen("s", {
          update: () => {},
          permission: async (asked) => {
            const tool = readTool(asked, undefined);
            expect([tool.name, tool.title, tool.detail].every((words) => typeof words === "string")).toBe(
              true,
            );
            planOptions(asked);
            return { outcome: { outcome: "cancelled" } };
          },
          elicitation: async () => ({ action: "decline" }),
          extension: () => {},
        });
        expect(await router.permission(request, NEVER)).toEqual({ outcome: { outcome: "cancelled" } });
        expect(await router.elicitation(request, NEVER)).toEqual({ action: "decline" });
      }),
      runs(300),
    );
  });

  it("that answers our request is read or refused, and nothing of it becomes an id it does not name", () => {
    fc.assert(
      fc.property(anyJson, (raw) => {
        for (const read of [() => readOpened(raw, "known"), () => readList(raw), () => readConfigured(raw)]) {
          try {
            read();
          } catch (error) {
            expect(error).toBeInstanceOf(Error);
          }
        }
      }),
      runs(300),
    );
  });
});
