// A harness that hangs: every turn ends in time, every process with it, and the next message is answered with memory.
import { describe, expect, test } from "vitest";
import { ask, listen } from "../../support/engine.ts";
import { type FaultBench, startFaults } from "../../support/faults.ts";
import { isAlive, until } from "../../support/poll.ts";
import type { Script } from "../../support/scripted-agent.ts";

const CANCEL_MS = 1_000;
const hangs = { turns: { hang: [{ say: "half a" }, { hang: true } as const] } };

/** How the agent behaves to whoever wants its turn to end, the mildest first. */
const AGENTS: [string, Script][] = [
  ["that can be cancelled", hangs],
  ["that ignores cancel", { ...hangs, ignoreCancel: true }],
  ["that ignores cancel and close", { ...hangs, ignoreCancel: true, silent: ["session/close"] }],
  [
    "that ignores cancel, close and SIGTERM",
    { ...hangs, ignoreCancel: true, ignoreSigterm: true, silent: ["session/close"] },
  ],
  [
    "that ignores everything, its end of input too",
    {
      ...hangs,
      ignoreCancel: true,
      ignoreSigterm: true,
      ignoreEof: true,
      silent: ["session/close", "session/cancel"],
    },
  ],
];

describe.each(AGENTS)("given a turn that hangs in an agent %s", (_, script) => {
  async function hanging(): Promise<{ bench: FaultBench; asked: ReturnType<typeof listen> }> {
    const bench = await startFaults(script, { limits: { cancelMs: CANCEL_MS } });
    await ask(bench.session(), "remember apple");
    const turn = bench.session().prompt({ id: "1", text: "hang", images: [], audience: { is: "caller" } });
    const spoken = new Promise<void>((resolve) => turn.read(({ type }) => type === "text" && resolve()));
    const asked = listen(turn);
    await spoken;
    return { bench, asked };
  }

  test("16: a cancel settles it within the bound, and the next message is answered", async () => {
    const { bench, asked } = await hanging();
    await using _bench = bench;
    const from = performance.now();
    await bench.session().cancel("stopped");
    expect(performance.now() - from).toBeLessThan(CANCEL_MS + 300);
    expect(await asked).toMatchObject({ text: "half a", result: { status: "cancelled", reason: "stopped" } });
    const after = await bench.aftermath();
    expect(after).toMatchObject({ status: "completed", notices: [] });
    expect(after.text).toMatch(/remember apple/);
  });

  test("16b: a close returns when its process is dead, and what is asked next is a new session", async () => {
    const { bench, asked } = await hanging();
    await using _bench = bench;
    const pid = (await bench.session().status()).adapterPid ?? 0;
    await bench.session().close({ discard: true, reason: "closed" });
    expect((await asked).result.status).toBe("cancelled");
    // An adapter that could be talked to lets go of the session alone; one that could not is gone.
    if (script.silent) expect(isAlive(pid)).toBe(false);
    expect(bench.engine.sessions.slots.taken).toBe(0);
    await bench.session().ensure({});
    expect((await bench.aftermath()).text).toBe("I remember nothing.");
  });

  test("29: a reset is answered at once, and the new session is usable at once", async () => {
    const { bench, asked } = await hanging();
    await using _bench = bench;
    const from = performance.now();
    await bench.session().reset("reset");
    expect(performance.now() - from).toBeLessThan(1_000);
    expect(await asked).toMatchObject({ result: { status: "cancelled" } });
    // It runs while the old one is still being ended, and beyond that.
    const texts: string[] = [];
    while (performance.now() - from < 2 * CANCEL_MS) {
      const said = await ask(bench.session(), "hello");
      expect(said).toMatchObject({ text: "Echo: hello", notices: [], result: { status: "completed" } });
      texts.push(said.text);
    }
    expect((await bench.aftermath()).text).not.toMatch(/apple/);
  });
});

describe("given a turn that hangs", () => {
  test("17: the watchdog says so once, names what runs, ends it, and the next message is answered", async () => {
    const turns = { hang: [{ tool: "npm test", unfinished: true }, { hang: true } as const] };
    await using bench = await startFaults({ turns }, { limits: { stallMs: 400, cancelMs: CANCEL_MS } });
    await ask(bench.session(), "remember apple");
    const said = await ask(bench.session(), "hang");
    expect(said.notices).toEqual([expect.stringMatching(/^No sign of life .*npm test.*stop/)]);
    expect(said.result).toMatchObject({ status: "failed", failure: { code: "timed-out" } });
    expect((await bench.aftermath()).text).toMatch(/remember apple/);
  });

  test("17: one that gives signs of life is left alone, however long it takes", async () => {
    const turns = { slow: [{ say: "abcdefghijkl", chunks: 12, gapMs: 100 }] };
    await using bench = await startFaults({ turns }, { limits: { stallMs: 300 } });
    expect(await ask(bench.session(), "slow")).toMatchObject({ text: "abcdefghijkl", notices: [] });
  });

  test("15: those that wait behind it are cancelled with it, and never reach the agent", async () => {
    await using bench = await startFaults(
      { ...hangs, ignoreCancel: true },
      { limits: { cancelMs: CANCEL_MS } },
    );
    const turns = ["hang", "second", "third"].map((text) =>
      bench.session().prompt({ id: text, text, images: [], audience: { is: "caller" } }),
    );
    await turns[0]?.submitted;
    await bench.session().cancel("stopped");
    for (const turn of turns) expect((await turn.result).status).toBe("cancelled");
    expect(JSON.stringify(bench.agent.received("session/prompt"))).not.toMatch(/second|third/);
  });

  test("29: its late words, and its question, reach nobody after a reset", async () => {
    const script: Script = {
      ...hangs,
      ignoreCancel: true,
      turns: {
        hang: [{ say: "half a" }, { waitMs: 400 }, { say: "OLD WORDS" }, { ask: "rm -rf /" }, { hang: true }],
      },
      silent: ["session/close"],
    };
    await using bench = await startFaults(script, {
      profile: "bypassPermissions",
      limits: { cancelMs: CANCEL_MS },
    });
    const turn = bench.session().prompt({ id: "1", text: "hang", images: [], audience: { is: "caller" } });
    const heard = listen(turn);
    await new Promise<void>((resolve) => turn.read(({ type }) => type === "text" && resolve()));
    await bench.session().reset("reset");
    const said = await ask(bench.session(), "hello");
    await until("the question", () =>
      bench.agent.received().some((entry) => entry.result !== undefined && !entry.method),
    );
    expect(said.text).toBe("Echo: hello");
    expect((await heard).text).toBe("half a");
    // Nobody is there to allow it, so it is not allowed, not even where everything is.
    const answers = bench.agent.received().filter((entry) => entry.method === undefined);
    expect(answers.map(({ result }) => result)).toEqual([{ outcome: { outcome: "cancelled" } }]);
    expect((await bench.aftermath()).text).not.toMatch(/OLD WORDS/);
  });

  test("16: of two sessions in one adapter, the one that hangs can be ended and the other keeps its memory", async () => {
    await using bench = await startFaults(
      { ...hangs, ignoreCancel: true, silent: ["session/close"] },
      { limits: { cancelMs: CANCEL_MS } },
    );
    await ask(bench.session("other"), "remember pear");
    const turn = bench.session().prompt({ id: "1", text: "hang", images: [], audience: { is: "caller" } });
    await turn.submitted;
    await bench.session().cancel("stopped");
    expect((await turn.result).status).toBe("cancelled");
    expect((await bench.aftermath("other")).text).toMatch(/remember pear/);
  });

  test("stopping everything takes no longer than a cancel, and leaves nothing", async () => {
    const script = {
      ...hangs,
      ignoreCancel: true,
      ignoreSigterm: true,
      ignoreEof: true,
      silent: ["session/close"],
    };
    const bench = await startFaults(script, { limits: { cancelMs: CANCEL_MS } });
    const turn = bench.session().prompt({ id: "1", text: "hang", images: [], audience: { is: "caller" } });
    await turn.submitted;
    const from = performance.now();
    await bench.engine.sessions.stop();
    expect(performance.now() - from).toBeLessThan(5_000);
    expect((await turn.result).status).toBe("cancelled");
    expect(bench.running()).toEqual([]);
    await bench[Symbol.asyncDispose]();
  });

  test("22: what it started ends with it, also what has lost its parent", async () => {
    const turns = { hang: [{ grandchild: true } as const, { say: "started" }, { hang: true } as const] };
    const script = { turns, child: true, ignoreCancel: true, silent: ["session/close"] };
    await using bench = await startFaults(script, { limits: { cancelMs: CANCEL_MS } });
    const turn = bench.session().prompt({ id: "1", text: "hang", images: [], audience: { is: "caller" } });
    await new Promise<void>((resolve) => turn.read(({ type }) => type === "text" && resolve()));
    const before = bench.running();
    expect(before.filter(({ ppid }) => ppid === 1 || ppid !== before[0]?.ppid).length).toBeGreaterThanOrEqual(
      1,
    );
    expect(before.length).toBeGreaterThanOrEqual(3);
    await bench.session().cancel("stopped");
    await until("all of it to end", () => before.every(({ pid }) => !isAlive(pid)), { withinMs: 5_000 });
    expect((await ask(bench.session(), "hello")).text).toBe("Echo: hello");
  });
});
