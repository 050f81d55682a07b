// An adapter that does not start, or a session that does not open: told by name, in time, with no process left.
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type FailureCode, describe as inWords } from "../../../common/failure.ts";
import { SessionCatalog } from "../../../src/catalog/catalog.ts";
import { ask } from "../../support/engine.ts";
import { type FaultBench, startFaults } from "../../support/faults.ts";
import { until } from "../../support/poll.ts";
import { strike } from "../../support/processes.ts";
import type { Script } from "../../support/scripted-agent.ts";

// Long enough for an agent that does start, on a busy machine; only those that hang take all of it.
const START_MS = 1_500;

/** Given an agent that starts like this, then a message fails by this name with these words. */
const STARTS: [string, Script, { code: FailureCode; words: RegExp }][] = [
  [
    "18: that never answers initialize",
    { silent: ["initialize"] },
    { code: "timed-out", words: /did not answer within 1.5 s.*doctor/ },
  ],
  [
    "18: that never answers initialize, SIGTERM or its end of input",
    { silent: ["initialize"], ignoreSigterm: true, ignoreEof: true },
    { code: "timed-out", words: /did not answer within 1.5 s.*doctor/ },
  ],
  [
    "that dies before it says anything",
    { start: [{ stderr: "cannot find module" }, { exit: 7 }] },
    { code: "harness-broken", words: /could not be spoken to.*cannot find module.*doctor/s },
  ],
  [
    "that refuses initialize",
    { errors: { initialize: { code: -32603, message: "Internal error" } } },
    { code: "harness-broken", words: /could not be spoken to.*doctor/s },
  ],
  [
    "that dies right after initialize",
    { exitAfter: "initialize" },
    { code: "adapter-crashed", words: /stopped unexpectedly \(code 1\)/ },
  ],
  [
    "19: that hangs in session/new",
    { silent: ["session/new"] },
    { code: "timed-out", words: /did not open a session within.*doctor/s },
  ],
  [
    "19: that hangs in session/new and ignores SIGTERM",
    { silent: ["session/new"], ignoreSigterm: true, ignoreEof: true },
    { code: "timed-out", words: /did not open a session within.*doctor/s },
  ],
  [
    "that hangs when the session is set",
    { silent: ["session/set_mode"] },
    { code: "timed-out", words: /did not open a session within.*doctor/s },
  ],
  [
    "that refuses session/new",
    {
      errors: {
        "session/new": { code: -32603, message: "Internal error", data: { details: "disk is full" } },
      },
    },
    { code: "provider-error", words: /disk is full/ },
  ],
  [
    "44: without a login",
    { errors: { "session/new": { code: -32000, message: "Authentication required" } } },
    { code: "not-logged-in", words: /not logged in.*log in/s },
  ],
];

describe.each(STARTS)("given an agent %s", (_, script, then) => {
  test("a message fails by name, twice in a row, with no process left, and is answered once it is mended", async () => {
    await using bench = await startFaults(script, {
      profile: "acceptEdits",
      limits: { startMs: then.code === "timed-out" ? START_MS : 10_000, cancelMs: 800 },
    });
    for (let round = 1; round <= 2; round += 1) {
      const from = performance.now();
      const { result, text } = await ask(bench.session(), "hello");
      expect(performance.now() - from).toBeLessThan(5_000);
      expect(result).toMatchObject({ status: "failed", failure: { code: then.code } });
      expect(result.status === "failed" && inWords(result.failure)).toMatch(then.words);
      expect(text).toBe("");
      expect(bench.engine.sessions.slots.taken).toBe(0);
    }
    expect(bench.pids().length).toBeLessThanOrEqual(3);
    const held = () => bench.engine.sessions.adapters().map(({ pid }) => pid);
    await until("no process of nobody", () => bench.running().every(({ pid }) => held().includes(pid)), {
      withinMs: 5_000,
    });
    bench.agent.becomes({});
    await bench.restart();
    expect((await ask(bench.session(), "hello")).text).toBe("Echo: hello");
  });
});

describe("given an agent that hangs at its start", () => {
  test.each(["initialize", "session/new"])(
    "14: a cancel during %s is settled at once, and no prompt is ever sent",
    async (method) => {
      await using bench = await startFaults({ silent: [method] }, { limits: { startMs: 1_500 } });
      const asked = ask(bench.session(), "never");
      await until("the request", () => bench.agent.received(method).length > 0);
      const from = performance.now();
      await bench.session().cancel("stopped");
      expect(performance.now() - from).toBeLessThan(300);
      expect((await asked).result).toEqual({ status: "cancelled", reason: "stopped" });
      await until(
        "its end",
        () => bench.running().length === 0 || bench.engine.sessions.adapters().length > 0,
        { withinMs: 5_000 },
      );
      expect(bench.agent.received("session/prompt")).toEqual([]);
    },
  );

  test.each(["initialize", "session/new"])(
    "stopping everything during %s takes no longer than a cancel",
    async (method) => {
      const bench = await startFaults({ silent: [method] }, { limits: { startMs: 30_000, cancelMs: 1_000 } });
      const asked = ask(bench.session(), "never");
      await until("the request", () => bench.agent.received(method).length > 0);
      const from = performance.now();
      await bench.engine.sessions.stop();
      expect(performance.now() - from).toBeLessThan(4_000);
      expect((await asked).result.status).toBe("cancelled");
      expect(bench.running()).toEqual([]);
      await bench[Symbol.asyncDispose]();
    },
  );

  test("stopping everything while a session is warmed takes no longer either", async () => {
    const bench = await startFaults({}, { limits: { startMs: 30_000, cancelMs: 1_000 } });
    await ask(bench.session("other"), "hello");
    bench.agent.becomes({ silent: ["session/new"] });
    await bench.session("other").close({ discard: false, reason: "test" });
    strike(bench.pids().at(-1), "SIGKILL");
    await until("its end to be seen", () => bench.engine.sessions.adapters().length === 0);
    bench.session().warm();
    await until("the request", () => bench.agent.received("session/new").length > 1);
    const from = performance.now();
    await bench.engine.sessions.stop();
    expect(performance.now() - from).toBeLessThan(4_000);
    await bench[Symbol.asyncDispose]();
  });
});

describe("given sessions that start at the same moment", () => {
  test("1: two ensures and two prompts of one key make one entry, one process and one session", async () => {
    await using bench = await startFaults({});
    const [one, two] = await Promise.all([bench.session().ensure({}), bench.session().ensure({})]);
    expect(one.backendSessionId).toBe(two.backendSessionId);
    const said = await Promise.all(["first", "second"].map((text) => ask(bench.session(), text)));
    expect(said.map(({ text }) => text)).toEqual(["Echo: first", "Echo: second"]);
    expect((await bench.engine.map.read()).sessions).toHaveLength(1);
    expect(bench.agent.received("session/new")).toHaveLength(1);
    expect(bench.pids()).toHaveLength(1);
  });

  test("28: the same key of two agents is two sessions", async () => {
    await using bench = await startFaults({});
    const session = (agentId: string) => bench.engine.sessions.of({ agentId, sessionKey: "acp:shared" });
    await Promise.all(["cc", "dd"].map((agent) => ask(session(agent), `remember ${agent}`)));
    await bench.restart();
    const said = await Promise.all(["cc", "dd"].map((agent) => ask(session(agent), "what do you remember")));
    expect(said.map(({ text }) => text)).toEqual(["I remember: remember cc.", "I remember: remember dd."]);
  });

  test("a start cancelled late does not overwrite the session that came after it", async () => {
    await using bench = await startFaults(
      { slow: { "session/new": 600 } },
      { limits: { sessionsPerAdapter: 1 } },
    );
    const first = bench.session().prompt({ id: "1", text: "first", images: [], audience: { is: "caller" } });
    await until("the request", () => bench.agent.received("session/new").length === 1);
    first.cancel("changed my mind");
    bench.agent.becomes({});
    expect((await ask(bench.session(), "remember apple")).text).toBe("Echo: remember apple");
    const mine = (await bench.session().record.read())?.claudeSessionId;
    await until("the late one to be let go", () => bench.agent.received("session/close").length === 1);
    expect(await bench.session().record.read()).toMatchObject({ claudeSessionId: mine, prompted: true });
    await bench.restart();
    expect((await bench.aftermath()).text).toMatch(/remember apple/);
  });
});

describe("given an adapter of the user's own, whose transcripts this machine does not have", () => {
  const away = (bench: FaultBench) =>
    rm(join(bench.engine.harness.folders()[0] ?? "", "projects"), { recursive: true });

  test("a session is resumed through it, after a quiet time and after a restart", async () => {
    await using bench = await startFaults({});
    await ask(bench.session(), "remember apple");
    await away(bench);
    await until("it to be parked", () => bench.session().park());
    const parked = await ask(bench.session(), "what do you remember");
    expect(parked).toMatchObject({ text: "I remember: remember apple.", notices: [] });
    await bench.restart(() => away(bench));
    const restarted = await ask(bench.session(), "what do you remember");
    expect(restarted).toMatchObject({ text: expect.stringMatching(/remember apple/), notices: [] });
  });

  test("an earlier one is gone back to, and a copy made of it", async () => {
    await using bench = await startFaults({});
    await ask(bench.session(), "remember apple");
    const { claudeSessionId: id = "" } = (await bench.session().record.read()) ?? {};
    await bench.session().reset("reset");
    expect((await ask(bench.session(), "what do you remember")).text).toBe("I remember nothing.");
    await away(bench);
    const { sessions } = bench.engine;
    const catalog = new SessionCatalog({ sessions, agents: () => ["cc"], forgotten: async () => {} });
    await catalog.resume({ ref: id, into: bench.session().identity });
    expect((await ask(bench.session(), "what do you remember")).text).toBe("I remember: remember apple.");
    await away(bench);
    await catalog.fork({ ref: id, into: bench.session("two").identity });
    expect((await ask(bench.session("two"), "what do you remember")).text).toContain("remember apple");
  });

  test("one that it does not know either starts fresh, with one note", async () => {
    await using bench = await startFaults({});
    await ask(bench.session(), "remember apple");
    await away(bench);
    bench.agent.becomes({ errors: { "session/resume": { code: -32002, message: "Resource not found" } } });
    await bench.restart();
    const { text, notices } = await ask(bench.session(), "what do you remember");
    expect(text).toBe("I remember nothing.");
    expect(notices).toEqual([expect.stringContaining("transcript is gone")]);
  });
});

test("a settings file of the harness that is no JSON is told once, with its line, and the message is answered", async () => {
  await using bench = await startFaults({});
  const folder = bench.engine.harness.folders()[0] ?? "";
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, "settings.json"),
    '{\n  "permissions": {\n    "deny": ["Read(./keys/**)"],\n  }\n}\n',
  );
  const first = await ask(bench.session(), "hello");
  expect(first.text).toBe("Echo: hello");
  expect(first.notices).toEqual([
    expect.stringMatching(
      /settings\.json.* is not valid JSON \(line 4\), so Claude Code uses nothing of it: what it denies is not denied\. Mend it, then send \/new\.$/,
    ),
  ]);
  await until("it to be parked", () => bench.session().park());
  expect((await ask(bench.session(), "hello")).notices).toEqual([]);
});
