// What holds for a session from its opening on: folders, instructions, a fallback model, a budget, and what it is told of them.
import { mkdir, realpath, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask, BOTH, startEngine, type TestEngine } from "../../support/engine.ts";
import { fail, type Model, startModel, useTool } from "../../support/model.ts";

describe.each(BOTH)("a session through %s", (adapter) => {
  let model: Model;
  let engine: TestEngine;
  const standing: { instructions?: string; fallbackModel?: string; maxBudgetUsd?: number } = {};
  beforeAll(async () => {
    model = await startModel();
    engine = await startEngine({ adapter, env: model.env(), standing: () => standing });
  });
  afterAll(async () => {
    await engine.dispose();
    await model.close();
  });
  const named = (key: string) => engine.session(`agent:cc:acp:${key}`);
  const system = () => JSON.stringify(model.requests().findLast(({ kind }) => kind === "main")?.body.system);

  test("is told the standing instructions it began with, and the next one those of then", async () => {
    standing.instructions = "Always answer like a pirate.";
    await ask(named("told"), "remember oar");
    expect(system()).toContain("Always answer like a pirate.");
    standing.instructions = "Answer like a lighthouse.";
    expect((await ask(named("told"), "what do you remember")).text).toBe("I remember oar.");
    await ask(named("next"), "hello");
    expect(system()).toContain("Answer like a lighthouse.");
    expect(system()).not.toContain("pirate");
    delete standing.instructions;
  });

  test("reads in an added folder without a question, from the next message on, and no more once it is taken back", async () => {
    const folder = join(await realpath(engine.home), "lib");
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "note.txt"), "the word is quince");
    const session = named("folders");
    const reads = async () => {
      const from = model.requests().length;
      model.will(useTool("Read", { file_path: join(folder, "note.txt") }));
      await ask(session, "read it");
      const told = model.requests().slice(from);
      return told.some(({ body }) => JSON.stringify(body.messages.at(-1)).includes("quince"));
    };
    await ask(session, "remember fig");
    expect(await reads()).toBe(false);
    await session.record.note({ folders: [folder] });
    expect(await reads()).toBe(true);
    expect((await ask(session, "what do you remember")).text).toBe("I remember fig.");
    await session.record.note({ folders: undefined });
    expect(await reads()).toBe(false);
  });

  test("fails where an added folder is gone, as often as it is tried, and holds up no other session", async () => {
    const session = named("gone");
    await session.ensure({});
    await session.record.note({ folders: [join(engine.home, "gone")] });
    // More often than there are slots.
    for (let time = 0; time < 9; time += 1)
      expect((await ask(session, "hello")).result).toMatchObject({
        status: "failed",
        failure: { code: "directory-missing" },
      });
    expect((await ask(named("beside"), "hello")).text).toBe("Echo: hello");
  });

  // The Claude Code of the older adapter fails all the same.
  test.runIf(adapter === "claude-agent-acp")(
    "goes on with the model to fall back to where the chosen one is overloaded",
    async () => {
      standing.fallbackModel = "haiku";
      const session = named("falls back");
      model.always(({ model: asked = "" }) => !asked.includes("haiku"), fail(529));
      const { text, result } = await ask(session, "hello");
      delete standing.fallbackModel;
      model.reset();
      expect(result.status).toBe("completed");
      expect(text).toContain("Echo: hello");
    },
  );

  // The older adapter tells no cost, so that only Claude Code itself stops it, in one process.
  test.runIf(adapter === "claude-agent-acp")(
    "does nothing more once it has cost what it may, and a new one begins at nothing",
    async () => {
      const session = named("costs");
      await ask(session, "remember coin");
      const { cost } = (await session.usage()).total;
      expect(cost).toBeGreaterThan(0);
      standing.maxBudgetUsd = cost;
      const from = model.requests().length;
      const { result } = await ask(session, "what do you remember");
      expect(result).toMatchObject({ status: "failed", failure: { code: "limit-reached" } });
      expect(model.requests().slice(from)).toEqual([]);
      await session.reset("reset");
      delete standing.maxBudgetUsd;
      expect((await ask(session, "what do you remember")).text).toBe("I remember nothing.");
    },
  );

  test("is stopped within a turn that would cost more", async () => {
    standing.maxBudgetUsd = 0.01;
    model.always(useTool("Read", { file_path: join(engine.cwd, "none") }));
    const said = await ask(named("runs on"), "look again and again");
    delete standing.maxBudgetUsd;
    model.reset();
    // The older one says it as a reason to stop, which the chat is told in words.
    expect(said.result).toMatchObject(
      adapter === "claude-agent-acp"
        ? { status: "failed", failure: { code: "limit-reached" } }
        : { status: "completed", stopReason: "max_turn_requests" },
    );
  });
});
