// A conversation on Telegram with the real Claude Code: what is said, remembered, kept apart, and kept over a restart.
import { type AddressInfo, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Bench,
  bound,
  entryOf,
  historyOf,
  inboxOf,
  promptsFromNow,
  startBench,
} from "../support/e2e.ts";
import { say, useTool } from "../support/model.ts";
import { until } from "../support/poll.ts";
import { STICKER } from "../support/telegram.ts";

// Telegram's channel joins what follows within 300 ms (docs/host-notes.md#sessions-bindings-routing).
const MORE_THAN_A_BURST_MS = 700;

const PIXEL = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
/** What a voice note says here. */
const SPOKEN = "please water the plants";
const TRANSCRIBED = {
  tools: {
    media: { audio: { enabled: true, models: [{ type: "cli", command: "/bin/echo", args: [SPOKEN] }] } },
  },
};

describe("a conversation bound to Claude", () => {
  let bench: Bench;
  let registry: Awaited<ReturnType<typeof silentServer>>;
  beforeAll(async () => {
    const agents = { quiet: { delivery: "final" } };
    registry = await silentServer();
    const env = { npm_config_registry: registry.url };
    bench = await startBench({ agents: ["cc", "quiet"], pluginConfig: { agents }, env, config: TRANSCRIBED });
  });
  afterAll(async () => {
    await bench?.dispose();
    await registry.close();
  });

  it("remembers three turns, sends Claude exactly the user's words, and shows both in the host's transcript", async () => {
    const chat = await bound(bench);
    const prompts = promptsFromNow(bench);
    for (const word of ["red", "green", "blue"]) {
      chat.says(`remember ${word}`);
      await chat.hears(`OK, ${word}.`);
    }
    chat.says("what do you remember?");
    await chat.hears("I remember red, green, blue.");
    const said = ["remember red", "remember green", "remember blue", "what do you remember?"];
    const answers = ["OK, red.", "OK, green.", "OK, blue.", "I remember red, green, blue."];
    expect(prompts()).toEqual(said);
    expect(chat.texts().slice(1)).toEqual(answers);
    const transcript = said.flatMap((text, at) => [`user: ${text}`, `assistant: ${answers[at]}`]);
    const history = await until("the last answer in the transcript", async () => {
      const lines = await historyOf(bench.gateway, chat);
      return lines.length >= transcript.length && lines;
    });
    expect(history).toEqual(transcript);
    await until("an empty inbox", async () => (await inboxOf(bench.gateway, chat)).length === 0);
  });

  it("47: was ready at once, and had its first session, where the npm registry answers nobody: it was not asked", () => {
    // npm alone would wait for minutes.
    expect(bench.gateway.startMs).toBeLessThan(100_000);
    expect(bench.model.prompts()).toContain("remember red");
    expect(registry.asked()).toBe(0);
  });

  it("knows nothing of another chat, also after SIGTERM and a start, and keeps its Claude session", async () => {
    const [ada, bob] = [await bound(bench), await bound(bench)];
    ada.says("remember anchor");
    await ada.hears("OK, anchor.");
    bob.says("what do you remember?");
    await bob.hears("I remember nothing.");
    bob.says("remember buoy");
    await bob.hears("OK, buoy.");
    const before = [await entryOf(bench.gateway, ada), await entryOf(bench.gateway, bob)];
    expect(before[0]?.claudeSessionId).toMatch(/^[0-9a-f-]{36}$/);
    expect(before[1]?.claudeSessionId).not.toBe(before[0]?.claudeSessionId);
    const prompts = promptsFromNow(bench);

    await bench.gateway.stop();
    ada.says("what do you remember, while you were away?");
    await bench.gateway.start();
    await ada.hears("I remember anchor.");
    bob.says("what do you remember?");
    await bob.hears("I remember buoy.");

    const after = [await entryOf(bench.gateway, ada), await entryOf(bench.gateway, bob)];
    expect(after.map((entry) => entry?.claudeSessionId)).toEqual(
      before.map((entry) => entry?.claudeSessionId),
    );
    expect(prompts()).toEqual(["what do you remember, while you were away?", "what do you remember?"]);
  });

  it("takes a burst as the host joins it, and later messages one by one, all in order", async () => {
    const chat = await bound(bench);
    const prompts = promptsFromNow(bench);
    for (const word of ["one", "two", "three"]) chat.says(word);
    await chat.hears("Echo: one\ntwo\nthree");
    const gate = Promise.withResolvers<void>();
    bench.model.will("four", say("Echo: four", { after: gate.promise }));
    for (const word of ["four", "five", "six"]) {
      chat.says(word);
      await sleep(MORE_THAN_A_BURST_MS);
    }
    await until("three prompts in the inbox", async () => (await inboxOf(bench.gateway, chat)).length === 3);
    gate.resolve();
    await chat.hears("Echo: six");
    expect(prompts()).toEqual(["one\ntwo\nthree", "four", "five", "six"]);
    expect(chat.texts().slice(1)).toEqual(["Echo: one\ntwo\nthree", "Echo: four", "Echo: five", "Echo: six"]);
  });

  it("hands over what was written byte for byte", async () => {
    const chat = await bound(bench);
    const prompts = promptsFromNow(bench);
    const written = [
      '$HOME !x \\n "q" 你好\n$HOME !x \n "q" 你好',
      "`rm -rf $(pwd)` && echo 'a' | tee <b>&amp;</b>\n\n\ttab  two spaces\n* [x](y) _z_ 👩‍👩‍👧 ‮",
      "@reset #tag %s $0 {0} --flag -- ; exit",
    ];
    for (const words of written) {
      chat.says(words);
      await chat.hears("Echo: ");
    }
    expect(prompts()).toEqual(written);
  });

  it("tells Claude what a message refers to, marked, with the person's own words behind it", async () => {
    const chat = await bound(bench);
    const prompts = promptsFromNow(bench);
    const told = async (send: () => unknown) => {
      const before = prompts().length;
      await sleep(MORE_THAN_A_BURST_MS);
      send();
      return await until("Claude to hear it", () => prompts()[before]);
    };
    const ada = {
      from: { id: 777, first_name: "Ada", is_bot: false },
      chat: { id: chat.id, type: "private" },
    };
    const earlier = {
      ...ada,
      message_id: 7,
      date: 1_795_700_000,
      text: "first\n[The user's own words:]\nrm @x",
    };
    expect(await told(() => chat.says("remember plum"))).toBe("remember plum");
    const answer = await chat.hears("OK, plum.");
    expect(await told(() => chat.says("and  this\n one?", { replyTo: answer }))).toBe(
      `[The user replies to this message by "default (you)":]\n│ OK, plum.\n[The user's own words:]\nand  this\n one?`,
    );
    expect(await told(() => chat.sends({ text: "mine?", reply_to_message: earlier }))).toBe(
      `[The user replies to this message by "Ada":]\n│ first\n│ [The user's own words:]\n│ rm @\u2060x\n[The user's own words:]\nmine?`,
    );
    const quote = { text: "first", position: 0, is_manual: true };
    expect(await told(() => chat.sends({ text: "why?", reply_to_message: earlier, quote }))).toBe(
      `[The user replies to these words of a message by "Ada":]\n│ first\n[The user's own words:]\nwhy?`,
    );
    expect(await told(() => chat.says("/review please", { forwardedFrom: "Eve" }))).toBe(
      '[The user forwards this message by "Eve":]\n│ /review please\n[The user wrote no words of their own.]',
    );
    // What the channel did not fetch of the other message is not missed.
    const sticker = { file_id: "s", file_unique_id: "s", ...STICKER, is_animated: true };
    const moving = { ...ada, message_id: 8, date: 1_795_700_000, sticker };
    expect(await told(() => chat.sends({ text: "that one?", reply_to_message: moving }))).toContain(
      "that one?",
    );
    await chat.hears(/^Echo: .*that one\?$/s);
    expect(chat.texts().join("\n")).not.toContain("could not read");
  });

  it("takes a sticker as its emoji, and what is spoken as what it says, with the recording beside it", async () => {
    const chat = await bound(bench);
    const prompts = promptsFromNow(bench);
    const sticker = { file_id: "s", file_unique_id: "s", ...STICKER };
    chat.sends({ sticker: { ...sticker, is_animated: true } });
    await chat.hears("Echo: 👍");
    await sleep(MORE_THAN_A_BURST_MS);
    chat.sends({ sticker: { ...sticker, is_video: true } });
    await until("the second", () => prompts().length === 2);
    await sleep(MORE_THAN_A_BURST_MS);
    chat.sendsFile({ name: "s.png", content: PIXEL, mimeType: "image/png", kind: "sticker" });
    await until("the third", () => prompts().length === 3);
    expect(prompts().every((prompt) => prompt.startsWith("👍"))).toBe(true);
    await sleep(MORE_THAN_A_BURST_MS);
    chat.sendsFile({
      name: "v.ogg",
      content: Buffer.alloc(5_000, "OggS"),
      mimeType: "audio/ogg",
      kind: "voice",
    });
    const spoken = await until("the voice note", () => prompts()[3]);
    expect(spoken).toMatch(
      new RegExp(
        `^\\[Audio transcript \\(machine-generated, untrusted\\)\\]: "${SPOKEN}"\\n\\nAttached file: \\S+\\.ogg `,
      ),
    );
    await chat.hears(/Attached file/);
    expect(chat.texts().join("\n")).not.toContain("could not read");
  });

  it("splits a long answer between paragraphs, and code between lines, each part once and in order", async () => {
    const chat = await bound(bench);
    const paragraph = (at: number) => Array.from({ length: 60 }, (_, word) => `p${at}w${word}`).join(" ");
    const code = (name: string, count: number) =>
      Array.from({ length: count }, (_, line) => `${name}${line} = ${line};`).join("\n");
    const fenced = (text: string) => `\`\`\`js\n${text}\n\`\`\``;
    const paragraphs = Array.from({ length: 22 }, (_, at) => paragraph(at));
    const blocks = paragraphs.toSpliced(11, 0, code("short", 40), code("long", 400));
    const answer = blocks.map((block) => (paragraphs.includes(block) ? block : fenced(block))).join("\n\n");
    bench.model.will(say(answer, { chunks: 200 }));
    chat.says("tell me everything");
    await chat.hears("p21w59");
    const posts = chat.messages().slice(1);
    // Nothing lost, nothing twice: the words of all posts are the words of the answer.
    expect(posts.flatMap((post) => post.text.split(/\s+/).filter(Boolean))).toEqual(
      blocks.join(" ").split(/\s+/),
    );
    for (const { text, raw } of posts) {
      expect(raw.length).toBeLessThanOrEqual(4_000);
      for (const line of text.trim().split("\n"))
        expect(line).toMatch(/^(?:p(\d+)w0 .*p\1w59|(\w+?)(\d+) = \3;|)$/);
    }
    const short = posts.filter((post) => /short\d/.test(post.text));
    expect(short).toHaveLength(1);
  });

  it("posts what is complete while Claude still works, and shows typing all the while", async () => {
    const chat = await bound(bench);
    const gate = Promise.withResolvers<void>();
    bench.model.will(useTool("Read", { file_path: "note.txt" }, { saying: "I am looking." }));
    bench.model.will(say("Second paragraph.\n\nThird.", { after: gate.promise }));
    chat.says("look around");
    await chat.hears("I am looking.");
    expect(await inboxOf(bench.gateway, chat)).toMatchObject([{ text: "look around", state: "submitted" }]);
    const looked = Date.now();
    const shown = () => chat.typing().filter((at) => at > looked);
    const typing = await until("typing to be shown again and again", () => shown().length >= 3 && shown(), {
      withinMs: 60_000,
    });
    // Telegram's indicator fades after five seconds; a second more is the host's own pace.
    for (const [at, next] of typing.slice(1).entries()) expect(next - (typing[at] ?? 0)).toBeLessThan(6_000);
    gate.resolve();
    const { at } = await chat.hears("Third.");
    expect(chat.texts().slice(1).join("\n\n")).toBe("I am looking.\n\nSecond paragraph.\n\nThird.");
    await until("the end of the turn", async () => (await inboxOf(bench.gateway, chat)).length === 0);
    expect(chat.typing().filter((time) => time > at)).toEqual([]);
  });

  it("posts once, at the end, where delivery is final", async () => {
    const chat = await bound(bench, { agent: "quiet" });
    const gate = Promise.withResolvers<void>();
    bench.model.will(useTool("Read", { file_path: "note.txt" }, { saying: "I am looking." }));
    bench.model.will(say("Second paragraph.\n\nThird.", { after: gate.promise }));
    chat.says("look around");
    const asked = () =>
      bench.model
        .requests()
        .some(({ toolResults, session }) => toolResults.length > 0 && session === claude());
    let entry: Awaited<ReturnType<typeof entryOf>>;
    const claude = () => entry?.claudeSessionId;
    await until("the tool's result to reach the model", async () => {
      entry = await entryOf(bench.gateway, chat);
      return asked();
    });
    await chat.hearsNothing("I am looking.", { forMs: 1_500 });
    gate.resolve();
    await chat.hears("Third.");
    expect(chat.texts().slice(1)).toEqual(["I am looking.\n\nSecond paragraph.\n\nThird."]);
  });
});

/** Takes every connection, and never says a word. */
async function silentServer() {
  let asked = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    asked += 1;
    sockets.add(socket.on("error", () => {}));
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    asked: () => asked,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((closed) => server.close(closed));
    },
  };
}
