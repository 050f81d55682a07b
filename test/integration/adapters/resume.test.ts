// Going on with a session whose world has changed meanwhile: another directory named, another program in it, a model gone.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SessionCatalog } from "../../../src/catalog/catalog.ts";
import { ELSEWHERE, staysIn } from "../../../src/session/sentences.ts";
import { ADAPTERS, ask, startEngine, type TestEngine } from "../../support/engine.ts";
import { hostSide } from "../../support/host-side.ts";
import { type Model, startModel, useTool } from "../../support/model.ts";
import { until } from "../../support/poll.ts";
import { inTerminal } from "../../support/terminal.ts";

describe.each(ADAPTERS)("a session through %s goes on", (adapter) => {
  let model: Model;
  let engine: TestEngine;
  const start = (home?: string) =>
    startEngine({ adapter, env: model.env(), profile: "bypassPermissions", ...(home ? { home } : {}) });
  beforeAll(async () => {
    model = await startModel();
    engine = await start();
  });
  afterAll(async () => {
    await engine.dispose();
    await model.close();
  });

  const session = (name: string) => engine.session(`agent:cc:acp:${name}`);
  async function restart(): Promise<void> {
    await engine.dispose({ keep: true });
    engine = await start(engine.home);
  }
  // A turn is told to be over a moment before its session is idle.
  const park = (name: string) => until("the session to be idle", () => session(name).park());
  async function folder(name: string): Promise<string> {
    const path = join(engine.home, name);
    await mkdir(path, { recursive: true });
    return path;
  }
  const terminal = (cwd: string, ...args: string[]) => inTerminal({ adapter, env: model.env(), cwd, args });

  test("27: in the directory it began in, whatever directory is named, with its memory and one note", async () => {
    const other = await folder("other");
    await ask(session("moved"), "remember fennel");
    await park("moved");
    await session("moved").ensure({ cwd: other });
    expect(await ask(session("moved"), "what do you remember")).toMatchObject({
      text: "I remember fennel.",
      notices: [staysIn({ began: engine.cwd, wanted: other, name: "Claude" })],
    });
    model.will(useTool("Bash", { command: "pwd" }));
    expect(await ask(session("moved"), "where are you")).toMatchObject({
      text: expect.stringContaining(engine.cwd),
      notices: [],
    });
    expect((await session("moved").record.read())?.cwd).toBe(engine.cwd);
  });

  test("32: without a model, effort or mode that is gone, with a warning, and once", async () => {
    await park("moved");
    const { record } = session("moved");
    await record.noteOption("model", "claude-retired-9");
    await record.noteOption("thinking", "gigantic");
    await record.noteOption("mode", "reckless");
    const said = await ask(session("moved"), "what do you remember");
    expect(said).toMatchObject({ text: "I remember fennel.", result: { status: "completed" } });
    // The older adapter has no effort, so that none is asked of it.
    const gone = adapter === "claude-agent-acp" ? ["mode", "model", "thinking"] : ["mode", "model"];
    expect(said.notices.map((text) => text.split('"')[0])).toEqual(
      gone.map((key) => `Claude does not take the ${key === "thinking" ? "effort" : key} `),
    );
    for (const key of gone) expect(await record.read()).not.toHaveProperty(key);
    await park("moved");
    expect(await ask(session("moved"), "what do you remember")).toMatchObject({ notices: [] });
  });

  test("27: one of a terminal where the terminal was, without a word", async () => {
    const other = await folder("shop");
    const id = crypto.randomUUID();
    await terminal(other, "--session-id", id, "remember dill");
    const catalog = new SessionCatalog({
      sessions: engine.sessions,
      agents: () => ["cc"],
      forgotten: async () => {},
    });
    const { identity } = session("adopted");
    expect(await catalog.resume({ ref: id, into: identity })).toMatchObject({
      claudeSessionId: id,
      cwd: other,
    });
    const said = await ask(session("adopted"), "what do you remember");
    expect(said).toMatchObject({ text: "I remember dill.", notices: [] });
  });

  test("with a word that it went on in a terminal meanwhile: live, after it was parked, and after a restart", async () => {
    await ask(session("shared"), "remember sage");
    const { claudeSessionId: id = "" } = (await session("shared").record.read()) ?? {};
    let known = "sage";
    // The older Claude Code takes its time to start, and parking is the same with both.
    const herbs = adapter === "claude-agent-acp" ? ["thyme", "mint", "basil"] : ["thyme", "basil"];
    for (const herb of herbs) {
      if (herb === "mint") await park("shared");
      await terminal(engine.cwd, "--resume", id, `remember ${herb}`);
      if (herb === "basil") await restart();
      known += `, ${herb}`;
      const said = await ask(session("shared"), "what do you remember");
      expect(said).toMatchObject({ text: `I remember ${known}.`, notices: [ELSEWHERE] });
    }
    await park("shared");
    expect(await ask(session("shared"), "what do you remember")).toMatchObject({ notices: [] });
  });

  test("32: with the settings' own options, when they are reset, and nothing is started for that", async () => {
    const host = hostSide(engine);
    const handle = await host.ensure("options", { model: "haiku", modelExplicit: true, thinking: "high" });
    await host.asks(handle, "remember chive");
    await park("options");
    await host.runtime.close({ handle, reason: "reset-runtime-options" });
    expect((await session("options").status()).state).toBe("parked");
    expect(await session("options").record.read()).not.toHaveProperty("thinking");
    expect(await host.asks(handle, "what do you remember")).toMatchObject({ text: "I remember chive." });
    expect(model.requests().findLast(({ kind }) => kind === "main")?.model).not.toContain("haiku");
  });
});
