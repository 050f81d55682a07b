// While Claude works: what people write then, how they stop it, and what a gateway that goes down leaves.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AT_ONCE } from "../support/approvals.ts";
import {
  type Bench,
  type Bound,
  bound,
  entryOf,
  inboxOf,
  promptsFromNow,
  startBench,
} from "../support/e2e.ts";
import { say } from "../support/model.ts";
import { isAlive, until } from "../support/poll.ts";

describe("while Claude works", () => {
  let bench: Bench;
  beforeAll(async () => {
    // Telegram's channel hands over what is said at once and does not join it with what follows.
    bench = await startBench({ config: AT_ONCE });
  });
  afterAll(() => bench?.dispose());

  const inbox = async (chat: Bound) =>
    (await inboxOf(bench.gateway, chat)).map(({ text, state }) => `${text}: ${state}`);

  // A busy machine takes so long that a message is said to be queued.
  const isNotQueued = (text: string) => !text.startsWith("Queued");
  const said = (chat: Bound) => chat.texts().filter((text) => !text.includes("ACP") && isNotQueued(text));

  /** A chat in the middle of a turn; `finish` lets Claude end it. */
  async function busy(): Promise<{ chat: Bound; finish: () => void }> {
    const chat = await bound(bench);
    const gate = Promise.withResolvers<void>();
    bench.model.will("dig", say("Dug.", { after: gate.promise }));
    const prompts = promptsFromNow(bench);
    chat.says("dig");
    await until("Claude to work", () => prompts().includes("dig"));
    return { chat, finish: gate.resolve };
  }

  it("accepts a message at once, and answers it in its turn", async () => {
    const { chat, finish } = await busy();
    const words = ["later", "tomorrow", "sometime"];
    const took: number[] = [];
    for (const [ahead, word] of words.entries()) {
      const sent = Date.now();
      chat.says(`remember ${word}`);
      await until("it in the inbox", async () => (await inbox(chat)).length === ahead + 2, { everyMs: 10 });
      took.push(Date.now() - sent);
    }
    // Half a second on an idle machine, of which the host has most; two gateways at once take each other's time.
    expect(Math.min(...took)).toBeLessThan(2_000);
    const waiting = words.map((word) => `remember ${word}: accepted`);
    expect(await inbox(chat)).toEqual(["dig: submitted", ...waiting]);
    chat.says("/acp status");
    expect((await chat.hears("ACP status")).text).toMatch(/status=running .*queued=3/);
    finish();
    await chat.hears("OK, sometime.");
    const answers = words.map((word) => `OK, ${word}.`);
    expect(said(chat)).toEqual(["Dug.", ...answers]);
  });

  it("keeps messages apart that come at once, and answers them in order and without delay", async () => {
    const { chat, finish } = await busy();
    const prompts = promptsFromNow(bench);
    const words = ["one", "two", "three"];
    for (const word of words) chat.says(word);
    await until("all in the inbox", async () => (await inbox(chat)).length === 4);
    finish();
    await chat.hears("Echo: three");
    expect(prompts()).toEqual(words);
    expect(said(chat)).toEqual(["Dug.", ...words.map((word) => `Echo: ${word}`)]);
  });

  it("takes a message that begins with ! as any other, and loses nothing", async () => {
    const { chat, finish } = await busy();
    const prompts = promptsFromNow(bench);
    chat.says("!urgent, look at this");
    await until("it in the inbox", async () => (await inbox(chat)).length === 2);
    chat.says("remember after");
    await until("both in the inbox", async () => (await inbox(chat)).length === 3);
    finish();
    await chat.hears("OK, after.");
    expect(prompts()).toEqual(["!urgent, look at this", "remember after"]);
    const answers = ["Dug.", "Echo: !urgent, look at this", "OK, after."];
    expect(said(chat)).toEqual(answers);
  });

  it.each([
    ["stop", "Agent was aborted."],
    ["/stop", "Agent was aborted."],
    ["/acp cancel", "Cancel requested"],
  ])("ends the turn within 3 s of %j, and takes the next message", async (words, reply) => {
    const { chat } = await busy();
    const sent = Date.now();
    chat.says(words);
    await until("the turn to be over", async () => (await inbox(chat)).length === 0, { everyMs: 20 });
    expect(Date.now() - sent).toBeLessThan(3_000);
    await chat.hears(reply);
    chat.says("remember after");
    await chat.hears("OK, after.");
    const answers = [expect.stringContaining(reply), "OK, after."];
    expect(chat.texts().slice(1).filter(isNotQueued)).toEqual(answers);
  });

  it("is closed by /acp close, and no later message reaches it", async () => {
    const { chat } = await busy();
    chat.says("/acp close");
    await chat.hears("Closed ACP session");
    expect(await inbox(chat)).toEqual([]);
    expect(await entryOf(bench.gateway, chat)).toMatchObject({ state: "closed" });
    const prompts = promptsFromNow(bench);
    chat.says("are you there?");
    // The chat belongs to the host's own agent again, which has no model here and says so.
    await chat.hears("⚠️");
    expect(prompts()).toEqual([]);
  });

  it("is interrupted by SIGTERM within 10 s, leaves no process, is reported, and is not run again", async () => {
    const { chat } = await busy();
    chat.says("remember patience");
    await until("it in the inbox", async () => (await inbox(chat)).length === 2);
    expect(bench.telegram.unconfirmed()).toBe(0);
    const prompts = promptsFromNow(bench);
    expect(await bench.gateway.stop()).toBeLessThan(10_000);
    expect(bench.gateway.children()).toEqual([]);
    expect(await inbox(chat)).toEqual(["dig: submitted", "remember patience: accepted"]);

    await bench.gateway.start();
    await chat.hears(/interrupted .*\bdig\b/);
    await chat.hears("OK, patience.");
    chat.says("what do you remember?");
    await chat.hears("I remember patience.");
    expect(prompts()).toEqual(["remember patience", "what do you remember?"]);
    expect(chat.texts().slice(1).filter(isNotQueued)).toEqual([
      expect.stringContaining("interrupted"),
      "OK, patience.",
      "I remember patience.",
    ]);
  });

  it("survives SIGKILL: what was accepted runs once, what was cut off is reported, no process is left", async () => {
    const { chat } = await busy();
    chat.says("remember survivors");
    await until("it in the inbox", async () => (await inbox(chat)).length === 2);
    const children = bench.gateway.children().map(({ pid }) => pid);
    const prompts = promptsFromNow(bench);
    await bench.gateway.kill();
    await bench.gateway.start();
    await chat.hears(/interrupted .*\bdig\b/);
    await chat.hears("OK, survivors.");
    await until("the killed gateway's processes to end", () => !children.some(isAlive));
    await until("an empty inbox", async () => (await inbox(chat)).length === 0);
    expect(prompts()).toEqual(["remember survivors"]);
    expect(chat.texts().filter(isNotQueued)).toHaveLength(3);
  });
});
