// ACP updates in our words: tool calls put together, nonsense left out.
import { describe, expect, test } from "vitest";
import { Projector } from "../../../src/session/events.ts";

const projector = () => new Projector();
const chunk = (sessionUpdate: string, content: object) => ({ sessionUpdate, content });

describe("an update", () => {
  test.each([
    [chunk("agent_message_chunk", { type: "text", text: "hi" }), { type: "text", text: "hi" }],
    [chunk("agent_thought_chunk", { type: "text", text: "hm" }), { type: "thought", text: "hm" }],
    [
      { sessionUpdate: "plan", entries: [{ content: "do", status: "pending", priority: "high" }] },
      { type: "plan" },
    ],
    [
      { sessionUpdate: "usage_update", used: 1, size: 2, cost: null },
      { type: "usage", used: 1, size: 2 },
    ],
    [
      { sessionUpdate: "available_commands_update", availableCommands: [{ name: "compact" }] },
      { names: ["compact"] },
    ],
    [
      { sessionUpdate: "current_mode_update", currentModeId: "plan" },
      { type: "mode", mode: "plan" },
    ],
    [
      {
        sessionUpdate: "notice",
        severity: "warning",
        title: "Fast mode turned off",
        description: "No credit.",
      },
      { type: "notice", text: "⚠️ Fast mode turned off\nNo credit." },
    ],
    [
      { sessionUpdate: "notice", severity: "info", title: "Stop says: lint" },
      { type: "notice", text: "ℹ️ Stop says: lint" },
    ],
    [
      { sessionUpdate: "session_info_update", title: "Tests" },
      { type: "title", title: "Tests" },
    ],
  ])("%j is read", (update, event) => expect(projector().read(update)).toMatchObject(event));

  test.each([
    chunk("agent_message_chunk", { type: "text", text: "" }),
    chunk("agent_message_chunk", { type: "image", data: "x" }),
    chunk("user_message_chunk", { type: "text", text: "mine" }),
    { sessionUpdate: "agent_message_chunk" },
    { sessionUpdate: "tool_call" },
    { sessionUpdate: "plan", entries: "all" },
    { sessionUpdate: "usage_update", used: "much" },
    { sessionUpdate: "session_info_update", title: null },
    { sessionUpdate: "hologram" },
    { sessionUpdate: "__proto__" },
    { sessionUpdate: "constructor" },
  ])("%j says nothing", (update) => expect(projector().read(update)).toBeUndefined());
});

describe("a tool call", () => {
  const call = {
    sessionUpdate: "tool_call",
    toolCallId: "1",
    title: "Terminal",
    kind: "execute",
    status: "pending",
  };
  const later = (fields: object) => ({ sessionUpdate: "tool_call_update", toolCallId: "1", ...fields });

  test("keeps what later updates do not repeat, and is the first only once", () => {
    const one = projector();
    expect(one.read(call)).toMatchObject({ first: true, title: "Terminal", status: "pending" });
    expect(one.read(call)).toMatchObject({ first: false });
    expect(one.read(later({ title: "npm test" }))).toMatchObject({
      title: "npm test",
      kind: "execute",
      status: "pending",
    });
    expect(one.running()).toEqual(["npm test"]);
    expect(one.read(later({ status: "completed" }))).toMatchObject({
      title: "npm test",
      status: "completed",
    });
    expect(one.running()).toEqual([]);
  });

  test("known only by its updates, or by a kind nobody knows, is one all the same", () => {
    expect(projector().read(later({ status: "failed" }))).toMatchObject({
      first: true,
      title: "Tool",
      kind: "other",
    });
    expect(projector().read({ ...call, kind: "teleport", title: null })).toMatchObject({
      kind: "other",
      title: "Tool",
    });
  });

  test("of a turn that is over is forgotten", () => {
    const one = projector();
    one.read(call);
    one.clear();
    expect(one.running()).toEqual([]);
  });
});

describe("a message", () => {
  const piece = (messageId?: string, _meta?: object) => ({
    sessionUpdate: "agent_message_chunk",
    content: { type: "text", text: "x" },
    ...(messageId === undefined ? {} : { messageId }),
    ...(_meta === undefined ? {} : { _meta }),
  });
  const note = { claudeCode: { kind: "informational" } };

  test.each([
    ["pieces of one", [piece("a"), piece("a")], [false, false]],
    ["another one", [piece("a"), piece("b")], [false, true]],
    ["pieces of a harness that names none", [piece(), piece(), piece()], [false, false, false]],
    [
      "something of the harness's own before and behind",
      [piece(), piece("a"), piece(), piece("a")],
      [false, true, true, true],
    ],
    [
      "two of those, each with a note",
      [piece(undefined, note), piece(undefined, note), piece("a")],
      [false, true, true],
    ],
  ])("is told from others: %s", (_, pieces, begins) => {
    const one = projector();
    expect(pieces.map((each) => one.beginsAnother(each))).toEqual(begins);
  });
});

describe("a message that comes again", () => {
  const long = "| a table | of a command |\n".repeat(10);
  const said = (messageId: string, text: string) => ({
    ...chunk("agent_message_chunk", { type: "text", text }),
    messageId,
  });
  const repeated = (...updates: Parameters<Projector["read"]>[0][]) => {
    const one = projector();
    return updates.map((update) => one.read(update) === undefined);
  };

  test("that comes once more as a whole, in pieces before or not, is one", () => {
    expect(repeated(said("1", long), said("2", `${long}\n`))).toEqual([false, true]);
    const [head, tail] = [long.slice(0, 50), long.slice(50)];
    expect(repeated(said("1", head), said("1", tail), said("2", long))).toEqual([false, false, true]);
  });

  test("that is short, another, or behind a tool, is said", () => {
    const tool = { sessionUpdate: "tool_call", toolCallId: "t" };
    expect(repeated(said("1", "Done."), said("2", "Done."))).toEqual([false, false]);
    expect(repeated(said("1", long), said("2", `${long}x`))).toEqual([false, false]);
    expect(repeated(said("1", long), tool, said("2", long))).toEqual([false, false, false]);
    expect(repeated(said("1", long), said("1", long))).toEqual([false, false]);
  });
});
