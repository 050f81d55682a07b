// A fresh session through either adapter: at once, whatever the old one does, and nothing of it reaches the new one.
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { ask, listen, RUNNERS, startEngine, type TestEngine } from "../../support/engine.ts";
import { type Model, say, silence, startModel, useTool } from "../../support/model.ts";
import { until } from "../../support/poll.ts";

describe.each(RUNNERS)("with %s", (adapter) => {
  let model: Model;
  let engine: TestEngine;
  beforeAll(async () => {
    model = await startModel();
    engine = await startEngine({ adapter, env: model.env(), profile: "bypassPermissions" });
  });
  afterAll(async () => {
    await engine.dispose();
    await model.close();
  });
  afterEach(() => model.reset());

  const idOf = async (name: string) => (await session(name).record.read())?.claudeSessionId;
  const session = (name: string) => engine.session(`agent:cc:acp:${name}`);

  test("30: a reset is answered within 1 s; the next session has another id and no memory, and the old id is kept", async () => {
    await ask(session("idle"), "remember mango");
    const before = await idOf("idle");
    const from = performance.now();
    await session("idle").reset("reset");
    expect(performance.now() - from).toBeLessThan(1_000);
    expect(await ask(session("idle"), "what do you remember")).toMatchObject({
      text: "I remember nothing.",
      notices: [],
    });
    expect(await idOf("idle")).not.toBe(before);
    expect(await session("idle").record.read()).toMatchObject({
      generation: 2,
      state: "active",
      retired: [{ claudeSessionId: before, reason: "reset" }],
    });
  });

  test("after a reset the next session is warmed, and its first words come sooner than those of one that opens", async () => {
    const firstWords = async (key: string) => {
      const from = performance.now();
      const turn = session(key).prompt({ id: "1", text: "hello", images: [], audience: { is: "caller" } });
      await new Promise<void>((resolve) => turn.read(({ type }) => type === "text" && resolve()));
      const ms = performance.now() - from;
      expect((await turn.result).status).toBe("completed");
      return ms;
    };
    await ask(session("warm"), "remember mango");
    await session("warm").reset("reset");
    await until("the warm session", async () => (await session("warm").status()).state === "ready");
    const warm = await firstWords("warm");
    expect(warm).toBeLessThan(await firstWords("opens"));
  });

  test("30: a message right behind the reset is the new session's", async () => {
    await ask(session("behind"), "remember mango");
    const resetting = session("behind").reset("reset");
    const said = await ask(session("behind"), "what do you remember");
    await resetting;
    expect(said.text).toBe("I remember nothing.");
    expect((await ask(session("behind"), "remember lychee")).text).toBe("OK, lychee.");
    expect((await ask(session("behind"), "what do you remember")).text).toBe("I remember lychee.");
  });

  test("29: a reset while the answer streams cuts it there; nothing more of it comes", async () => {
    model.will("long", say("word ".repeat(200), { chunks: 200, gapMs: 30 }));
    const turn = session("streams").prompt({
      id: "1",
      text: "a long one",
      images: [],
      audience: { is: "caller" },
    });
    const heard = listen(turn);
    await new Promise<void>((resolve) => turn.read(({ type }) => type === "text" && resolve()));
    const from = performance.now();
    await session("streams").reset("reset");
    expect(performance.now() - from).toBeLessThan(1_000);
    const { text, result } = await heard;
    expect(result.status).toBe("cancelled");
    expect((await ask(session("streams"), "what do you remember")).text).toBe("I remember nothing.");
    expect(text.length).toBeLessThan(900);
  });

  test("29: a reset while the API hangs, with messages that wait, drops them all and answers the next at once", async () => {
    model.will("hang", silence());
    const turns = ["hang", "second"].map((text) =>
      session("hangs").prompt({ id: text, text, images: [], audience: { is: "caller" } }),
    );
    await turns[0]?.submitted;
    const from = performance.now();
    await session("hangs").reset("reset");
    expect(performance.now() - from).toBeLessThan(1_000);
    for (const turn of turns) expect((await turn.result).status).toBe("cancelled");
    expect((await ask(session("hangs"), "hello")).text).toBe("Echo: hello");
    expect(model.prompts()).not.toContain("second");
  });

  test("29: a command that runs is ended by a reset", async () => {
    model.will(
      "run",
      useTool("Bash", { command: "node -e 'setTimeout(() => {}, 90_000)'", description: "waits" }),
    );
    const turn = session("runs").prompt({ id: "1", text: "run it", images: [], audience: { is: "caller" } });
    const running = () => engine.claudes().some(({ command }) => command.startsWith("node -e setTimeout"));
    await until("the command", running);
    await session("runs").reset("reset");
    expect((await turn.result).status).toBe("cancelled");
    await until("its end", () => !running(), { withinMs: 5_000 });
  });

  test("/clear is a reset: the map is true, and no Claude ever sees it", async () => {
    await ask(session("clear"), "remember mango");
    const before = await idOf("clear");
    const said = await ask(session("clear"), "/clear");
    expect(said).toMatchObject({
      text: "",
      notices: [expect.stringMatching(/^New session/)],
      result: { status: "completed" },
    });
    expect((await ask(session("clear"), "what do you remember")).text).toBe("I remember nothing.");
    expect(await idOf("clear")).not.toBe(before);
    expect(JSON.stringify(model.requests().map(({ texts }) => texts))).not.toContain("/clear");
  });

  test("closed means closed, after a restart too; the next message is a new session's", async () => {
    await ask(session("closed"), "remember mango");
    const before = await idOf("closed");
    await session("closed").close({ discard: true, reason: "closed" });
    expect(await ask(session("closed"), "hello")).toMatchObject({
      text: "",
      result: { status: "failed", failure: { code: "closed" } },
    });
    await engine.dispose({ keep: true });
    engine = await startEngine({
      adapter,
      env: model.env(),
      home: engine.home,
      profile: "bypassPermissions",
    });
    expect((await session("closed").record.read())?.state).toBe("closed");
    await session("closed").ensure({});
    expect((await ask(session("closed"), "what do you remember")).text).toBe("I remember nothing.");
    expect(await session("closed").record.read()).toMatchObject({
      state: "active",
      retired: [{ claudeSessionId: before }],
    });
  });

  test("what was closed begins again in the directory it had", async () => {
    const elsewhere = await realpath(await mkdtemp(join(tmpdir(), "contractor-elsewhere-")));
    await session("moved").ensure({ cwd: elsewhere });
    await session("moved").close({ discard: true, reason: "closed" });
    expect((await session("moved").ensure({})).cwd).toBe(elsewhere);
    await rm(elsewhere, { recursive: true });
  });

  test("49: a close of what is already gone is fine, twice", async () => {
    await ask(session("gone"), "hello");
    await session("gone").close({ discard: false, reason: "killed" });
    await session("gone").close({ discard: true, reason: "closed" });
    await session("gone").close({ discard: true, reason: "closed" });
    expect((await session("gone").record.read())?.state).toBe("closed");
  });
});
