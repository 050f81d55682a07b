// What people are shown of a turn beside Claude's words: that a message waits, which tools run, what it cost, the end of what is long.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import type { DeliveryStyle } from "../../../src/delivery/style.ts";
import { NO_USAGE } from "../../../src/session/usage.ts";
import { startChat, type TestChat } from "../../support/chat.ts";
import { ADAPTERS, AS_IS, ask, startEngine } from "../../support/engine.ts";
import { type Model, say, startModel, useTool } from "../../support/model.ts";
import { tempDir, until } from "../../support/poll.ts";
import { type Script, scriptedAgent } from "../../support/scripted-agent.ts";

describe("a chat", () => {
  let chat: TestChat;
  afterEach(() => chat.dispose());

  async function scripted(turns: Script["turns"], style: Partial<DeliveryStyle> = {}) {
    const { path: dir, remove } = await tempDir("scripted");
    onTestFinished(remove);
    const { command } = scriptedAgent({ dir, script: { turns: turns ?? {} } });
    chat = await startChat({ command, env: { CLAUDE_CONFIG_DIR: dir }, style });
  }

  test("is told once that messages wait, and again when they wait another time", async () => {
    await scripted({ slow: [{ waitMs: 2_500 }, { say: "Slow." }] });
    for (const text of ["slow", "two", "three"]) await chat.says(text);
    await chat.sees("Echo: three");
    await chat.says("slow again");
    await chat.says("five");
    await chat.sees("Echo: five");
    expect(chat.texts()).toEqual([
      "Queued (2 waiting).",
      "Slow.",
      "Echo: two",
      "Echo: three",
      "Queued (1 waiting).",
      "Slow.",
      "Echo: five",
    ]);
  });

  test("sees each tool where it wants to, in its place among the words, and the host's record has only the words", async () => {
    await scripted(
      {
        work: [
          { say: "First." },
          { tool: "npm test" },
          { say: "Then." },
          { tool: "ls *_x*" },
          { say: "Done." },
        ],
      },
      { progress: "verbose" },
    );
    await chat.says("work");
    await chat.sees("Done.");
    expect(chat.texts().join("\n\n")).toBe("First.\n\n🔧 `npm test`\n\nThen.\n\n🔧 `ls *_x*`\n\nDone.");
    await until("the host's record", () => chat.mirrored.length === 2);
    expect(chat.mirrored[1]).toBe("assistant: First.\n\nThen.\n\nDone.");
  });

  test("gets the end of a long answer where it wants that, and all of it where it does not", async () => {
    const long = Array.from({ length: 400 }, (_, at) => `line ${at}`).join("\n");
    await scripted({ much: [{ say: long }] }, { mode: "final", longOutput: "tail" });
    await chat.says("much");
    const seen = await chat.sees("line 399");
    expect(seen).toMatch(/^… \d+ characters before this; all of it: \/cc history/);
    expect(seen.length).toBeLessThan(2_100);
    expect(chat.session.output.history(400, AS_IS)).toContain("line 0\n");
    chat.style.longOutput = "split";
    await chat.says("much");
    await until("all of it", () => chat.texts().includes(long));
  });
});

describe.each(ADAPTERS)("usage through %s", (adapter) => {
  const counts = adapter === "claude-agent-acp";
  let model: Model;
  beforeAll(async () => {
    model = await startModel();
  });
  afterAll(() => model.close());
  beforeEach(() => model.reset());

  test("is known after a turn, and stands under the answer where people want it", async () => {
    const chat = await startChat({ adapter, env: model.env(), style: { footer: "on" } });
    await chat.says("hello");
    const seen = await chat.sees(/Echo: hello\n\n.*\d s/);
    expect(seen).toMatch(counts ? /\n\nopus-\S+ · \d+ s · \d+ tokens · <\$0\.01$/ : /\n\n\d+ s$/);
    const { last, total, context } = await chat.session.usage();
    expect(total.turns).toBe(1);
    expect(total.workedMs).toBeGreaterThan(1);
    if (counts) {
      expect(last).toMatchObject({ model: expect.stringContaining("opus"), tokens: expect.any(Number) });
      expect(total.inputTokens + total.outputTokens).toBeGreaterThan(0);
      expect(total.cost).toBeGreaterThan(0);
      expect(context?.size).toBeGreaterThan(100_000);
    }
    await chat.dispose();
  });

  test("is written with the next thing that is written, counts on after a restart, and begins anew with a reset", async () => {
    let engine = await startEngine({ adapter, env: model.env(), profile: "bypassPermissions" });
    let writes = 0;
    const { upsert } = engine.map;
    engine.map.upsert = (...args) => {
      writes += 1;
      return upsert(...args);
    };
    await ask(engine.session(), "one");
    const before = writes;
    model.will("two", useTool("Bash", { command: "true" }));
    model.will((request) => request.toolResults.length > 0, say("Two."));
    await ask(engine.session(), "two");
    expect(writes - before).toBeLessThanOrEqual(1);
    await until("the session to be parked", () => engine.session().park());
    expect((await engine.session().record.read())?.usage?.turns).toBe(2);
    await engine.dispose({ keep: true });
    engine = await startEngine({ adapter, env: model.env(), home: engine.home });
    await ask(engine.session(), "three");
    expect((await engine.session().usage()).total.turns).toBe(3);
    await engine.session().reset("reset");
    expect((await engine.session().usage()).total).toEqual(NO_USAGE);
    await engine.dispose();
  });
});

describe.each(["live", "final"] as const)("what Claude Code says of its own, delivered %s", (mode) => {
  test("is a paragraph of its own, before Claude's words and behind them", async () => {
    const model = await startModel();
    onTestFinished(() => model.close());
    const env = model.env();
    const says = (text: string) => ({
      hooks: [{ type: "command", command: `echo '${JSON.stringify({ systemMessage: text })}'` }],
    });
    const hooks = {
      UserPromptSubmit: [says("see docs/page"), says("and docs/more")],
      Stop: [says("docs/end")],
    };
    await mkdir(String(env.CLAUDE_CONFIG_DIR), { recursive: true });
    await writeFile(join(String(env.CLAUDE_CONFIG_DIR), "settings.json"), JSON.stringify({ hooks }));
    const chat = await startChat({ env, style: { mode } });
    onTestFinished(() => chat.dispose());
    await chat.says("hello");
    await chat.sees("docs/end");
    const said = chat.texts().join("\n\n").split("\n\n");
    expect(said.map((text) => text.replace(/^ℹ️ \w+ says: /, "")).sort()).toEqual(
      ["see docs/page", "and docs/more", "Echo: hello", "docs/end"].sort(),
    );
    expect(said.indexOf("Echo: hello")).toBe(2);
  });
});
