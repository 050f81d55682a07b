// What goes wrong within a turn: each fault is named to the user or survived in silence, and the next message works.
import { describe, expect, test } from "vitest";
import { type FailureCode, describe as inWords } from "../../../common/failure.ts";
import { silentLog } from "../../../common/log.ts";
import type { AskingParts } from "../../../src/permission/ask-parts.ts";
import { AS_IS, ask, nativeApprovals } from "../../support/engine.ts";
import { type FaultBench, startFaults } from "../../support/faults.ts";
import { until } from "../../support/poll.ts";
import { strike } from "../../support/processes.ts";
import type { Step } from "../../support/scripted-agent.ts";

const CHAT = { channel: "telegram", to: "501" };
const ok: Step = { say: "all is well" };
const unknownUpdate: Step = { update: { sessionUpdate: "hologram", shape: { deep: [1, 2] } } };
const brokenUpdate: Step = { update: { sessionUpdate: "tool_call", toolCallId: 7, title: ["no"] } };

/** Given a session with memory, when its turn does this, then the user gets these words and no others. */
const SURVIVED: [string, Step[], string][] = [
  [
    "garbage on stdout",
    [{ garbage: "Warning: {not json" }, { garbage: "{]" }, { garbage: "[]\n\n7" }, ok],
    "all is well",
  ],
  ["a line of 5 MB that is no message", [{ garbage: "x".repeat(5_000_000) }, ok], "all is well"],
  ["20 MB on stderr", [{ stderr: "e".repeat(1_000), times: 20_000 }, ok], "all is well"],
  ["updates nobody knows", [unknownUpdate, brokenUpdate, ok, unknownUpdate], "all is well"],
  ["a message of 8 MB", [{ bytes: 8_000_000 }], "x".repeat(8_000_000)],
  ["a stop reason nobody knows", [ok, { stop: "tired" }], "all is well"],
];

/** Given the same, when its turn ends by this, then it fails by this name with these words. */
const FAILED: [string, Step[], { code: FailureCode; words: RegExp; said?: string }][] = [
  [
    "20: an exit of the adapter with a code",
    [{ say: "half a" }, { stderr: "panic: token=sk-ant-abcdefghijklmnop" }, { exit: 3 }],
    {
      code: "adapter-crashed",
      words:
        /^The program that runs this session stopped unexpectedly \(code 3\)\. Your session is kept: send your message again\.$/,
      said: "half a",
    },
  ],
  [
    "20: an adapter that closes its stdout and lives on",
    [{ say: "half a" }, { closeStdout: true }, { hang: true }],
    { code: "adapter-crashed", words: /stopped.*send your message again/is, said: "half a" },
  ],
  [
    "44: an error without a name",
    [{ say: "half a" }, { fail: { code: -32603, message: "Internal error" } }],
    { code: "provider-error", words: /could not finish this turn.*again/is, said: "half a" },
  ],
  [
    "44: an error that holds a secret",
    [{ fail: { code: -32603, message: "Internal error: bad key sk-ant-abcdefghijklmnop" } }],
    { code: "provider-error", words: /\[redacted\]/ },
  ],
];

function failedStep(why: string): Step {
  const content = [{ type: "content", content: { type: "text", text: why } }];
  return {
    update: {
      sessionUpdate: "tool_call",
      toolCallId: "1",
      title: "It",
      kind: "think",
      status: "failed",
      content,
    },
  };
}

describe("given a session with memory, when in its turn there is", () => {
  async function withMemory(steps: Step[]): Promise<FaultBench> {
    const bench = await startFaults({ turns: { fault: steps } });
    expect((await ask(bench.session(), "remember apple")).result.status).toBe("completed");
    return bench;
  }
  async function expectRecovered(bench: FaultBench): Promise<void> {
    const after = await bench.aftermath();
    expect(after).toMatchObject({ status: "completed", notices: [] });
    expect(after.text).toMatch(/^I remember: remember apple/);
    expect(after.map).toMatchObject({ sessions: [{ state: "active", prompted: true }] });
  }

  test.each(SURVIVED)("%s, the answer is complete", async (_, steps, words) => {
    await using bench = await withMemory(steps);
    const said = await ask(bench.session(), "fault");
    expect(said.result.status).toBe("completed");
    expect(said.text === words || said.text.slice(0, 200)).toBe(true);
    expect(said.notices).toEqual([]);
    await expectRecovered(bench);
    expect(bench.pids()).toHaveLength(1);
  });

  test.each(FAILED)("%s, the turn fails by its name", async (_, steps, then) => {
    await using bench = await withMemory(steps);
    const said = await ask(bench.session(), "fault");
    expect(said.result).toMatchObject({ status: "failed", failure: { code: then.code } });
    const words = said.result.status === "failed" ? inWords(said.result.failure, "chat") : "";
    expect(words).toMatch(then.words);
    expect(words).not.toMatch(/sk-ant|Internal error/);
    expect(said.text).toBe(then.said ?? "");
    await expectRecovered(bench);
  });

  test("a crash, what its program said is for the log and the command line", async () => {
    const lines: string[] = [];
    const log = { ...silentLog, warn: (line: string) => void lines.push(line) };
    const steps: Step[] = [{ stderr: "[debug] phase=modes" }, { exit: 3 }];
    await using bench = await startFaults({ turns: { fault: steps } }, { log });
    const { result } = await ask(bench.session(), "fault");
    if (result.status !== "failed") throw new Error("it did not fail");
    expect(inWords(result.failure, "chat")).not.toContain("phase=");
    expect(inWords(result.failure, "cli")).toContain("[debug] phase=modes");
    await until("the line", () => lines.join("\n").includes("[debug] phase=modes"));
  });

  test.each<[string, Step[], string]>([
    [
      "that fails",
      [failedStep("Compaction failed: it could not be reduced below the context limit")],
      "shorten",
    ],
    ["that fails in another way", [failedStep("no such file")], "/compact: no such file"],
    ["that says itself what failed", [failedStep("no"), ok], ""],
    ["that works", [{ tool: "Compact conversation" }], ""],
  ])("a command of the harness %s is told as what it is", async (_, steps, words) => {
    await using bench = await startFaults({ turns: { "/compact": steps } });
    await ask(bench.session(), "remember apple");
    const { result } = await ask(bench.session(), "/compact");
    expect(result.status).toBe(words === "" ? "completed" : "failed");
    if (result.status === "failed") expect(inWords(result.failure, "chat")).toContain(words);
    expect((await ask(bench.session(), "what do you remember")).text).toMatch(/^I remember: remember apple/);
  });

  test("20: an exit right behind a flood of words, none of them is lost", async () => {
    await using bench = await withMemory([{ updates: 5_000 }, { exit: 0 }]);
    const said = await ask(bench.session(), "fault");
    expect(said.result).toMatchObject({ status: "failed", failure: { code: "adapter-crashed" } });
    expect(said.text.split(" ").length - 1).toBe(5_000);
    await expectRecovered(bench);
  });

  test("43: a message larger than the limit, the user is told that something is missing", async () => {
    await using bench = await withMemory([{ bytes: 65 * 1024 * 1024 }, ok]);
    const said = await ask(bench.session(), "fault");
    expect(said.text).toContain("all is well");
    expect(said.text.length).toBeLessThan(1_000);
    expect(said.text).toMatch(/too large/);
    await expectRecovered(bench);
  });

  test("an adapter that eats memory until it dies, the turn says so, and the next message works", async () => {
    const turns = { feast: [{ grandchild: true }, { say: "half a" }, { eat: true }] satisfies Step[] };
    await using bench = await startFaults({ turns, heapMb: 32 });
    await ask(bench.session(), "remember apple");
    const said = await ask(bench.session(), "feast");
    expect(said.text).toBe("half a");
    expect(said.result).toMatchObject({ status: "failed", failure: { code: "adapter-crashed" } });
    expect(said.result.status === "failed" && inWords(said.result.failure, "chat")).toMatch(
      /^The program that runs this session ran out of memory \(.*\)\. Your session is kept: send your message again\.$/,
    );
    await expectRecovered(bench);
    expect(bench.pids()).toHaveLength(2);
  });

  test("20: a SIGKILL of the adapter, the turn fails within 1 s and says so", async () => {
    await using bench = await withMemory([{ say: "half a" }, { hang: true }]);
    const asked = ask(bench.session(), "fault");
    await until("the turn", async () => (await bench.session().status()).state === "running");
    const from = performance.now();
    strike(bench.pids().at(-1), "SIGKILL");
    const { result } = await asked;
    expect(performance.now() - from).toBeLessThan(1_000);
    expect(result).toMatchObject({ status: "failed", failure: { code: "adapter-crashed" } });
    expect(result.status === "failed" && result.failure.message).toContain("signal SIGKILL");
    await expectRecovered(bench);
  });

  test.each<[string, Step[]]>([
    ["the adapter is killed", [{ ask: "Remove it", unwaited: true }, { hang: true }]],
    ["the turn is over all the same", [{ ask: "Remove it", unwaited: true }, { waitMs: 500 }]],
    [
      "Claude does not want it any more",
      [{ ask: "Remove it", unwaited: true, takenBackMs: 500 }, { waitMs: 1_500 }],
    ],
  ])("a question when %s, it is taken back, and what was typed meanwhile is offered", async (_, steps) => {
    const identity = { agentId: "cc", sessionKey: "agent:cc:acp:one" };
    const offered: string[][] = [];
    const withdrawn: unknown[] = [];
    const request: AskingParts["native"]["request"] = async () => ({
      here: false,
      decision: new Promise(() => {}),
      by: async () => undefined,
      settle: async (decision) => void withdrawn.push(decision),
    });
    await using bench = await startFaults(
      { turns: { fault: steps } },
      { asking: { native: nativeApprovals(request), onKept: (_asking, texts) => offered.push(texts) } },
    );
    const hears = (text: string) => bench.engine.replies.hear({ identity }, { text, authorized: true }).is;
    const turn = bench
      .session()
      .prompt({ id: "1", text: "fault", images: [], audience: { is: "chat", route: CHAT } });
    await until("the question", () => hears("by the way") === "kept");
    if (steps.some((step) => "hang" in step)) strike(bench.pids().at(-1), "SIGKILL");
    await until("it to be taken back", () => withdrawn.length > 0);
    expect(withdrawn).toEqual(["deny"]);
    expect(offered).toEqual([["by the way"]]);
    expect(hears("1")).toBe("kept");
    if (steps.some((step) => "takenBackMs" in step)) expect(turn.outcome).toBeUndefined();
    await turn.result;
    expect((await ask(bench.session(), "hello", { audience: { is: "chat", route: CHAT } })).text).toBe(
      "Echo: hello",
    );
  });

  test("23: a SIGKILL of the adapter while nothing runs, the next message is answered as if nothing had been", async () => {
    await using bench = await withMemory([]);
    const pid = bench.pids().at(-1);
    strike(pid, "SIGKILL");
    await until("its end to be seen", () => bench.engine.sessions.adapters().length === 0);
    await expectRecovered(bench);
    expect(bench.pids().at(-1)).not.toBe(pid);
  });

  test("23: a session the adapter has lost, the message is answered by the resumed one, and was given to it once", async () => {
    await using bench = await withMemory([ok]);
    bench.agent.forget();
    expect(await ask(bench.session(), "hello")).toMatchObject({ text: "Echo: hello", notices: [] });
    expect(bench.agent.received("session/prompt")).toHaveLength(3);
    expect(bench.agent.received("session/resume")).toHaveLength(1);
  });

  test("26: a past that is loaded again, nothing of it is said or kept as new", async () => {
    const initialize = { agentCapabilities: { loadSession: true, sessionCapabilities: { close: {} } } };
    await using bench = await startFaults({ initialize });
    for (const text of ["remember apple", "remember pear"]) await ask(bench.session(), text);
    await bench.restart();
    const said = await ask(bench.session(), "what do you remember");
    expect(said).toMatchObject({ text: "I remember: remember apple, remember pear.", notices: [] });
    expect(bench.agent.received("session/load")).toHaveLength(1);
    expect(bench.session().output.history(9, AS_IS)).toBe(
      `You ▸ what do you remember\n\nClaude ▸\n${said.text}`,
    );
  });

  test("a tool call told twice, it is one tool call", async () => {
    await using bench = await withMemory([{ tool: "ls", twice: true }, ok]);
    const tools: unknown[] = [];
    const turn = bench.session().prompt({ id: "1", text: "fault", images: [], audience: { is: "caller" } });
    turn.read((event) => event.type === "tool" && tools.push([event.first, event.status]));
    await turn.result;
    expect(tools).toEqual([
      [true, "pending"],
      [false, "pending"],
      [false, "completed"],
    ]);
  });

  test("a text after its end, the next turn does not hear it", async () => {
    await using bench = await withMemory([ok, { late: "too late" }]);
    expect((await ask(bench.session(), "fault")).text).toBe("all is well");
    // The late words come 50 ms after the end; were they heard, they would stand in the next answer.
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect((await ask(bench.session(), "hello")).text).toBe("Echo: hello");
  });

  test("the death of one adapter, the sessions of another go on", async () => {
    const script = { turns: { hold: [{ waitMs: 1_000 }, ok] } };
    await using bench = await startFaults(script, { limits: { sessionsPerAdapter: 1 } });
    await ask(bench.session("dies"), "remember apple");
    const held = ask(bench.session("lives"), "hold");
    await until("the turn", async () => (await bench.session("lives").status()).state === "running");
    strike(bench.pids()[0], "SIGKILL");
    expect((await held).text).toBe("all is well");
    expect((await bench.aftermath("dies")).text).toMatch(/remember apple/);
  });
});
