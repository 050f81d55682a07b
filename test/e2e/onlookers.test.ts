// A turn of a Telegram chat, seen meanwhile on the web page of its session.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import {
  type Bench,
  type Bound,
  bound,
  historyOf,
  inboxOf,
  promptsFromNow,
  startBench,
} from "../support/e2e.ts";
import { fail, say, useTool } from "../support/model.ts";
import { until } from "../support/poll.ts";
import { asksWeb } from "../support/talk.ts";
import { openPage, type Page } from "../support/webchat.ts";

const sessions = z.looseObject({
  sessions: z.array(
    z.looseObject({ key: z.string(), status: z.string().optional(), hasActiveRun: z.boolean().optional() }),
  ),
});

describe("a page that looks on", () => {
  let bench: Bench;
  let chat: Bound;
  let page: Page;
  beforeAll(async () => {
    bench = await startBench();
    chat = await bound(bench);
    page = await openPage(bench.gateway, chat.sessionKey);
  });
  afterAll(async () => {
    page?.close();
    await bench?.dispose();
  });

  const lines = (rows = page.rows()) =>
    rows.map(({ role, text, tool }) => `${role}: ${tool ? `[${tool}]` : ""}${text}`);
  const shows = async (line: string) =>
    await until(`the page to show ${line}`, () => lines().includes(line), { seen: lines });
  const done = async () =>
    await until("an empty inbox", async () => (await inboxOf(bench.gateway, chat)).length === 0);
  const row = async () =>
    sessions
      .parse(await bench.gateway.call("sessions.list", {}))
      .sessions.find(({ key }) => key === chat.sessionKey);
  const since = (before: number) => lines(page.rows().slice(before));

  it("shows a message, Claude's words and its tools while the turn runs, and each of them once afterwards", async () => {
    const gate = Promise.withResolvers<void>();
    bench.model.will("a story", useTool("Bash", { command: "echo two" }, { saying: "Chapter one." }));
    bench.model.will(say("The end.", { after: gate.promise }));
    chat.says("a story");
    await shows("toolResult: [echo two]");
    expect(lines()).toEqual([
      "user: a story",
      "assistant: Chapter one.",
      "assistant: [echo two]",
      "toolResult: [echo two]",
    ]);
    expect(await inboxOf(bench.gateway, chat)).toMatchObject([{ text: "a story", state: "submitted" }]);
    gate.resolve();
    await shows("assistant: The end.");
    await chat.hears("The end.");
    await done();
    expect(await historyOf(bench.gateway, chat)).toEqual([
      "user: a story",
      "assistant: Chapter one.",
      "assistant: ",
      "toolResult: ",
      "assistant: The end.",
    ]);
    expect(lines()).toHaveLength(5);
  });

  it("shows each paragraph when it is complete", async () => {
    const before = page.rows().length;
    bench.model.will("a poem", say("", { chunks: ["Roses are red.\n\n", "Violets"], gapMs: 3_000 }));
    chat.says("a poem");
    await shows("assistant: Roses are red.");
    expect(lines()).not.toContain("assistant: Violets");
    expect(await inboxOf(bench.gateway, chat)).toMatchObject([{ text: "a poem", state: "submitted" }]);
    await shows("assistant: Violets");
    await chat.hears("Violets");
    await done();
    expect(since(before)).toEqual(["user: a poem", "assistant: Roses are red.", "assistant: Violets"]);
  });

  it.each<[string, () => unknown]>([
    ["in the chat", () => chat.says("/cc cancel")],
    ["by /cc cancel on the page", () => asksWeb(bench.gateway, chat.sessionKey, "/cc cancel")],
  ])("shows that a turn was stopped %s", async (_, stop) => {
    const before = page.rows().length;
    const prompts = promptsFromNow(bench);
    bench.model.will("dig", say("Digging.", { after: new Promise(() => {}) }));
    chat.says("dig");
    await until("Claude to be asked", () => prompts().includes("dig"));
    await stop();
    await until("the page to show the end", () => since(before).includes("assistant: ⏹ Stopped."), {
      seen: () => since(before),
    });
    await done();
  });

  it("shows why a turn failed", async () => {
    const before = page.rows().length;
    bench.model.always("fail now", fail(401));
    chat.says("fail now");
    const why = /⚠️ Claude Code is not logged in/;
    await chat.hears(why);
    await until("the page to show it", () => why.test(since(before).at(-1) ?? ""), {
      seen: () => since(before),
    });
  });

  it("can go on with the session, which no turn of the chat has left running", async () => {
    // A turn of the page itself leaves it so: docs/host-notes.md#other-surfaces.
    expect(await row()).toMatchObject({ hasActiveRun: false });
    expect((await row())?.status).toBeUndefined();
    const answer = await asksWeb(bench.gateway, chat.sessionKey, "hello from the page");
    expect(answer).toBe("Echo: hello from the page");
    chat.says("and from the chat");
    await shows("assistant: Echo: and from the chat");
  });
});
