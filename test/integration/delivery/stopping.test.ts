// What comes while the gateway is told to end: it is kept for the next one, and nobody hears of adapters that were ended.
import { expect, onTestFinished, test } from "vitest";
import { startChat } from "../../support/chat.ts";
import { tempDir, until } from "../../support/poll.ts";
import { scriptedAgent } from "../../support/scripted-agent.ts";

async function scripted() {
  const { path: dir, remove } = await tempDir("scripted");
  onTestFinished(remove);
  const agent = scriptedAgent({ dir, script: { turns: { dig: [{ hang: true }] } } });
  const chat = await startChat({ command: agent.command, env: { CLAUDE_CONFIG_DIR: dir } });
  onTestFinished(() => chat.dispose());
  const prompts = () => agent.received("session/prompt").length;
  return { chat, prompts };
}

test("a message that is being accepted then is on disk, and not begun", async () => {
  const { chat, prompts } = await scripted();
  await chat.says("hello");
  await chat.sees("Echo: hello");
  const accepted = chat.says("go on");
  await chat.stops();
  expect(await accepted).toBe("accepted");
  expect(await chat.inbox()).toEqual(["go on: accepted"]);
  expect(chat.texts()).toEqual(["Echo: hello"]);
  expect(prompts()).toBe(1);
});

test("a message that comes behind a running turn is as well, and the turn is left to be reported", async () => {
  const { chat, prompts } = await scripted();
  await chat.says("dig");
  await until("the prompt", () => prompts() === 1);
  const accepted = chat.says("go on");
  await chat.stops();
  expect(await accepted).toBe("accepted");
  expect(await chat.inbox()).toEqual(["dig: submitted", "go on: accepted"]);
  expect(chat.texts()).toEqual([]);
  expect(prompts()).toBe(1);
});
