// The desk's list: numbers that people type later mean what they meant when they were shown.
import { afterEach, expect, test } from "vitest";
import { Desk } from "../../../src/session/desk.ts";
import { startEngine, type TestEngine } from "../../support/engine.ts";
import { until } from "../../support/poll.ts";

let engine: TestEngine | undefined;
afterEach(async () => {
  await engine?.dispose();
  engine = undefined;
});

test("a number of the list stays a session's own, however the sessions are used meanwhile", async () => {
  engine = await startEngine({ command: ["/bin/false"] });
  const { sessions } = engine;
  const desk = new Desk({ sessions, agents: () => ["cc"], forgotten: async () => {} });
  const [first, second] = ["agent:cc:one", "agent:cc:two"].map((sessionKey) => ({
    agentId: "cc",
    sessionKey,
  }));
  if (!first || !second) throw new Error("two of them");
  const numbers = async () =>
    (await desk.list()).map(({ number, entry }) => [number, entry.openclawSessionKey]);
  for (const identity of [first, second]) {
    await sessions.of(identity).ensure({});
    await until(
      "the clock to go on",
      async () => (await desk.list())[0]?.entry.createdAt !== new Date().toISOString(),
    );
  }
  expect(await numbers()).toEqual([
    [2, second.sessionKey],
    [1, first.sessionKey],
  ]);
  await sessions.of(first).record.note({ name: "used" });
  expect(await numbers()).toEqual([
    [1, first.sessionKey],
    [2, second.sessionKey],
  ]);
  expect((await desk.find("2")).identity).toEqual(second);
});
