// One session on every surface: what is begun on a page, at a command line or in another chat is shown in the chats of the session, once and in order.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { type Bench, type Bound, bound, promptsFromNow, startBench } from "../support/e2e.ts";
import { until } from "../support/poll.ts";
import { asks } from "../support/talk.ts";

describe("a turn from elsewhere", () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await startBench();
  });
  afterAll(() => bench?.dispose());

  const web = (sessionKey: string, message: string) =>
    bench.gateway.call("chat.send", { sessionKey, message, idempotencyKey: crypto.randomUUID() });

  /** What the chat has been shown since a message. */
  const since = (chat: Bound, first: string) => {
    const texts = chat.messages().map(({ text }) => text);
    return texts.slice(texts.findLastIndex((text) => text.includes(first)));
  };

  it("is shown in the chat: where it comes from, what was written, and the answer, once and in order", async () => {
    const chat = await bound(bench);
    expect(await asks(chat, "remember telegram")).toBe("OK, telegram.");
    await web(chat.sessionKey, "remember page");
    await chat.hears("OK, page.");
    const { code } = await bench.gateway.cli([
      "agent",
      "--session-key",
      chat.sessionKey,
      "--message",
      "what do you remember?",
    ]);
    expect(code).toBe(0);
    await chat.hears("I remember telegram, page.");
    expect(await asks(chat, "and you?")).toBe("Echo: and you?");
    expect(since(chat, "OK, telegram.")).toEqual([
      "OK, telegram.",
      "🔌 gateway: remember page",
      "OK, page.",
      "⌨ command line: what do you remember?",
      "I remember telegram, page.",
      "Echo: and you?",
    ]);
  });

  it("is shown in every chat of the session, those of the other chats as well", async () => {
    const [one, two] = [await bound(bench), bench.telegram.chat({ from: owner(530) })];
    await asks(one, "remember one");
    two.says(`/cc here ${one.sessionKey}`);
    await two.hears(/answers here now/);
    two.says("remember two");
    await two.hears("OK, two.");
    await one.hears("OK, two.");
    expect(since(one, "OK, one.")).toEqual(["OK, one.", "💬 telegram, @person530: remember two", "OK, two."]);
    await web(one.sessionKey, "to both");
    await Promise.all([one.hears("Echo: to both"), two.hears("Echo: to both")]);
    await until(
      "nothing more",
      () => two.messages().filter(({ text }) => text === "Echo: to both").length === 1,
    );
  });
  it("is never one of cron: the host runs its jobs with its own model", async () => {
    const chat = await bound(bench);
    const prompts = promptsFromNow(bench);
    const schedule = { kind: "at", at: new Date().toISOString() };
    const payload = { kind: "agentTurn", message: "from cron" };
    for (const target of [
      { sessionTarget: `session:${chat.sessionKey}` },
      { sessionTarget: "isolated", agentId: "cc" },
    ]) {
      const job = {
        name: target.sessionTarget,
        enabled: true,
        wakeMode: "now",
        schedule,
        payload,
        ...target,
      };
      const { id } = cronJob.parse(await bench.gateway.call("cron.add", { ...job, deleteAfterRun: false }));
      await until("the job to have run", async () => {
        const { jobs } = cronJobs.parse(await bench.gateway.call("cron.list", { includeDisabled: true }));
        return jobs.find((one) => one.id === id)?.state.lastRunAtMs !== undefined;
      });
    }
    expect(prompts()).toEqual([]);
  });
});

const cronJob = z.looseObject({ id: z.string() });
const cronJobs = z.looseObject({
  jobs: z.array(
    z.looseObject({ id: z.string(), state: z.looseObject({ lastRunAtMs: z.number().optional() }) }),
  ),
});

function owner(id: number) {
  return { id, first_name: `Person ${id}`, username: `person${id}` };
}
