// Model, thinking and mode of a session through either adapter: set before the first prompt, kept, and refused in time.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { setMode, setOption, setProfile } from "../../../src/session/controls.ts";
import type { Session } from "../../../src/session/session.ts";
import { ADAPTERS, ask, startEngine, type TestEngine } from "../../support/engine.ts";
import { hostSide } from "../../support/host-side.ts";
import { type Model, say, startModel } from "../../support/model.ts";

describe.each(ADAPTERS)("the options of a session through %s", (adapter) => {
  let model: Model;
  let engine: TestEngine;
  beforeAll(async () => {
    model = await startModel();
    engine = await startEngine({ adapter, env: model.env() });
  });
  afterAll(async () => {
    await engine.dispose();
    await model.close();
  });

  /** A session of its own, wished for with these options. */
  async function sessionWith(key: string, wish: { model?: string; thinking?: string }) {
    const session = engine.session(`agent:cc:acp:${key}`);
    await session.ensure(wish);
    return session;
  }
  // The older adapter knows no effort.
  const hasEffort = adapter === "claude-agent-acp";
  const effortOf = ({ controls }: Session) =>
    controls.live?.opened.configOptions.find(({ id }) => id === "effort")?.currentValue;
  const lastModel = () => model.requests().findLast(({ kind }) => kind === "main")?.model;

  test("33: a model is taken by its name, with a provider before it, and as a full model name", async () => {
    const session = await sessionWith("models", {});
    for (const name of ["opus", "haiku", "anthropic/opus", "claude-haiku-4-5", "openrouter/anthropic/opus"]) {
      await setOption(session.controls, "model", name);
      expect((await ask(session, "hello")).result.status).toBe("completed");
      expect(lastModel()).toContain(name.includes("opus") ? "opus" : "haiku");
    }
  });

  test("33: an unknown model fails before any prompt reaches the model, and names the known ones", async () => {
    const session = await sessionWith("unknown", { model: "gpt-9" });
    const from = model.requests().length;
    const { result, text } = await ask(session, "hello");
    expect(result).toMatchObject({ status: "failed", failure: { code: "unknown-model" } });
    expect(result.status === "failed" && result.failure.message).toMatch(/"gpt-9".*default, .*opus.*haiku/);
    expect(text).toBe("");
    expect(
      model
        .requests()
        .slice(from)
        .filter(({ kind }) => kind === "main"),
    ).toEqual([]);
    await setOption(session.controls, "model", "haiku");
    expect((await ask(session, "hello again")).text).toBe("Echo: hello again");
    expect(lastModel()).toContain("haiku");
  });

  test("33: a default of the host's that is no model of Claude's is dropped", async () => {
    const host = hostSide(engine);
    const handle = await host.ensure("inherited", { model: "openai/gpt-5.5", modelExplicit: false });
    expect(await host.asks(handle, "hello")).toMatchObject({ text: "Echo: hello" });
  });

  test("34: a model and an effort set while idle are kept over a restart, and a failed set keeps the old one", async () => {
    const session = await sessionWith("kept", {});
    await ask(session, "remember olive");
    await setOption(session.controls, "model", "haiku");
    if (hasEffort) await setOption(session.controls, "thinking", "high");
    await expect(setOption(session.controls, "model", "gpt-9")).rejects.toMatchObject({
      code: "unknown-model",
    });
    await engine.dispose({ keep: true });
    engine = await startEngine({ adapter, env: model.env(), home: engine.home });
    const kept = await sessionWith("kept", {});
    expect(await ask(kept, "what do you remember")).toMatchObject({ text: "I remember olive.", notices: [] });
    expect(lastModel()).toContain("haiku");
    if (hasEffort) expect(effortOf(kept)).toBe("high");
  });

  test("34: a model set while a turn runs holds for the next one", async () => {
    const session = await sessionWith("running", { model: "haiku" });
    const asked = Promise.withResolvers<void>();
    const held = Promise.withResolvers<void>();
    model.will("hold", () => {
      asked.resolve();
      return { ...say("held"), after: held.promise };
    });
    const running = ask(session, "hold on");
    await asked.promise;
    await setOption(session.controls, "model", "opus");
    held.resolve();
    expect((await running).text).toBe("held");
    await ask(session, "and now");
    expect(lastModel()).toContain("opus");
  });

  test("a mode is set and shown, an unknown one is refused and names those there are", async () => {
    const session = await sessionWith("mode", {});
    await ask(session, "hello");
    await setMode(session.controls, "plan");
    expect(session.controls.live?.opened.mode).toBe("plan");
    await expect(setMode(session.controls, "nonsense")).rejects.toThrow(
      /does not offer .*default, acceptEdits, plan/,
    );
    await setProfile(session.controls, "acceptEdits");
    expect(session.controls.live?.opened.mode).toBe("acceptEdits");
    expect((await session.record.read())?.options).toEqual({
      permission_mode: "acceptEdits",
      permission_mode_under: "ask",
    });
  });

  test("a mode that runs everything unasked cannot be chosen from the chat", async () => {
    const session = await sessionWith("unasked", {});
    const unasked = ["bypassPermissions", ...(adapter === "claude-agent-acp" ? ["auto"] : ["dontAsk"])];
    for (const mode of unasked) {
      await expect(setMode(session.controls, mode)).rejects.toMatchObject({ code: "refused" });
    }
    await expect(setProfile(session.controls, "bypassPermissions")).rejects.toMatchObject({
      code: "refused",
    });
    expect(await session.record.read().then((entry) => entry?.mode)).toBeUndefined();
  });

  test("a thinking level reaches Claude where the adapter has one, and stops nothing where it has none", async () => {
    const session = await sessionWith("thinking", { model: "opus", thinking: "high" });
    expect((await ask(session, "think")).text).toBe("Echo: think");
    expect(effortOf(session)).toBe(hasEffort ? "high" : undefined);
  });

  test("a configured default model is used, and the session's own choice wins", async () => {
    await engine.dispose({ keep: true });
    engine = await startEngine({ adapter, env: model.env(), home: engine.home, model: "haiku" });
    await ask(await sessionWith("default", {}), "hello");
    expect(lastModel()).toContain("haiku");
    await ask(await sessionWith("own", { model: "opus" }), "hello");
    expect(lastModel()).toContain("opus");
  });
});
