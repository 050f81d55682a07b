// Two hands on one session: a command on the files while the session lives in another process, or just opens there.
import { describe, expect, test } from "vitest";
import { SessionCatalog } from "../../../src/catalog/catalog.ts";
import { CLOSED, closed, killed, RESET, replaced } from "../../../src/session/sentences.ts";
import type { Session } from "../../../src/session/session.ts";
import { ask, type Said } from "../../support/engine.ts";
import { nextSaying } from "../../support/failures.ts";
import { type FaultBench, startFaults } from "../../support/faults.ts";
import { until } from "../../support/poll.ts";

const WHO = "what do you remember";
type Hand = (catalog: SessionCatalog, bench: FaultBench) => Promise<unknown>;

const catalogOf = ({ sessions }: FaultBench["engine"]) =>
  new SessionCatalog({ sessions, agents: () => ["cc"], forgotten: async () => {} });

/** What a command does that finds no gateway. */
async function onTheFiles(bench: FaultBench, hand: Hand): Promise<void> {
  const other = await bench.another();
  await hand(catalogOf(other), bench);
  await other.dispose({ keep: true });
}

// As a message comes in: the session is there before its prompt is.
async function says(session: Session, text: string): Promise<Said> {
  await session.ensure({});
  return await ask(session, text);
}

const idOf = async (session: Session) => (await session.record.read())?.claudeSessionId ?? "";
const one = ({ session }: FaultBench) => session("one").identity;

/** Given a live session that remembers apple, when this is done to the files, then the next message is answered so. */
const LIVE: [string, Hand, string][] = [
  ["closed", (catalog, bench) => catalog.close(one(bench), { reason: "closed" }), "I remember nothing."],
  ["forgotten", (catalog, bench) => catalog.forget(one(bench), {}), "I remember nothing."],
  [
    "restarted",
    (catalog, bench) => catalog.restart(one(bench), { reason: "restarted" }),
    "I remember nothing.",
  ],
  [
    "forked from another",
    (catalog, bench) => catalog.fork({ ref: "agent:cc:acp:two", into: one(bench) }),
    "I remember: remember plum.",
  ],
  [
    "made to go on with what another one was in before",
    async (catalog, bench) => {
      await bench.session("two").reset("reset");
      await catalog.resume({ ref: "agent:cc:acp:two", into: one(bench) });
    },
    "I remember: remember plum.",
  ],
];

describe.concurrent("given a live session, when in the files it is", () => {
  test.each(LIVE)(
    "%s, the next message finds what the files say, and the map is true",
    async (_, hand, answer) => {
      await using bench = await startFaults({});
      const session = bench.session("one");
      await says(bench.session("two"), "remember plum");
      await says(session, "remember apple");
      const before = await idOf(session);
      await onTheFiles(bench, hand);
      expect(await says(session, WHO)).toMatchObject({ text: answer, result: { status: "completed" } });
      expect(await says(session, "remember pear")).toMatchObject({ result: { status: "completed" } });
      const after = await session.record.read();
      expect(after).toMatchObject({ state: "active", prompted: true });
      expect(after?.claudeSessionId).not.toBe(before);
      expect(bench.engine.sessions.adapters().reduce((sum, { sessions }) => sum + sessions, 0)).toBeLessThan(
        3,
      );
    },
  );

  test("closed, it stays closed when it is parked after that", async () => {
    await using bench = await startFaults({});
    await says(bench.session(), "remember apple");
    await onTheFiles(bench, (catalog) => catalog.close(one(bench), { reason: "closed" }));
    await until("the session to be idle", () => bench.session().park());
    expect((await bench.session().record.read())?.state).toBe("closed");
  });

  test("forgotten, nothing that was still to be written brings it back", async () => {
    await using bench = await startFaults({});
    await says(bench.session(), "remember apple");
    await says(bench.session(), "remember pear");
    await onTheFiles(bench, (catalog) => catalog.forget(one(bench), {}));
    await bench.restart();
    expect((await bench.engine.map.read()).sessions).toEqual([]);
  });
});

test("given two conversations that resume one session at the same moment, one has it", async () => {
  await using bench = await startFaults({});
  const former = bench.session("former");
  await says(former, "remember plum");
  const plum = await idOf(former);
  await former.close({ discard: true, reason: "closed" });
  const catalog = catalogOf(bench.engine);
  const moves = ["one", "two", "three"].map((name) =>
    catalog.resume({ ref: plum, into: bench.session(name).identity }),
  );
  const done = await Promise.allSettled(moves);
  expect(done.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected"]);
  expect(await says(bench.session("one"), WHO)).toMatchObject({ text: "I remember: remember plum." });
  expect(await idOf(bench.session("two"))).not.toBe(plum);
});

describe.concurrent("given a session that opens, when in the files it is meanwhile", () => {
  /** A message, when the agent has been asked for its session. */
  const opening = async (bench: FaultBench, method: string) => {
    const before = bench.agent.received(method).length;
    const answer = says(bench.session(), WHO);
    await until("the agent to be asked", () => bench.agent.received(method).length > before);
    return { answer };
  };

  test.each(["session/new", "session/resume"])(
    "made to go on with another, it is that one (%s)",
    async (method) => {
      await using bench = await startFaults({ slow: { [method]: 1_000 } });
      await says(bench.session("two"), "remember plum");
      const plum = await idOf(bench.session("two"));
      await bench.session("two").close({ discard: true, reason: "closed" });
      if (method === "session/resume") {
        await says(bench.session(), "remember apple");
        await until("the session to be idle", () => bench.session().park());
      }
      const { answer } = await opening(bench, method);
      await onTheFiles(bench, (catalog) => catalog.resume({ ref: plum, into: one(bench) }));
      expect(await answer).toMatchObject({ text: "I remember: remember plum.", notices: [] });
      expect(await idOf(bench.session())).toBe(plum);
    },
  );

  test("closed, the message is the first of a new one", async () => {
    await using bench = await startFaults({ slow: { "session/resume": 1_000 } });
    await says(bench.session(), "remember apple");
    await until("the session to be idle", () => bench.session().park());
    const { answer } = await opening(bench, "session/resume");
    await onTheFiles(bench, (catalog) => catalog.close(one(bench), { reason: "closed" }));
    expect(await answer).toMatchObject({ text: "I remember nothing." });
    expect(await bench.session().record.read()).toMatchObject({
      state: "active",
      retired: [{ reason: "closed" }],
    });
  });
});

describe.concurrent("given a turn that runs and one that waits, when somebody elsewhere", () => {
  const cases: [string, Hand, string][] = [
    [
      "closes the session",
      (catalog, bench) => catalog.close(one(bench), { reason: "closed" }),
      closed().message,
    ],
    ["ends its process", (catalog, bench) => catalog.kill(one(bench), {}), killed().message],
    [
      "begins a new one",
      (catalog, bench) => catalog.restart(one(bench), { reason: "reset" }),
      replaced().message,
    ],
  ];
  const started = async (bench: FaultBench) => {
    const said = [ask(bench.session(), "hang on"), ask(bench.session(), "and then this")] as const;
    await until("the turn to run", () => bench.agent.received("session/prompt").length > 0);
    return said;
  };

  test.each(cases)("%s, the first says so with what to do, the other nothing", async (_, hand, words) => {
    await using bench = await startFaults({ turns: { hang: [{ say: "half" }, { hang: true }] } });
    const [running, waiting] = await started(bench);
    await hand(catalogOf(bench.engine), bench);
    expect((await running).result).toMatchObject({
      status: "failed",
      failure: { message: words, next: nextSaying("Send your message again") },
    });
    expect((await waiting).result).toEqual({ status: "cancelled", reason: words });
  });

  test.each([
    [
      "closes",
      CLOSED,
      (catalog: SessionCatalog, bench: FaultBench) =>
        catalog.close(one(bench), { reason: "closed", here: one(bench) }),
    ],
    [
      "resets",
      RESET,
      (catalog: SessionCatalog, bench: FaultBench) =>
        catalog.restart(one(bench), { reason: "reset", here: one(bench) }),
    ],
  ] as const)("is not elsewhere but there, who %s it is answered by that alone", async (_, reason, hand) => {
    await using bench = await startFaults({ turns: { hang: [{ hang: true }] } });
    const [running] = await started(bench);
    await hand(catalogOf(bench.engine), bench);
    expect((await running).result).toEqual({ status: "cancelled", reason });
  });
});
