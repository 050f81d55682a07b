// Words for a Claude that is at work: into its turn where the adapter can, else a turn of their own, and always in order.
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { AcpHandle } from "../../../src/host/acp-contract.ts";
import { ADAPTERS, startEngine, type TestEngine } from "../../support/engine.ts";
import { type HostSide, hostSide } from "../../support/host-side.ts";
import { type Model, say, startModel } from "../../support/model.ts";
import { until } from "../../support/poll.ts";

describe.each(ADAPTERS)("steering through %s", (adapter) => {
  const steers = adapter === "claude-agent-acp";
  let model: Model;
  let engine: TestEngine;
  let host: HostSide;
  beforeAll(async () => {
    model = await startModel();
    engine = await startEngine({ adapter, env: model.env() });
    host = hostSide(engine);
  });
  afterAll(async () => {
    await engine.dispose();
    await model.close();
  });
  afterEach(() => model.reset());

  /** A turn that Claude is in the middle of; `end` lets it come to its end. */
  async function busy(handle: AcpHandle) {
    const gate = Promise.withResolvers<void>();
    model.will("dig", say("Dug.", { after: gate.promise }));
    let over = false;
    const turn = host.asks(handle, "dig").finally(() => {
      over = true;
    });
    await until("Claude to work", () => model.prompts().includes("dig"));
    return { turn, over: () => over, end: gate.resolve };
  }

  test.runIf(steers)(
    "10: a steer reaches the running turn before it ends, and one result follows",
    async () => {
      const handle = await host.ensure("steer");
      const { turn, over } = await busy(handle);
      const steered = await host.steers(handle, "and the hedge");
      expect(steered).toMatchObject({ text: "Told Claude.", result: { status: "completed" } });
      expect(over()).toBe(false);
      expect(await turn).toMatchObject({ text: "Echo: and the hedge", result: { status: "completed" } });
      expect(model.prompts()).toEqual(["dig", "and the hedge"]);
      expect((await engine.session(handle.sessionKey).usage()).total.turns).toBe(1);
    },
  );

  test.runIf(!steers)("10: a steer where the adapter cannot is the next turn", async () => {
    const handle = await host.ensure("steer");
    const { turn, end } = await busy(handle);
    const steered = host.steers(handle, "and the hedge");
    end();
    expect(await turn).toMatchObject({ text: "Dug.", result: { status: "completed" } });
    expect(await steered).toMatchObject({ text: "Echo: and the hedge" });
    expect(model.prompts()).toEqual(["dig", "and the hedge"]);
  });

  test("11: a steer where nothing runs is a turn like any other", async () => {
    const handle = await host.ensure("idle");
    expect(await host.steers(handle, "remember mint")).toMatchObject({ text: "OK, mint." });
    const said = await host.steers(handle, "what do you remember");
    expect(said).toMatchObject({ text: "I remember mint.", result: { status: "completed" } });
  });

  test("12: two steers and a prompt reach Claude in the order they came, whether it works or not", async () => {
    for (const works of [true, false]) {
      const handle = await host.ensure(works ? "busy" : "quiet");
      if (!works) await host.asks(handle, "good morning");
      const running = works ? await busy(handle) : undefined;
      const from = model.prompts().length;
      const all = [
        host.steers(handle, "first this"),
        host.steers(handle, "then that"),
        host.asks(handle, "and at last this"),
      ];
      running?.end();
      for (const one of all) expect((await one).result.status).toBe("completed");
      await running?.turn;
      // Claude may take in two steers at once.
      expect(model.prompts().slice(from).join("\n\n")).toBe("first this\n\nthen that\n\nand at last this");
    }
  });

  test.runIf(!steers)("a steer that waits for its turn is cancelled with all others", async () => {
    const handle = await host.ensure("cancelled");
    const { turn } = await busy(handle);
    const waiting = host.steers(handle, "not this");
    await host.runtime.cancel({ handle });
    for (const one of [turn, waiting]) expect((await one).result.status).toBe("cancelled");
    expect(model.prompts()).toEqual(["dig"]);
  });
});
