// What a user reads when Anthropic refuses: one sentence with a name and a next step, once, through either adapter.
import { existsSync } from "node:fs";
import { rename } from "node:fs/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type FailureCode, describe as inWords } from "../../../common/failure.ts";
import { ADAPTERS, ask, type Said, startEngine, type TestEngine } from "../../support/engine.ts";
import { fail, failMidStream, type Model, startModel } from "../../support/model.ts";
import { until } from "../../support/poll.ts";

/** The HTTP error the model answers with, what it is called, and what the user must be able to read in it. */
const ERRORS: [string, Parameters<typeof fail>, FailureCode, RegExp][] = [
  ["401", [401, { message: "invalid x-api-key" }], "not-logged-in", /not logged in.*log in/],
  ["403", [403, { message: "Your account does not have access" }], "not-logged-in", /log/],
  [
    "400 for want of credit",
    [400, { message: "Your credit balance is too low to access the Anthropic API." }],
    "not-logged-in",
    /billing.*credit/s,
  ],
  ["404 of the model", [404, { message: "model: claude-x" }], "unknown-model", /model.*\/cc model/s],
  [
    "413",
    [413, { message: "Request exceeds the maximum size" }],
    "prompt-too-long",
    /context.*\/compact.*\/new/s,
  ],
  [
    "400 since the prompt is too long",
    [400, { message: "prompt is too long: 250000 tokens > 200000 maximum" }],
    "prompt-too-long",
    /context.*\/compact.*\/new/s,
  ],
  [
    "400 of another kind",
    [400, { message: "messages.1: something odd" }],
    "provider-error",
    /something odd.*again/s,
  ],
  ["429", [429, { message: "This request would exceed your rate limit" }], "rate-limited", /limit.*[Ww]ait/s],
  ["529", [529, { message: "Overloaded" }], "overloaded", /did not answer.*again/s],
  ["500", [500, { message: "Internal server error" }], "overloaded", /did not answer.*again/s],
];

describe.each(ADAPTERS)("44: an error of the API through %s", (adapter) => {
  let model: Model;
  let engine: TestEngine;
  beforeAll(async () => {
    model = await startModel();
    engine = await startEngine({ adapter, env: { ...model.env(), CLAUDE_CODE_MAX_RETRIES: "1" } });
    await ask(engine.session(), "remember melon");
  });
  afterAll(async () => {
    await engine.dispose();
    await model.close();
  });
  afterEach(() => model.reset());

  // The older one tells nothing of it at all.
  test.runIf(adapter === "claude-agent-acp")(
    "of a command that shortens the conversation is a failure, and not its end",
    async () => {
      const session = engine.session("agent:cc:acp:compacted");
      await ask(session, "remember melon");
      model.compacts(fail(400, { message: "prompt is too long: 250000 tokens > 200000 maximum" }));
      const { result, text } = await ask(session, "/compact");
      const told = result.status === "failed" ? inWords(result.failure, "chat") : text;
      expect(told).toMatch(/shorten|too long|could not/i);
      expect(told).not.toMatch(/done/);
      model.reset();
      expect((await ask(session, "what do you remember")).text).toBe("I remember melon.");
    },
  );

  test.each(ERRORS)(
    "%s is told once, by its name, and the next message works",
    async (_, http, code, words) => {
      model.always("please fail", fail(...http));
      const said = await ask(engine.session(), "please fail");
      expect(said.result).toMatchObject({ status: "failed", failure: { code } });
      const shown = shownOf(said);
      expect(shown).toMatch(words);
      expect(shown).not.toMatch(/Internal error|-32\d\d\d|\[object|undefined/);
      // Claude Code also writes the error into its answer: that must not be read beside ours.
      expect(said.text).toBe("");
      // What does not fit is compacted first, which is told.
      expect(said.notices.filter((one) => !one.includes("it was compacted"))).toEqual([]);
      model.reset();
      expect((await ask(engine.session(), "what do you remember")).text).toBe("I remember melon.");
    },
  );

  test("an error that passes is not told at all", async () => {
    model.will("twice", fail(529));
    expect(await ask(engine.session(), "twice")).toMatchObject({ text: "Echo: twice", notices: [] });
  });

  // The older Claude Code takes a stream that broke for a complete answer (docs/adapter-notes.md#retries-and-cut-streams): nothing here can tell.
  test.runIf(adapter === "claude-agent-acp")(
    "a stream cut by an error is asked for again, and said once",
    async () => {
      model.will("cut", failMidStream({ partial: "Half a sen" }));
      const { text, result } = await ask(engine.session(), "cut it");
      expect(result.status).toBe("completed");
      expect(text.endsWith("Echo: cut it")).toBe(true);
    },
  );
});

describe.each(ADAPTERS)("44: without a login through %s", (adapter) => {
  test("the user is told to log in, at once", async () => {
    const model = await startModel();
    const env = { ...model.env(), ANTHROPIC_API_KEY: "", HOME: model.env().CLAUDE_CONFIG_DIR ?? "" };
    const engine = await startEngine({ adapter, env });
    const said = await ask(engine.session(), "hello");
    expect(said.result).toMatchObject({ status: "failed", failure: { code: "not-logged-in" } });
    expect(shownOf(said)).toMatch(/log in/);
    await engine.dispose();
    await model.close();
  });
});

describe.each(ADAPTERS)("44: through %s", (adapter) => {
  test("a directory that is gone is named, with a past or without, and is worked in as soon as it is back", async () => {
    const model = await startModel();
    const engine = await startEngine({ adapter, env: model.env() });
    const [old, fresh] = ["old", "fresh"].map((name) => engine.session(`agent:cc:acp:${name}`));
    if (!old || !fresh) throw new Error("two were made");
    await ask(old, "remember papaya");
    await until("the session to be idle", () => old.park());
    const live = engine.session("agent:cc:acp:live");
    await ask(live, "remember quince");
    await rename(engine.cwd, `${engine.cwd}-aside`);
    for (const session of [live, old, fresh]) {
      const said = await ask(session, "hello");
      expect(said.result).toMatchObject({ status: "failed", failure: { code: "directory-missing" } });
      expect(shownOf(said)).toBe(
        `The working directory ${engine.cwd} does not exist. Was it moved or deleted? Put it back, then send your message again: the session and its memory are kept. Or begin a new session in another one: /cc restart PATH`,
      );
    }
    expect(existsSync(engine.cwd)).toBe(false);
    await rename(`${engine.cwd}-aside`, engine.cwd);
    expect((await ask(live, "what do you remember")).text).toBe("I remember quince.");
    expect((await ask(old, "what do you remember")).text).toBe("I remember papaya.");
    expect((await ask(fresh, "hello")).text).toBe("Echo: hello");
    await engine.dispose();
    await model.close();
  });

  test("a Claude Code that is not there is named, with how to set it up", async () => {
    const engine = await startEngine({ adapter, claude: "/nowhere/bin/claude" });
    const said = await ask(engine.session(), "hello");
    expect(said.result).toMatchObject({ status: "failed", failure: { code: "harness-broken" } });
    expect(shownOf(said)).toMatch(/\/nowhere\/bin\/claude.*openclaw contractor-agents setup/s);
    await engine.dispose();
  });
});

/** All a chat would show of it. */
function shownOf(said: Said): string {
  const ending = said.result.status === "failed" ? inWords(said.result.failure, "chat") : "";
  return [said.text, ...said.notices, ending].join("\n").trim();
}
