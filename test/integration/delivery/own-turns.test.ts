// What Claude does when nobody asked it to: a background command ends, a word comes late, a question comes up meanwhile.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { startChat, type TestChat } from "../../support/chat.ts";
import { AS_IS, ask } from "../../support/engine.ts";
import { type Model, type ModelRequest, say, startModel, useTool } from "../../support/model.ts";
import { tempDir, until } from "../../support/poll.ts";
import { scriptedAgent } from "../../support/scripted-agent.ts";

const REPORTED = (request: ModelRequest) =>
  JSON.stringify(request.body.messages.at(-1)).includes("task-notification");

describe("after a turn", () => {
  let model: Model;
  let chat: TestChat;
  beforeAll(async () => {
    model = await startModel();
  });
  afterAll(() => model.close());
  beforeEach(() => model.reset());
  afterEach(() => chat.dispose());

  // Claude starts a command in the background, says so, and is told by Claude Code when it has ended.
  async function startInBackground(command: string): Promise<void> {
    model.will("start", useTool("Bash", { command, run_in_background: true }));
    model.will((request) => request.toolResults.length > 0, say("Started."));
    await chat.says("start");
    await chat.sees("Started.");
  }

  test("what Claude says when its command has ended is a message of its own, once, in its thread", async () => {
    chat = await startChat({ env: model.env(), profile: "bypassPermissions" });
    model.always(REPORTED, say("The command has ended.\n\nAll is well."));
    await startInBackground("sleep 1; echo ended");
    expect(chat.session.activity.inBackground).toEqual(["sleep 1; echo ended"]);
    await chat.sees("All is well.");
    await until("the session to be at rest", () => chat.session.idleMs !== undefined);
    expect(chat.texts().join("\n\n")).toBe("Started.\n\nThe command has ended.\n\nAll is well.");
    expect(chat.posts.every(({ route }) => route.threadId === 7)).toBe(true);
    expect(chat.mirrored.at(-1)).toBe("assistant: The command has ended.\n\nAll is well.");
    expect(chat.session.activity.inBackground).toEqual([]);
  });

  test("a prompt that comes meanwhile waits for it, and neither hears the other's words", async () => {
    chat = await startChat({ env: model.env(), profile: "bypassPermissions" });
    model.always(REPORTED, say("Report: one two three four.", { chunks: 8, gapMs: 150 }));
    await startInBackground("sleep 1");
    await until("Claude to begin its report", () => chat.session.output.tail(100).includes("Report"));
    await chat.says("hello");
    await chat.sees("Echo: hello");
    expect(chat.texts()).toEqual(["Started.", "Report: one two three four.", "Echo: hello"]);
  });

  test("a question is asked in the chat, says that nobody asked for this, and takes the answer", async () => {
    chat = await startChat({ env: model.env(), profile: "ask" });
    model.always(REPORTED, useTool("Bash", { command: "touch made-it" }));
    model.always(
      (request) => /touch made-it/.test(JSON.stringify(request.body)) && request.toolResults.length > 0,
      say("Made."),
    );
    await startInBackground("sleep 1");
    await chat.sees("touch made-it");
    expect(chat.texts().join("\n")).toContain("goes on by itself");
    await chat.says("hello");
    expect(chat.answers("y")).toBe(true);
    await chat.sees("Made.");
    await chat.sees("Echo: hello");
  });

  test("a cancel ends it, and the next prompt works", async () => {
    chat = await startChat({ env: model.env(), profile: "bypassPermissions" });
    model.always(REPORTED, say("word ".repeat(60), { chunks: 60, gapMs: 200 }));
    await startInBackground("sleep 1");
    await until("Claude to begin", () => chat.session.output.tail(100).includes("word"));
    const began = performance.now();
    await chat.session.cancel("cancelled");
    expect(performance.now() - began).toBeLessThan(3_000);
    await chat.says("hello");
    await chat.sees("Echo: hello");
  });

  test("a session with something in the background is not parked, and is when it is over", async () => {
    chat = await startChat({ env: model.env(), profile: "bypassPermissions", limits: { idleMs: 300 } });
    model.always(REPORTED, say("It has ended."));
    await startInBackground("sleep 4");
    await chat.sees("It has ended.");
    await until("the session to be parked", async () => (await chat.session.status()).state === "parked");
  });

  test("without a chat it is in the host's record and in what was said lately, and in nobody's next turn", async () => {
    chat = await startChat({ env: model.env(), profile: "bypassPermissions" });
    model.always(REPORTED, say("Nobody hears this."));
    model.will("start", useTool("Bash", { command: "sleep 1", run_in_background: true }));
    model.will((request) => request.toolResults.length > 0, say("Started."));
    await ask(chat.session, "start");
    await until("it to be known", () => chat.unheard.length === 1, { withinMs: 20_000 });
    expect(chat.mirrored).toEqual(["assistant: Nobody hears this."]);
    expect(chat.session.output.history(5, AS_IS)).toContain("Nobody hears this.");
    expect((await ask(chat.session, "hello")).text).toBe("Echo: hello");
    expect(chat.posts).toEqual([]);
  });
});

describe("through the older adapter", () => {
  test("Claude has no background, whose end it would give out as the answer to a later prompt", async () => {
    const model = await startModel();
    const chat = await startChat({
      adapter: "claude-code-acp",
      env: model.env(),
      profile: "bypassPermissions",
    });
    model.will("start", useTool("Bash", { command: "sleep 1", run_in_background: true }));
    await chat.says("start");
    await chat.sees(/unexpected parameter `run_in_background`/);
    await chat.says("hello");
    await chat.sees("Echo: hello");
    await chat.dispose();
    await model.close();
  });
});

describe("given an adapter that tells nothing of its life", () => {
  let chat: TestChat;
  afterEach(() => chat.dispose());

  async function scripted(turns: Parameters<typeof scriptedAgent>[0]["script"]) {
    const { path: dir, remove } = await tempDir("scripted");
    onTestFinished(remove);
    const agent = scriptedAgent({ dir, script: turns ?? {} });
    chat = await startChat({ command: agent.command, env: { CLAUDE_CONFIG_DIR: dir } });
  }

  test.each([
    ["after its turn", 50],
    ["right behind its end, in the same breath", 0],
  ])(
    "a word that comes %s is a message of its own, and a prompt right behind it hears none of it",
    async (_, afterMs) => {
      await scripted({ turns: { first: [{ say: "Done." }, { late: "One thing more.", afterMs }] } });
      await chat.says("first");
      await chat.sees("One thing more.");
      await chat.says("second");
      await chat.sees("Echo: second");
      expect(chat.texts()).toEqual(["Done.", "One thing more.", "Echo: second"]);
    },
  );

  test("what comes after a cancelled turn is heard by nobody", async () => {
    await scripted({ turns: { first: [{ say: "Working." }, { late: "Rest." }, { hang: true }] } });
    await chat.says("first");
    await until("Claude to work", () => chat.session.output.tail(50).includes("Working"));
    await chat.session.cancel("cancelled");
    await chat.says("second");
    await chat.sees("Echo: second");
    expect(chat.texts().join()).not.toContain("Rest.");
  });
});
