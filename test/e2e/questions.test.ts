// Several questions at once on Telegram: all are shown and answered in any order, none outlives its gateway, none is asked twice.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { AT_ONCE, workbench } from "../support/approvals.ts";
import { type Bench, type Bound, bound, startBench } from "../support/e2e.ts";
import { openOperator } from "../support/gateway-rpc.ts";
import { say, together, useTool } from "../support/model.ts";
import { until } from "../support/poll.ts";
import type { Chat } from "../support/telegram.ts";
import type { BotMessage } from "../support/telegram-methods.ts";

const OWNER = 501;
/** A question, alone or with a number, that waits. */
const ASKED = /^(?:Question (\d)[^\n]*\n)?🔐 Claude Code wants to [\s\S]*\ntouch (\S+)\n[\s\S]*\nReply y /;
const DENIED = "🚫 Denied, because the gateway restarted before anybody answered:";

describe("several questions at once", () => {
  let bench: Bench;
  let chat: Bound;
  /** The last message before the questions of the test. */
  let since = 0;
  beforeAll(async () => {
    bench = await startBench({ owners: [OWNER], config: AT_ONCE });
    chat = await bound(bench, { from: { id: OWNER, username: "ada" } });
  });
  afterAll(() => bench?.dispose());
  beforeEach(async () => {
    bench.model.reset();
    chat.says("/new");
    await chat.hears("New session");
  });
  const { made, touch, answers } = workbench(() => bench);

  /** A sub-agent for each of these names touches the file of that name, all at once; their questions by number. */
  async function ask(room: Chat, names: readonly string[], files = names): Promise<Map<number, Asked>> {
    const task = (name: string) =>
      useTool("Agent", {
        ...{ description: `Make ${name}`, prompt: `sub-${name}: make it` },
        subagent_type: "general-purpose",
      });
    const [first = "", ...others] = names;
    bench.model.always(({ toolResults }) => toolResults.join().includes("Async agent"), say("At work."));
    for (const [at, name] of names.entries()) bench.model.will(`sub-${name}:`, touch(files[at] ?? name));
    bench.model.will("all at once", together(task(first), ...others.map(task)));
    since = room.says("all at once");
    const asked = () => questionsOf(room.messages().filter(({ id }) => id > since));
    const shown = { seen: () => room.texts() };
    await until(`${names.length} questions`, () => asked().size === names.length, {
      withinMs: 60_000,
      ...shown,
    });
    return asked();
  }
  /** Waits for words; a channel may have them in one message with others. */
  const shows = (room: Chat, words: string) =>
    until(
      `the chat to show ${words}`,
      () => room.messages().some(({ id, text }) => id > since && text.includes(words)),
      {
        withinMs: 60_000,
        seen: () => room.texts(),
      },
    );
  const askedSince = (room: Chat) =>
    room.messages().filter(({ id, text }) => id > since && ASKED.test(text)).length;
  const fileOf = (asked: Map<number, Asked>, number: number) => asked.get(number)?.file ?? "";

  it("are all shown before any is answered, and answered in the order 3, 1, 4, 2", async () => {
    const asked = await ask(chat, ["one", "two", "three", "four"]);
    expect([...asked.keys()].sort()).toEqual([1, 2, 3, 4]);
    expect(["one", "two", "three", "four"].filter(made)).toEqual([]);
    const given = [
      ["y 3", "Question 3: ✅ Allowed once by @ada."],
      ["n 1", "Question 1: 🚫 Denied by @ada."],
      ["4 y", "Question 4: ✅ Allowed once by @ada."],
    ] as const;
    chat.says("y");
    await chat.hears("4 questions are open: say which, y 1, y 2, y 3 or y 4.");
    for (const [word, outcome] of given) {
      chat.says(word);
      await shows(chat, outcome);
    }
    chat.says("n", { replyTo: messageOf(asked, 2) });
    await shows(chat, "Question 2: 🚫 Denied by @ada.");
    const allowed = [3, 4].map((number) => fileOf(asked, number));
    await until("what was allowed", () => allowed.every(made));
    chat.says("remember nuts");
    await chat.hears("OK, nuts.");
    expect(askedSince(chat)).toBe(4);
    expect([1, 2].map((number) => made(fileOf(asked, number)))).toEqual([false, false]);
  });

  it("are answered by their own buttons, and one that a new rule covers is settled by it", async () => {
    const asked = await ask(chat, ["s1", "s2", "s3"], ["same", "same", "other"]);
    const same = [...asked].filter(([, { file }]) => file === "same").map(([number]) => number);
    const [first = 0, second = 0] = same;
    bench.telegram.press(chat.id, messageOf(asked, first).id, buttonOf(asked, first, "Allow Always"), OWNER);
    await shows(chat, `Question ${second}: ✅ Allowed by a rule made meanwhile.`);
    await until("it to be done", () => made("same"));
    const other = [...asked.keys()].find((number) => !same.includes(number)) ?? 0;
    expect(made("other")).toBe(false);
    bench.telegram.press(chat.id, messageOf(asked, other).id, buttonOf(asked, other, "Deny"), OWNER);
    await chat.hears(
      (message) => message.id === messageOf(asked, other).id && /🚫 Denied by user 501/.test(message.text),
    );
    // A late press shows what became of its question, and changes nothing.
    bench.telegram.press(chat.id, messageOf(asked, second).id, buttonOf(asked, second, "Deny"), OWNER);
    await chat.hears(
      (message) => message.id === messageOf(asked, second).id && /Allowed by a rule/.test(message.text),
    );
    expect(made("other")).toBe(false);
  });

  it("are not asked again after a compaction", async () => {
    await ask(chat, ["c1", "c2"]);
    for (const number of [2, 1]) {
      await answers(chat, `y ${number}`);
      await shows(chat, `Question ${number}: ✅ Allowed once`);
    }
    await until("both", () => made("c1") && made("c2"));
    chat.says("/cc /compact");
    await shows(chat, "Compacted: ");
    chat.says("remember plums");
    await chat.hears("OK, plums.");
    expect(askedSince(chat)).toBe(2);
  });

  it("take no answer of a member, by word or button", async () => {
    const room = { id: -4_700 };
    const group = await bound(bench, { ...room, from: { id: OWNER, username: "ada" } });
    const eve = bench.telegram.chat({ ...room, from: { id: 900, first_name: "Eve" } });
    const asked = await ask(group, ["g1", "g2"]);
    for (const word of ["y 1", "#2: y", "y"]) {
      eve.says(word);
      await eve.hears("Only people who may approve here can answer that.");
    }
    bench.telegram.press(group.id, messageOf(asked, 2).id, buttonOf(asked, 2, "Allow Once"), 900);
    for (const number of [1, 2]) {
      group.says(`n ${number}`);
      await shows(group, `Question ${number}: 🚫 Denied by @ada.`);
    }
    expect([made("g1"), made("g2")]).toEqual([false, false]);
  });

  it.each(["stops", "is killed"])(
    "are denied when the gateway %s, said once, and never asked again",
    async (how) => {
      const names = how === "stops" ? ["r1", "r2"] : ["k1", "k2"];
      await ask(chat, names);
      if (how === "stops") await bench.gateway.stop();
      else await bench.gateway.kill();
      await bench.gateway.start();
      const said = await chat.hears(DENIED);
      for (const name of names) expect(said.text).toContain(`• Run: touch ${name}`);
      await chat.hears(/interrupted/);
      const before = chat.messages().length;
      chat.says("remember figs");
      await chat.hears("OK, figs.");
      chat.says("y 1");
      await chat.hears("Echo: y 1");
      expect(
        chat
          .messages()
          .slice(before)
          .filter(({ text }) => ASKED.test(text) || text.includes(DENIED)),
      ).toEqual([]);
      expect(names.filter(made)).toEqual([]);
    },
  );

  it("and the host's own form is in no chat where it is asked for the pages", async () => {
    const operator = await openOperator(bench.gateway);
    try {
      const asks = async (title: string, more: object) => {
        const common = { title, description: "x", agentId: "cc", timeoutMs: 60_000, twoPhase: true };
        return await bench.gateway.call("plugin.approval.request", {
          pluginId: "contractor",
          ...common,
          ...more,
        });
      };
      const page = { turnSourceChannel: "webchat", turnSourceTo: "pages" };
      await asks("Of a page alone", page);
      await asks("Of a page and a session", { ...page, sessionKey: chat.sessionKey });
      await chat.hears(/Plugin approval required\nTitle: Of a page and a session/);
      await chat.hearsNothing("Title: Of a page alone");
      const open = titles.parse(await bench.gateway.call("plugin.approval.list"));
      expect(open.map(({ request }) => request.title)).toContain("Of a page alone");
    } finally {
      operator.close();
    }
  });
});

const titles = z.array(z.looseObject({ request: z.looseObject({ title: z.string() }) }));

interface Asked {
  file: string;
  message: BotMessage;
}

function questionsOf(messages: readonly BotMessage[]): Map<number, Asked> {
  return new Map(
    messages.flatMap((message) => {
      const [, number = "1", file] = ASKED.exec(message.text) ?? [];
      return file === undefined ? [] : [[Number(number), { file, message }] as const];
    }),
  );
}

function messageOf(asked: Map<number, Asked>, number: number): BotMessage {
  const found = asked.get(number);
  if (!found) throw new Error(`no question ${number}`);
  return found.message;
}

function buttonOf(asked: Map<number, Asked>, number: number, label: string): string {
  const button = messageOf(asked, number)
    .buttons.flat()
    .find(({ text }) => text === label);
  return button?.callback_data ?? "";
}
