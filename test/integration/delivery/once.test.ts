// A prompt is given to Claude once, whatever falls together with the end and the start of a gateway. I4 (docs/architecture.md).
import { expect, onTestFinished, test } from "vitest";
import type { Inbox } from "../../../state/inbox.ts";
import { startChat } from "../../support/chat.ts";
import { tempDir, until } from "../../support/poll.ts";
import { scriptedAgent } from "../../support/scripted-agent.ts";

async function scripted() {
  const { path: dir, remove } = await tempDir("once");
  onTestFinished(remove);
  const agent = scriptedAgent({ dir, script: { turns: { dig: [{ hang: true }] } } });
  const starts = async (o: { home?: string; inbox?: (real: Inbox) => Inbox } = {}) => {
    const chat = await startChat({ command: agent.command, env: { CLAUDE_CONFIG_DIR: dir }, ...o });
    onTestFinished(() => chat.dispose());
    return chat;
  };
  const prompts = () => agent.received("session/prompt").map(({ params }) => JSON.stringify(params));
  return { starts, given: (text: string) => prompts().filter((one) => one.includes(text)).length };
}

test("a message that comes before the new gateway has looked at what the old one left is run once, and answered once", async () => {
  const { starts, given } = await scripted();
  const first = await starts();
  await first.says("dig");
  await until("the prompt", () => given("dig") === 1);
  // What waits behind it was accepted, and the end of the gateway came first.
  await first.says("left over");
  await first.dispose({ keep: true });
  expect(await first.inbox()).toEqual(["dig: submitted", "left over: accepted"]);
  const next = await starts({ home: first.engine.home });
  // It is done by the time its turn comes in the list of what was found: the report before it is posted behind its answer.
  await next.says("hello");
  await next.recovers();
  await next.sees("Echo: left over");
  await until("all to be done", async () => (await next.inbox()).length === 0);
  expect(given("hello")).toBe(1);
  expect(given("left over")).toBe(1);
  expect(given("dig")).toBe(1);
  expect(next.texts().filter((text) => text.includes("Echo: hello"))).toHaveLength(1);
  expect(next.texts().filter((text) => text.includes("interrupted"))).toHaveLength(1);
});

test("Claude gets a prompt when it is on disk that it gets it: a gateway killed in between does not run it again", async () => {
  const { starts, given } = await scripted();
  const noting = Promise.withResolvers<void>();
  const written = Promise.withResolvers<void>();
  const slow = (real: Inbox): Inbox => ({
    ...real,
    submitted: async (id) => {
      noting.resolve();
      await written.promise;
      await real.submitted(id);
    },
  });
  const chat = await starts({ inbox: slow });
  await chat.says("hello");
  await noting.promise;
  expect(given("hello")).toBe(0);
  written.resolve();
  await chat.sees("Echo: hello");
  expect(given("hello")).toBe(1);
});

test("a prompt that cannot be noted as given is not given, and its sender is told", async () => {
  const { starts, given } = await scripted();
  const full = (real: Inbox): Inbox => ({
    ...real,
    submitted: async () => {
      throw Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
    },
  });
  const chat = await starts({ inbox: full });
  await chat.says("hello");
  await chat.sees("⚠️");
  expect(given("hello")).toBe(0);
});
