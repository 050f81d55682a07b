// What the conversations of a session are shown of turns that were begun somewhere else, and that none of them waits for another.
import { afterEach, describe, expect, onTestFinished, test } from "vitest";
import { PostFailure } from "../../../src/delivery/outbound.ts";
import type { DeliveryStyle } from "../../../src/delivery/style.ts";
import { Stopped } from "../../../src/session/source.ts";
import { percentile } from "../../bench/stats.ts";
import { ROUTE, startChat, type TestChat } from "../../support/chat.ts";
import { tempDir, until } from "../../support/poll.ts";
import { type Script, scriptedAgent } from "../../support/scripted-agent.ts";

const GROUP = { channel: "telegram", to: "-1001", group: true };
const OTHER = { channel: "discord", to: "channel:7" };

describe("a turn from elsewhere", () => {
  let chat: TestChat;
  afterEach(() => chat.dispose());

  async function scripted(turns: Script["turns"], o: Partial<Parameters<typeof startChat>[0]> = {}) {
    const { path: dir, remove } = await tempDir("scripted");
    onTestFinished(remove);
    const { command } = scriptedAgent({ dir, script: { turns: turns ?? {} } });
    chat = await startChat({ command, env: { CLAUDE_CONFIG_DIR: dir }, places: [], ...o });
  }

  const rest = () => until("the session to be at rest", () => chat.session.idleMs !== undefined);

  test("is shown with its words in a private chat, and without them in a group", async () => {
    await scripted({}, { places: [GROUP] });
    await chat.holds("hello").result;
    await until("both", () => chat.posts.filter(({ text }) => text.includes("Echo: hello")).length === 2);
    expect(chat.textsIn(ROUTE)).toEqual(["🖥 web: hello", "Echo: hello"]);
    expect(chat.textsIn(GROUP)).toEqual(["🖥 web\n\nEcho: hello"]);
  });

  test("is shown in a group with its words where the agent says so, and where they were written before several people", async () => {
    await scripted({}, { places: [GROUP], style: { mirrorInGroups: "all" } });
    await chat.holds("hello").result;
    await until("the group", () => chat.textsIn(GROUP).includes("Echo: hello"));
    chat.style.mirrorInGroups = "answers";
    await chat.holds("and you", { is: "chat", where: "discord", by: "@bo", group: true }).result;
    await until("the group", () => chat.textsIn(GROUP).includes("Echo: and you"));
    expect(chat.textsIn(GROUP)).toEqual([
      "🖥 web: hello",
      "Echo: hello",
      "💬 discord, \\@bo: and you",
      "Echo: and you",
    ]);
  });

  test.each<[DeliveryStyle["mirror"], string[]]>([
    ["answers", ["🖥 web\n\nWhat?", "Words."]],
    ["off", []],
  ])("is shown as the setting %s says", async (mirror, shown) => {
    await scripted(
      { talk: [{ say: "What?\n\n" }, { waitMs: 600 }, { say: "Words." }] },
      { style: { mirror } },
    );
    await chat.holds("talk").result;
    await chat.says("hello");
    await chat.sees("Echo: hello");
    expect(chat.texts()).toEqual([...shown, "Echo: hello"]);
  });

  test("of the host's own is not shown where it ends without a word", async () => {
    await scripted({ silent: [{ tool: "ls" }] });
    await chat.holds("silent", { is: "system" }).result;
    await chat.says("hello");
    await chat.sees("Echo: hello");
    expect(chat.texts()).toEqual(["Echo: hello"]);
  });

  test("of another chat is shown there once, and nowhere else's away channel holds it up", async () => {
    let away = true;
    await scripted(
      {},
      {
        places: [OTHER],
        fails: (_, { to }) => (away && to === OTHER.to ? new PostFailure("unsent", "away") : undefined),
      },
    );
    await chat.says("one");
    await chat.holds("two").result;
    await chat.says("three");
    await chat.sees("Echo: three");
    expect(chat.textsIn(ROUTE)).toEqual(["Echo: one", "🖥 web: two", "Echo: two", "Echo: three"]);
    away = false;
    await until("the other chat", () => chat.textsIn(OTHER).join().includes("Echo: three"), {
      withinMs: 30_000,
    });
    expect(chat.textsIn(OTHER).join("\n\n")).toBe(
      "💬 telegram: one\n\nEcho: one\n\n🖥 web: two\n\nEcho: two\n\n💬 telegram: three\n\nEcho: three",
    );
  });

  test("and those of the chat are each whole, in their order, however they come", async () => {
    await scripted({ slow: [{ say: "Slow one.\n\nSlow two.", chunks: 6, gapMs: 30 }] }, { places: [GROUP] });
    const turns = Array.from({ length: 10 }, (_, at) => at);
    for (const at of turns) {
      if (at % 2 === 0) void chat.holds(`slow ${at}`);
      else await chat.says(`quick ${at}`);
    }
    await chat.sees("Echo: quick 9");
    await rest();
    expect(chat.textsIn(ROUTE).filter((text) => !text.startsWith("Queued"))).toEqual(
      turns.flatMap((at) =>
        at % 2 === 0 ? [`🖥 web: slow ${at}`, "Slow one.", "Slow two."] : [`Echo: quick ${at}`],
      ),
    );
  });

  test("is handed to the other channel as soon as to its own", async () => {
    await scripted({ wait: [{ waitMs: 200 }, { say: "Words." }] }, { places: [OTHER] });
    for (let at = 0; at < 20; at++) {
      await chat.says(`wait ${at}`);
      await until("both", () => chat.posts.filter(({ text }) => text === "Words.").length === 2 * (at + 1));
    }
    const at = (to: string) =>
      chat.posts.filter((post) => post.text === "Words." && post.route.to === to).map((post) => post.at);
    const own = at(ROUTE.to);
    const later = at(OTHER.to).map((one, turn) => one - (own[turn] ?? 0));
    expect(percentile(later, 95)).toBeLessThan(50);
  });

  test("that is stopped in one place is told so in the others, and by whom", async () => {
    await scripted({ hang: [{ say: "Begun." }, { hang: true }] }, { places: [OTHER] });
    const turn = chat.holds("hang");
    await turn.submitted;
    await chat.session.cancel(new Stopped("by @ada (discord)", OTHER));
    await chat.sees("⏹ Stopped by @ada (discord).");
    await chat.says("hello");
    await until("the other chat", () => chat.textsIn(OTHER).includes("Echo: hello"));
    expect(chat.textsIn(OTHER).join("\n")).not.toContain("Stopped");
  });

  test("is what a message waits behind, and the chat is told", async () => {
    await scripted({ slow: [{ waitMs: 2_500 }, { say: "Slow." }] });
    void chat.holds("slow", { is: "editor" });
    await chat.says("hello");
    await chat.sees("Echo: hello");
    expect(chat.texts()).toEqual([
      "✎ editor: slow",
      "Queued (1 waiting), behind a turn from ✎ editor.",
      "Slow.",
      "Echo: hello",
    ]);
  });

  test("and a new session is told of where nobody asked for it", async () => {
    await scripted({ hang: [{ say: "Begun.\n\n" }, { hang: true }] }, { places: [OTHER] });
    await chat.says("hang");
    await until("the other chat", () => chat.textsIn(OTHER).join().includes("Begun."));
    await chat.session.reset("reset", ROUTE);
    await until("the other chat", () => chat.textsIn(OTHER).join().includes("A new session was begun"));
    expect(chat.textsIn(ROUTE)).toEqual(["Begun."]);
  });

  test("that the harness begins by itself is shown in every conversation", async () => {
    await scripted({ go: [{ say: "Gone." }, { late: "And back.", afterMs: 300 }] }, { places: [OTHER] });
    await chat.says("go");
    await until("the other chat", () => chat.textsIn(OTHER).join().includes("And back."));
    await until("the chat", () => chat.textsIn(ROUTE).includes("And back."));
    expect(chat.textsIn(OTHER).join("\n\n")).toBe("💬 telegram: go\n\nGone.\n\nAnd back.");
    expect(chat.mirrored.filter((line) => line === "assistant: And back.")).toHaveLength(1);
  });
});
