// Jobs by the host's own agent: it launches them with a tool, is woken once for what becomes of them, and a stranger's turn has no tool.
import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { AT_ONCE } from "../support/approvals.ts";
import { type Bench, BRAIN, startBench } from "../support/e2e.ts";
import { say, useTool } from "../support/model.ts";
import type { ModelRequest } from "../support/model-request.ts";
import { until } from "../support/poll.ts";

const OWNER = 501;
const STRANGER = 777;
let bench: Bench;
beforeAll(async () => {
  // Plugin tools stand in the request itself.
  const config = { ...AT_ONCE, tools: { toolSearch: false } };
  bench = await startBench({ config, hostModel: true, owners: [OWNER] });
});
afterAll(() => bench?.dispose());

/** What stands in this request behind the agent's own last words. */
const since = ({ body: { messages } }: ModelRequest) =>
  JSON.stringify(messages.slice(messages.findLastIndex(({ role }) => role === "assistant") + 1));
const isResult = (request: ModelRequest) => since(request).includes('"tool_result"');
const told = (request: ModelRequest) => (isResult(request) ? "" : since(request));
const thinks = (words: string | RegExp) => (request: ModelRequest) =>
  request.model === BRAIN && new RegExp(words).test(told(request));
const used = (result: string) => (request: ModelRequest) =>
  request.model === BRAIN && isResult(request) && since(request).includes(result);
const turns = () => bench.model.requests().filter(({ model }) => model === BRAIN);
const toolsOf = (request: ModelRequest | undefined) =>
  (request?.body.tools ?? []).map(({ name }) => name ?? "");
const WOKEN = /News of Claude Code jobs/;
const woken = () =>
  turns()
    .map(told)
    .filter((text) => WOKEN.test(text));

it("launches a job with a tool, is woken once when it is done, and its word reaches the chat", async () => {
  const chat = bench.telegram.chat({ from: { id: OWNER } });
  bench.model.will(
    thinks("please mend it"),
    useTool("claude_launch", { prompt: "remember quince", name: "mend" }),
  );
  bench.model.will(used("mend ("), say("Claude works on it."));
  bench.model.will(thinks(WOKEN), say("It is mended, by the way."));
  chat.says("please mend it");
  await chat.hears("🚀 mend ");
  await chat.hears(/^✅ mend is done[\s\S]*OK, quince\./);
  await chat.hears("It is mended, by the way.");
  expect(woken()).toHaveLength(1);
  expect(woken()[0]).toMatch(/- mend \(\w{8}\): done, \d+ s[\s\S]*│ OK, quince\./);
  expect(/News of Claude[\s\S]*quince/.exec(woken()[0] ?? "")?.[0]).not.toMatch(/agent:main|<</);
  const tools = toolsOf(turns()[0]);
  for (const name of ["launch", "sessions", "output", "fg", "bg", "kill", "respond", "stats"])
    expect(tools).toContain(`claude_${name}`);
});

it("answers NO_REPLY to being woken, and the chat has the notice alone", async () => {
  const chat = bench.telegram.chat({ from: { id: OWNER } });
  bench.model.will(
    thinks("quietly please"),
    useTool("claude_launch", { prompt: "remember medlar", name: "quiet-one" }),
  );
  bench.model.will(used("quiet-one ("), say("Started."));
  bench.model.will(thinks(WOKEN), say("NO_REPLY"));
  const before = woken().length;
  chat.says("quietly please");
  await chat.hears(/^✅ quiet-one is done/);
  await until("the agent to be woken", () => woken().length > before);
  await chat.hearsNothing(/NO_REPLY|woken/, { forMs: 3_000 });
});

it("has no such tool in a turn of a stranger, and none that is denied", async () => {
  const group = { id: -1020, from: { id: STRANGER, username: "eve" } };
  const stranger = bench.telegram.chat(group);
  bench.model.will(thinks("launch something"), say("I cannot."));
  stranger.says("launch something");
  await stranger.hears("I cannot.");
  const asked = turns().findLast((request) => told(request).includes("launch something"));
  expect(toolsOf(asked).filter((name) => name.startsWith("claude_"))).toEqual([]);
  const listed = catalog.parse(await bench.gateway.call("tools.catalog", { agentId: "main" }));
  expect(JSON.stringify(listed)).toContain("claude_launch");
});

it("is the same for programs: methods by the names they know, refused to who may only read", async () => {
  const scopes = ["operator.admin", "operator.write", "operator.read"];
  const call = (method: string, params: unknown) => bench.gateway.call(method, params, { scopes });
  await expect(call("claude-code.launch", { prompt: "remember sloe" })).rejects.toThrow(/Nobody would hear/);
  await expect(
    bench.gateway.call("claude-code.launch", { prompt: "x" }, { scopes: ["operator.read"] }),
  ).rejects.toThrow(/scope/);
  const { sessions, count } = listing.parse(await call("claude-code.sessions", { status: "ended" }));
  expect(sessions.map(({ name }) => name)).toEqual(expect.arrayContaining(["mend", "quiet-one"]));
  expect(count).toBe(sessions.length);
  expect(await call("claude-code.output", { session: "mend", lines: 5 })).toMatchObject({
    name: "mend",
    status: "done",
    result: "OK, quince.",
  });
  expect(await call("claude-code.stats", {})).toMatchObject({ totalLaunched: 2 });
});

const catalog = z.looseObject({});
const listing = z.looseObject({ sessions: z.array(z.looseObject({ name: z.string() })), count: z.number() });
