// What the chat commands do where Claude is: with its memory, while it works, and with files; on Telegram and in webchat.
import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AT_ONCE } from "../support/approvals.ts";
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
import { asks, asksWeb } from "../support/talk.ts";
import type { Chat } from "../support/telegram.ts";

const WEB = { agentId: "cc", sessionKey: "agent:cc:main" };

// Telegram's channel lets one message a second through to a chat, so the chats talk at the same time.
describe.concurrent("/claude and /cc, where Claude is", () => {
  let bench: Bench;
  beforeAll(async () => {
    // Telegram's channel hands over what is said at once and does not join it with what follows.
    bench = await startBench({ config: AT_ONCE });
  });
  afterAll(() => bench?.dispose());

  it("look at a session, before and after it was used", async () => {
    const chat = await bound(bench);
    expect(await asks(chat, "/cc status")).toMatch(
      /^Claude: \w+, last.*\nagent: cc\ndirectory: .*\/cc\n.*ask\n.*none yet/s,
    );
    await says(chat, "remember anchor", "OK, anchor.");
    const { claudeSessionId = "" } = (await entryOf(bench.gateway, chat)) ?? {};
    expect(await asks(chat, "/claude status")).toContain(`session: ${claudeSessionId}`);
    expect(await asks(chat, "/cc sessions")).toMatch(
      /^#\d+ +telegram \d+ .*\/cc +← here\n *last +remember anchor\n/,
    );
    expect(await asks(chat, "/cc sessions --all")).toMatch(
      new RegExp(`#\\d+ +${chat.sessionKey}.*← here\\n *claude +${claudeSessionId}`),
    );
  });

  it("say who pays, and let it work in another folder, but in none that brings settings nobody trusts", async () => {
    const chat = await bound(bench);
    // Claude Code is asked who pays; where it takes long to say, the next status knows.
    const login = async () => (await asks(chat, "/cc status")).includes("\nlogged in with: an API key\n");
    await until("who pays", login, { everyMs: 1_000 });
    await says(chat, "remember pear", "OK, pear.");
    const lib = join(bench.gateway.root, "lib");
    await mkdir(join(lib, ".claude"), { recursive: true });
    await writeFile(join(lib, "note.txt"), "the word is quince");
    const hooks = { SessionStart: [{ hooks: [{ type: "command", command: "true" }] }] };
    await writeFile(join(lib, ".claude", "settings.json"), JSON.stringify({ hooks }));
    expect(await asks(chat, `/cc add-dir ${lib}`)).toMatch(/brings settings of its own[\s\S]*--trust/);
    await rm(join(lib, ".claude"), { recursive: true });
    expect(await asks(chat, `/cc add-dir ${lib}`)).toBe(
      `From the next message on it may work in ${lib} as well.`,
    );
    bench.model.will(/^read pear$/, useTool("Read", { file_path: join(lib, "note.txt") }));
    chat.says("read pear");
    await chat.hears(/Done: [\s\S]*the word is quince/);
    expect(await asks(chat, "/cc add-dir")).toBe(lib);
    expect(await asks(chat, `/cc add-dir --remove ${lib}`)).toMatch(/is none of its folders any more\.$/);
    await says(chat, "what do you remember?", "I remember pear.");
    await rm(lib, { recursive: true });
    expect(await asks(chat, `/cc add-dir ${lib}`)).toMatch(/^There is no directory /);
    expect(await asks(chat, "/cc fast maybe")).toContain("ON|OFF must be on or off.");
  });

  it("resume by name, number and id, fork, begin anew, and let another answer: each with its memory", async () => {
    const [ada, bob] = await Promise.all([bound(bench), bound(bench)]);
    await says(ada, "remember boat", "OK, boat.");
    const boat = (await entryOf(bench.gateway, ada))?.claudeSessionId ?? "";
    expect(await asks(ada, "/cc rename the boat")).toBe("This session is called the boat now.");
    expect(await asks(bob, '/cc resume "the boat"')).toContain(
      "is the one of another conversation. To let it answer in a chat too: /cc here",
    );
    expect(await asks(bob, '/cc fork "the boat"')).toMatch(/^Forked\./);
    await says(bob, "remember buoy", "OK, buoy.");
    await says(bob, "what do you remember?", "I remember boat, buoy.");
    expect(await asks(ada, "/cc new")).toMatch(/^New session\./);
    await says(ada, "what do you remember?", "I remember nothing.");
    expect(await asks(ada, `/cc resume ${boat.slice(0, 8)}`)).toContain(`Resumed ${boat}`);
    await says(ada, "what do you remember, now?", "I remember boat.");
    expect(await asks(ada, "/cc restart")).toMatch(/^New session in /);
    expect(await asks(ada, '/cc resume "the boat"')).toContain(`Resumed ${boat}`);
    const other = join(bench.gateway.root, "other");
    await mkdir(other);
    expect(await asks(ada, `/cc restart ${other}`)).toContain(`in ${other}.`);
    expect(await asks(ada, "/cc workdir")).toBe(other);
    const row = (await asks(ada, "/cc sessions --all"))
      .split("\n")
      .find((line) => line.includes(bob.sessionKey));
    expect(await asks(ada, `/cc here ${/#\d+/.exec(row ?? "")?.[0]}`)).toContain("answers here now");
    await says(ada, "what do you remember?", "I remember boat, buoy.");
  });

  it("let a session answer that was closed: it is opened again with its memory, or refused", async () => {
    const [ada, bob, cleo] = await Promise.all([bound(bench), bound(bench), bound(bench)]);
    await says(ada, "remember kettle", "OK, kettle.");
    expect(await asks(ada, "/cc rename kettle")).toContain("kettle");
    expect(await asks(ada, "/acp close")).toContain("Closed ACP session");
    expect(await asks(bob, "/cc here kettle")).toMatch(/^kettle answers here now, in .* It was closed/);
    await says(bob, "what do you remember?", "I remember kettle.");
    // Stopped by a command of ours, and without a word ever said to it.
    expect(await asks(bob, "/cc stop")).toBe("Stopped.");
    expect(await asks(ada, "/cc here kettle")).toContain("answers here now");
    await says(ada, "what do you remember, still?", "I remember kettle.");
    expect(await asks(cleo, "/cc rename unused")).toContain("unused");
    expect(await asks(cleo, "/acp close")).toContain("Closed ACP session");
    expect(await asks(cleo, "/cc here unused")).toMatch(/^unused answers here now/);
    await says(cleo, "what do you remember?", "I remember nothing.");
    // Its directory went with it.
    expect(await asks(cleo, "/cc stop")).toBe("Stopped.");
    expect(await asks(cleo, "/cc start --sandbox --name gone")).toMatch(/^Claude is here now/);
    await says(cleo, "remember sand", "OK, sand.");
    expect(await asks(cleo, "/cc stop")).toContain("scratch directory is removed");
    expect(await asks(cleo, "/cc here gone")).toMatch(/^There is no directory .*scratch-/);
    expect(await asks(cleo, "/cc status")).toMatch(/^Claude is not in this conversation/);
  });

  it("choose model, mode and effort", async () => {
    const chat = await bound(bench);
    expect(await asks(chat, "/cc mode nonsense")).toContain('mode "nonsense"');
    expect(await asks(chat, "/cc effort nonsense")).toContain('There is no effort "nonsense".');
    await says(chat, "good morning", "Echo: good morning");
    expect(await asks(chat, "/cc model")).toMatch(/^model: default \(of default, .*opus/);
    expect(await asks(chat, "/cc model nonsense")).toMatch(/no model "nonsense".*sonnet/);
    expect(await asks(chat, "/cc model sonnet")).toBe("model: sonnet");
    expect(await asks(chat, "/cc effort")).toMatch(/^effort: \w+ \(of .*low/);
    expect(await asks(chat, "/cc effort nonsense")).toMatch(
      /^There is no effort "nonsense"\. Choose one of: .*low/,
    );
    expect(await asks(chat, "/cc effort high")).toBe("effort: high");
    expect(await asks(chat, "/cc mode bypassPermissions")).toContain("cannot be chosen from the chat");
    expect(await asks(chat, "/cc mode nonsense")).toMatch(/does not offer the mode "nonsense".*plan/);
    expect(await asks(chat, "/cc mode PLAN")).toBe("mode: plan");
    expect(await asks(chat, "/cc mode")).toMatch(/^mode: plan \(of ask, acceptEdits, plan/);
    expect(await asks(chat, "/cc rules list")).toBe("No rules: everything is asked.");
    chat.says("with which model?");
    await chat.hears(/^Echo: with which model\?/);
    const request = bench.model.requests().findLast(({ prompt }) => prompt === "with which model?");
    expect(request?.model).toContain("sonnet");
  });

  it("10: steer a running turn: what is said at 0.5 s of 3 s lands in the same turn", async () => {
    const chat = await bound(bench);
    const gate = Promise.withResolvers<void>();
    bench.model.will("dig the garden", say("Dug.", { after: gate.promise }));
    const asked = Date.now();
    await asks(chat, "/cc workdir");
    // What any command takes here now, by itself.
    const pace = Date.now() - asked;
    chat.says("dig the garden");
    await working("dig the garden");
    await sleep(500);
    const sent = Date.now();
    chat.says("/cc steer and  the \n hedge");
    const heard = () => bench.model.prompts().includes("and  the \n hedge");
    await until("Claude to hear it", heard, { everyMs: 10 });
    // It takes its way through Telegram and interrupts what Claude was saying: well within a turn of 3 s.
    expect(Date.now() - sent).toBeLessThan(pace + 1_500);
    gate.resolve();
    expect(await inboxOf(bench.gateway, chat)).toMatchObject([
      { text: "dig the garden", state: "submitted" },
    ]);
    await chat.hears("Told Claude.");
    await chat.hears(/^Echo: and/);
    const turn = ["user: dig the garden", "assistant: Echo: and  the \n hedge"];
    const shown = async () => (await historyOf(bench.gateway, chat)).length >= turn.length;
    await until("the turn in the transcript", shown);
    expect(await historyOf(bench.gateway, chat)).toEqual(turn);
  });

  it("11: steer where nothing runs is a message, and cancel stops what does", async () => {
    const chat = await bound(bench);
    chat.says("/cc steer remember --all of  it");
    await chat.hears("OK, --all.");
    expect(bench.model.prompts()).toContain("remember --all of  it");
    await says(chat, "/steer hello there", "Echo: hello there");
    expect(await asks(chat, "/cc cancel")).toBe("Claude was not doing anything.");
    bench.model.will("dig a well", say("Dug.", { after: new Promise(() => {}) }));
    chat.says("dig a well");
    await working("dig a well");
    expect(await asks(chat, "/cc cancel")).toMatch(/^Stopped\./);
    await until("the end of the turn", async () => (await inboxOf(bench.gateway, chat)).length === 0);
  });

  it("hand Claude's own commands over as they are, and name what does instead of one that needs its screen", async () => {
    const chat = await bound(bench);
    await says(chat, "remember names", "OK, names.");
    expect(await asks(chat, "/cc /vim")).toBe("/vim needs Claude Code's own screen.");
    expect(await asks(chat, "/cc /permissions")).toContain("/cc mode");
    expect(await asks(chat, "/cc /nonsense")).toContain("lists no /nonsense");
    chat.says("/cc /context");
    await chat.hears("Context Usage");
    chat.says("/cc /compact keep the names");
    await until("Claude to compact", () => bench.model.requests().some(({ kind }) => kind === "compaction"));
    await chat.hears(/^Compacted: /);
    const said = chat.texts().join("\n");
    expect(said.split("Context Usage")).toHaveLength(2);
    expect(
      bench.model.prompts().filter((prompt) => /vim|permissions|nonsense|\/context/.test(prompt)),
    ).toEqual([]);
  });

  it("answer what cannot be done with what can", async () => {
    const answers = {
      "/cc resume nope": 'No session is called "nope"',
      "/cc restart shop": '"shop" is not a whole path. Begin it with / or ~.',
      "/cc restart /nowhere": "There is no directory /nowhere.",
      "/cc status --session": "--session needs a SESSION behind it.",
    };
    const chat = await bound(bench);
    for (const [words, answer] of Object.entries(answers)) expect(await asks(chat, words)).toContain(answer);
  });

  it("understand phrases as a whole message, in Chinese and English, and no sentence that holds one", async () => {
    const chat = await bound(bench);
    expect(await asks(chat, "cc 状态")).toContain("directory: ");
    expect(await asks(chat, "CC status")).toContain("directory: ");
    expect(await asks(chat, "cc在哪")).toBe(bench.gateway.workspace("cc"));
    for (const sentence of ["先说说 cc状态 是什么", "在我看来应该先打开cc", "please stop claude code now"])
      await says(chat, sentence, `Echo: ${sentence}`);
    expect(await asks(chat, "重启cc")).toMatch(/^New session in /);
    expect(await asks(chat, "关闭cc")).toBe("Stopped.");
    expect(await asks(chat, "/cc status")).toMatch(
      /^Claude is not in this conversation\. To bring it here: \/cc start/,
    );
  });

  it("survive an empty message and a file that wants out of its folder", async () => {
    const chat = await bound(bench);
    const prompts = promptsFromNow(bench);
    chat.says(" ");
    chat.sendsFile({ name: "../../x", content: "inside", mimeType: "text/plain", caption: "look at it" });
    await until("the file at Claude's", () => prompts().some((prompt) => prompt.includes("look at it")));
    await chat.hears(/^Echo: .*look at it/s);
    const cwd = bench.gateway.workspace("cc");
    for (const outside of ["..", "../.."]) expect(existsSync(join(cwd, outside, "x"))).toBe(false);
    await until("its end", async () => (await inboxOf(bench.gateway, chat)).length === 0);
    chat.says("still there?");
    await chat.hears("Echo: still there?");
  });

  it("end: kill keeps the memory, close and forget do not", async () => {
    const chat = await bound(bench);
    await says(chat, "remember rope", "OK, rope.");
    expect(await asks(chat, "/cc kill")).toContain("Its process is gone.");
    await says(chat, "what do you remember?", "I remember rope.");
    expect(await asks(chat, "/cc close")).toMatch(/^Closed\./);
    await says(chat, "what do you remember?", "I remember nothing.");
    expect(await asks(chat, "/cc forget")).toMatch(/^Forgotten\./);
    expect(await asks(chat, "/cc sessions --all")).not.toContain(chat.sessionKey);
  });

  it("are the same in webchat", async () => {
    expect(await webchat("remember browser")).toBe("OK, browser.");
    expect(await webchat("/cc sessions")).toContain("agent:cc:main");
    expect(await webchat("cc目录")).toBe(bench.gateway.workspace("cc"));
    expect(await webchat("/cc /context")).toContain("Context Usage");
    expect(await webchat("/cc steer what do you remember?")).toBe("I remember browser.");
    expect(await webchat("/cc new")).toMatch(/^New session\./);
    expect(await webchat("what do you remember?")).toBe("I remember nothing.");
    expect(await webchat("/cc stop")).toBe("Stopped.");
    expect(await webchat("hello again")).toBe("Echo: hello again");
  });

  // Claude's first start takes its time where several start at once.
  const working = (prompt: string) => until("Claude to work", () => bench.model.prompts().includes(prompt));

  const webchat = (message: string) => asksWeb(bench.gateway, WEB.sessionKey, message);
});

async function says(chat: Chat, words: string, answer: string): Promise<void> {
  expect(await asks(chat, words)).toBe(answer);
}
