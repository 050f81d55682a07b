// Reset in place: on Telegram and in webchat, while nothing runs, in the middle of a turn, and while Claude hangs.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AT_ONCE } from "../support/approvals.ts";
import { type Bench, type Bound, bound, entryOf, startBench } from "../support/e2e.ts";
import { say } from "../support/model.ts";
import { until } from "../support/poll.ts";
import { asksWeb } from "../support/talk.ts";

const MAIN = { agentId: "cc", sessionKey: "agent:cc:main" };

describe.concurrent("a reset", () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await startBench({ config: AT_ONCE, pluginConfig: { maxProcesses: 12 } });
  });
  afterAll(() => bench?.dispose());

  const idOf = async (of: { agentId: string; sessionKey: string }) =>
    (await entryOf(bench.gateway, of))?.claudeSessionId;

  async function answered(chat: Bound, words: string, answer: string | RegExp): Promise<number> {
    const from = Date.now();
    chat.says(words);
    const { at } = await chat.hears(answer);
    // An indicator of the channel's own takes the second's one call, and the answer the next one.
    const waited = chat.typing().some((shown) => shown >= from && shown < at) ? 1_000 : 0;
    return at - from - waited;
  }

  /** What must be true after each: another session, no memory, the same conversation. */
  async function isFresh(chat: Bound, old: string | undefined): Promise<void> {
    await answered(chat, "what do you remember?", /^I remember nothing\.$/);
    expect(await idOf(chat)).not.toBe(old);
    expect(await entryOf(bench.gateway, chat)).toMatchObject({
      openclawSessionKey: chat.sessionKey,
      retired: expect.arrayContaining([expect.objectContaining({ claudeSessionId: old })]),
    });
  }

  it.each([
    ["a private chat", {}, 1_000],
    ["a forum topic", { id: -1_007, topic: 42 }, 10_000],
  ])(
    "by /new and /reset in %s: answered at once, still bound, without memory",
    async (_, place, withinMs) => {
      const chat = await bound(bench, place);
      const took: number[] = [];
      const pace: number[] = [];
      // More than two: other suites use the same processors.
      for (const words of ["/new", "/reset", "/new"]) {
        await answered(chat, "remember larch", "OK, larch.");
        const old = await idOf(chat);
        pace.push(await answered(chat, "/cc workdir", bench.gateway.workspace("cc")));
        took.push(await answered(chat, words, "New session."));
        await isFresh(chat, old);
      }
      // Telegram's channel lets one message a second through to a chat, and fewer to a group: what any command takes is its.
      expect(Math.min(...took)).toBeLessThan(Math.min(...pace) + withinMs);
    },
  );

  it("with words behind it: they are the first prompt of the new session", async () => {
    const chat = await bound(bench);
    await answered(chat, "remember larch", "OK, larch.");
    await answered(chat, "/reset remember oak", "OK, oak.");
    await answered(chat, "what do you remember?", /^I remember oak\.$/);
  });

  it("in the middle of a turn: the turn ends, and none of its words come after", async () => {
    const chat = await bound(bench);
    bench.model.will("dig", say("Digging. ".repeat(400), { chunks: 400, gapMs: 50 }));
    chat.says("dig");
    await until("Claude to work", () => bench.model.prompts().includes("dig"));
    const old = await idOf(chat);
    await answered(chat, "/new", "New session.");
    const before = chat.messages().length;
    await isFresh(chat, old);
    expect(chat.messages().slice(before)).toHaveLength(1);
  });

  it("while Claude hangs: answered all the same, and the next message as well", async () => {
    const chat = await bound(bench);
    bench.model.will("hang", { kind: "silence" });
    chat.says("hang");
    await until("Claude to hang", () => bench.model.prompts().includes("hang"));
    const old = await idOf(chat);
    await answered(chat, "/new", "New session.");
    await isFresh(chat, old);
  });

  it("in webchat, by word and by the host's own method", async () => {
    for (const reset of [
      () => webchat("/new"),
      () => bench.gateway.call("sessions.reset", { key: MAIN.sessionKey, reason: "new" }),
    ]) {
      expect(await webchat("remember larch")).toContain("OK, larch.");
      const old = await idOf(MAIN);
      await reset();
      expect(await webchat("what do you remember?")).toContain("I remember nothing.");
      expect(await idOf(MAIN)).not.toBe(old);
    }
  });

  const webchat = (message: string) => asksWeb(bench.gateway, MAIN.sessionKey, message);
});
