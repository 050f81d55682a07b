// A prompt is given to Claude once, and its answer posted once, whatever falls together with the end and the start of a gateway. I4 (docs/architecture.md).
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { PostFailure } from "../../../src/delivery/outbound.ts";
import type { Inbox } from "../../../state/inbox.ts";
import { startChat } from "../../support/chat.ts";
import { type Model, say, startModel } from "../../support/model.ts";
import { tempDir, until } from "../../support/poll.ts";
import { scriptedAgent } from "../../support/scripted-agent.ts";

async function scripted() {
  const { path: dir, remove } = await tempDir("once");
  onTestFinished(remove);
  const agent = scriptedAgent({ dir, script: { turns: { dig: [{ hang: true }] } } });
  const starts = async (
    o: { home?: string; inbox?: (real: Inbox) => Inbox; fails?: () => Error | undefined } = {},
  ) => {
    const chat = await startChat({ command: agent.command, env: { CLAUDE_CONFIG_DIR: dir }, ...o });
    onTestFinished(() => chat.dispose());
    return chat;
  };
  /** A gateway that ended in a turn, with a message accepted behind that. */
  const endsInTurn = async () => {
    const chat = await starts();
    await chat.says("dig");
    await until("the prompt", () => given("dig") === 1);
    // What waits behind it was accepted, and the end of the gateway came first.
    await chat.says("left over");
    await chat.dispose({ keep: true });
    return chat;
  };
  const prompts = () => agent.received("session/prompt").map(({ params }) => JSON.stringify(params));
  const given = (text: string) => prompts().filter((one) => one.includes(text)).length;
  return { starts, endsInTurn, given };
}

test("a message that comes before the new gateway has looked at what the old one left is run once, and answered once", async () => {
  const { starts, endsInTurn, given } = await scripted();
  const first = await endsInTurn();
  expect(await first.inbox()).toEqual(["dig: submitted", "left over: accepted"]);
  // It is in the list of what was found, and done by the time its turn comes there.
  const answered = Promise.withResolvers<void>();
  const slow = (real: Inbox): Inbox => ({
    ...real,
    all: async () => {
      const found = await real.all();
      await answered.promise;
      return found;
    },
  });
  const next = await starts({ home: first.engine.home, inbox: slow });
  await next.says("hello");
  const recovered = next.recovers();
  await next.sees("Echo: hello");
  answered.resolve();
  await recovered;
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

describe("an answer that the channel does not take before the gateway ends", () => {
  let model: Model;
  beforeAll(async () => {
    model = await startModel();
  });
  afterAll(() => model.close());

  async function ends(loss: "unsent" | "unknown") {
    model.will("dig", say("Found it.\n\nAnd a key."));
    let tries = 0;
    const fails = (text: string) => {
      if (!text.includes("key")) return undefined;
      tries += 1;
      return new PostFailure(loss, "away");
    };
    const first = await startChat({ env: model.env(), fails });
    onTestFinished(() => first.dispose());
    await first.says("dig");
    await until("the last words to be tried", () => tries > 0);
    const { posted, posting } = (await first.found())[0] ?? {};
    await first.stops();
    await first.dispose({ keep: true });
    expect(`${posted}|${posting}`).toMatch(/key/);
    const next = await startChat({ env: model.env(), home: first.engine.home });
    onTestFinished(() => next.dispose());
    await next.recovers();
    await next.sees("And a key.");
    await until("all to be done", async () => (await next.inbox()).length === 0);
    return { before: first.texts(), after: next.texts() };
  }

  test.each(["unsent", "unknown"] as const)(
    "is posted by the next one, and says that it may be there (%s)",
    async (loss) => {
      const { before, after } = await ends(loss);
      expect([...before, ...after]).toEqual(
        before.length === 1
          ? ["Found it.", "(again, because the connection was lost)\n\nAnd a key."]
          : ["(again, because the connection was lost)\n\nFound it.\n\nAnd a key."],
      );
    },
  );
});

test.each([
  ["posted", 0],
  ["about to be posted", 1],
])(
  "a report that was %s when its gateway was killed stands there once without a word that it comes again",
  async (_, away) => {
    const { starts, given } = await scripted();
    const first = await starts();
    await first.says("dig");
    await until("the prompt", () => given("dig") === 1);
    await first.dispose({ keep: true });
    let tries = 0;
    const killed = (real: Inbox): Inbox => ({ ...real, done: () => new Promise(() => {}) });
    const fails = () => (away > tries++ ? new PostFailure("unknown", "killed") : undefined);
    const second = await starts({ home: first.engine.home, inbox: killed, fails });
    await second.recovers();
    await until(
      "the report to be tried",
      async () => tries > 0 && /interrupted/.test(JSON.stringify(await second.found())),
    );
    await second.dispose({ keep: true });
    const third = await starts({ home: first.engine.home });
    await third.recovers();
    await until("all to be done", async () => (await third.inbox()).length === 0);
    const plainly = [...second.texts(), ...third.texts()].filter((text) =>
      text.startsWith("⚠️ I was interrupted"),
    );
    expect(plainly).toHaveLength(1 - away);
    expect(third.texts().filter((text) => text.startsWith("(again"))).toHaveLength(away);
  },
);

test("a channel that is away when the gateway starts holds up no message", async () => {
  const { starts, endsInTurn, given } = await scripted();
  const first = await endsInTurn();
  let away = true;
  const fails = () => (away ? new PostFailure("unsent", "ECONNREFUSED") : undefined);
  const next = await starts({ home: first.engine.home, fails });
  await next.recovers();
  await until("the prompt", () => given("left over") === 1);
  away = false;
  await next.sees("Echo: left over");
  expect(next.texts()[0]).toMatch(/interrupted/);
});
