// Fifty sessions of the real Claude Code are made, used and parked: nothing of them is left, and each goes on with its memory.
import { describe, expect, test } from "vitest";
import { ask, BOTH, startEngine, type TestEngine } from "../support/engine.ts";
import { type Held, held, openFiles } from "../support/held.ts";
import { type Model, startModel } from "../support/model.ts";
import { pssOf, until } from "../support/poll.ts";
import { report } from "../support/report.ts";

const MB = 1_048_576;
const AT_ONCE = 8;
const NAMES = Array.from({ length: 50 }, (_, at) => `herb${at + 1}`);
const LONG = 15 * 60_000;

describe.each(BOTH)("50 sessions with %s", (adapter) => {
  test("made, used and parked leave nothing, and all of them resume and remember", {
    timeout: LONG,
  }, async () => {
    const model = await startModel();
    const engine = await startEngine({
      adapter,
      env: model.env(),
      limits: { idleMs: 1_500, maxProcesses: AT_ONCE },
    });
    const session = (name: string) => engine.session(`agent:cc:acp:${name}`);
    const ids = async () => (await engine.map.read()).sessions.map((entry) => entry.claudeSessionId);
    const peak = { processes: 0, mb: 0 };

    /** Says it in all of them, eight at a time, and waits until the last is parked. */
    async function all(words: (name: string) => string, answer: (name: string) => string): Promise<void> {
      for (let at = 0; at < NAMES.length; at += AT_ONCE) {
        const some = NAMES.slice(at, at + AT_ONCE);
        const said = await Promise.all(some.map((name) => ask(session(name), words(name))));
        expect(said.map(({ text, notices }) => [text, notices])).toEqual(
          some.map((name) => [answer(name), []]),
        );
        const now = await running(engine);
        if (now.mb > peak.mb) Object.assign(peak, now);
      }
      await until("them all to be parked", async () => (await running(engine)).processes === 0, {
        withinMs: 30_000,
        seen: () => engine.sessions.adapters(),
      });
    }

    await ask(session("first"), "hello");
    await until("the first to be parked", async () => (await running(engine)).processes === 0);
    const before = ours(model);
    const from = Date.now();
    await all(
      (name) => `remember ${name}`,
      (name) => `OK, ${name}.`,
    );
    const made = await ids();
    const parked = Date.now();
    await all(
      () => "what do you remember",
      (name) => `I remember ${name}.`,
    );
    expect(await ids()).toEqual(made);
    // What a process that was ended held of this one's is closed a moment after it.
    const more = () => moreThan(before, ours(model));
    await until("nothing more to be held", () => more().length === 0, {
      ...{ withinMs: 15_000, everyMs: 500 },
      seen: () => ({ more: more(), files: openFiles() }),
    });
    const after = ours(model);
    const cost = `At most ${peak.processes} processes with ${peak.mb} MB. All parked: none, and ${mb(after.heapMb)} MB of our own heap (${mb(before.heapMb)} before).`;
    report({ from, to: parked, status: "completed", notices: [cost] });
    await engine.dispose();
    await model.close();
  });
});

async function running(engine: TestEngine): Promise<{ processes: number; mb: number }> {
  const pids = new Set([...engine.sessions.adapters(), ...engine.claudes()].map(({ pid }) => pid));
  const bytes = await Promise.all([...pids].map(pssOf));
  return { processes: pids.size, mb: Math.round(bytes.reduce((sum, one) => sum + one, 0) / MB) };
}

/** What this process holds without what the fake model has noted of its requests. */
function ours(model: Model): Held {
  model.reset();
  return held();
}

function moreThan(before: Held, now: Held): string[] {
  const allowed = { heapMb: 10, fds: 2, listeners: 2, resources: 2 };
  const kinds = Object.entries(allowed) as [keyof typeof allowed, number][];
  return kinds.flatMap(([what, more]) =>
    now[what] > before[what] + more ? [`${what}: ${before[what]} → ${now[what]}`] : [],
  );
}

const mb = (amount: number) => amount.toFixed(0);
