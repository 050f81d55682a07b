// Jobs: what a person lets Claude do in the background of a chat, and what they are told of it.
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AT_ONCE, run, workbench } from "../support/approvals.ts";
import { type Bench, promptsFromNow, startBench } from "../support/e2e.ts";
import { say, useTool } from "../support/model.ts";
import { until } from "../support/poll.ts";
import type { Chat } from "../support/telegram.ts";

const STRANGER = 599;

let bench: Bench;
beforeAll(async () => {
  const pluginConfig = { jobs: { max: 3 } };
  bench = await startBench({ config: AT_ONCE, pluginConfig });
});
afterAll(() => bench?.dispose());

let nextPerson = 501;
/** The private chat of an owner nobody has met yet, which is bound to nothing. */
const unbound = (): Chat => {
  const id = nextPerson++;
  return bench.telegram.chat({ from: { id, username: `user${id}` } });
};
const { answers } = workbench(() => bench);
const labelsOf = ({ buttons }: { buttons: { text: string }[][] }) => buttons.flat().map(({ text }) => text);
const LIVE = ["👀 Watch", "⛔ Stop"];

/** A job that works until it is let go; its name. */
async function busy(chat: Chat, words: string): Promise<{ name: string; finish: () => void }> {
  const gate = Promise.withResolvers<void>();
  bench.model.will(words, say(`Done with ${words}.`, { after: gate.promise }));
  const name = words.replaceAll(" ", "-");
  chat.says(`/claude ${words}`);
  await chat.hears(new RegExp(`^🚀 ${name} `));
  await until("Claude to work", () => bench.model.prompts().includes(words));
  return { name, finish: gate.resolve };
}

describe("a job from a chat", () => {
  it("is launched by words, told at once and when it is done; nobody else hears the words", async () => {
    const chat = unbound();
    const prompts = promptsFromNow(bench);
    chat.says("/claude Fix the  auth bug");
    const launched = await chat.hears("🚀");
    expect(launched.text).toMatch(/^🚀 fix-the-auth \([0-9a-f]{8}\) works in .*\/cc\./);
    expect(labelsOf(launched)).toEqual(LIVE);
    const done = await chat.hears("✅");
    expect(done.text).toMatch(/^✅ fix-the-auth is done · cc · \d+ s( · \$[\d.]+)?\n/);
    expect(done.text).toContain("Echo: Fix the  auth bug");
    expect(labelsOf(done)).toEqual(["↩️ Reply", "📄 Output"]);
    expect(prompts()).toEqual(["Fix the  auth bug"]);
    expect(chat.texts()).toHaveLength(2);
  });

  it("stays in the topic it was launched in, works in the directory it is told, and has names of its own", async () => {
    const id = nextPerson++;
    const from = { id, username: `user${id}` };
    const topic = bench.telegram.chat({ id: -1005, topic: 7, from });
    const general = bench.telegram.chat({ id: -1005, from });
    const dir = join(bench.gateway.root, "seo");
    await mkdir(dir);
    bench.model.will("one", say("Finished one."));
    bench.model.will("two", say("Finished two. Which colour?"));
    topic.says(`/claude --name fix-seo --dir ${dir} one`);
    expect((await topic.hears("🚀")).text).toMatch(/^🚀 fix-seo \(\w+\) works in .*\/seo\./);
    await topic.hears(/^✅ fix-seo is done · seo/);
    topic.says(`/claude run --name fix-seo --dir ${dir} two`);
    await topic.hears(/^🚀 fix-seo-2 /);
    expect((await topic.hears("Which colour?")).text).toMatch(/^❓ fix-seo-2 asks · seo/);
    expect(general.texts()).toEqual([]);
  });

  it("is never guessed from words that begin as a command", async () => {
    const chat = unbound();
    const prompts = promptsFromNow(bench);
    chat.says("/claude stop the flaky test");
    const offer = await chat.hears("Shall it be run as a job?");
    expect(labelsOf(offer)).toEqual(["Run it as a job", "No"]);
    chat.says("/claude sesions");
    await chat.hears("Did you mean /cc sessions?");
    expect(prompts()).toEqual([]);
    await chat.presses("Run it as a job");
    await chat.hears("✅ stop-the-flaky is done");
    chat.says("/claude -- sessions");
    await chat.hears("✅ sessions is done");
    expect(prompts()).toEqual(["stop the flaky test", "sessions"]);
  });

  it("asks where it was launched, by buttons; what is written there is no answer", async () => {
    const chat = unbound();
    const made = (name: string) => existsSync(join(bench.gateway.workspace("cc"), name));
    bench.model.will("touch it", run("touch job-made"));
    chat.says("/claude touch it");
    await chat.hears("🚀");
    const asked = await chat.hears("wants to run a command");
    expect(asked.text).toMatch(/Press a button, or send `?\/cc respond touch-it`? and y \(once\)/);
    expect(chat.texts().some((text) => text.includes("❓ touch-it asks:"))).toBe(true);
    expect(labelsOf(asked)).toEqual(["Allow Once", "Allow Always", "Deny", "↩️ Reply"]);
    chat.says("y");
    await chat.hears("⚠️");
    expect(made("job-made")).toBe(false);
    await chat.presses("Allow Once");
    await chat.hears(/^✅ touch-it is done/);
    expect(made("job-made")).toBe(true);

    bench.model.will("touch again", run("touch job-typed"));
    chat.says("/claude touch again");
    await chat.hears(/touch job-typed[\s\S]*Press a button/);
    await answers(chat, "/claude_respond touch-again y");
    await chat.hears("touch-again has your answer.");
    await chat.hears(/^✅ touch-again is done/);
    expect(made("job-typed")).toBe(true);
  });

  it("asks a question with its options as buttons, and takes the next message after Reply", async () => {
    const chat = unbound();
    const options = [
      { label: "Red", description: "warm" },
      { label: "Blue", description: "cold" },
    ];
    const asking = useTool("AskUserQuestion", {
      questions: [{ question: "Which colour?", header: "Colour", options, multiSelect: false }],
    });
    bench.model.will("paint it", asking);
    chat.says("/claude paint it");
    const asked = await chat.hears("Which colour?");
    expect(labelsOf(asked)).toEqual(["Red", "Blue", "↩️ Reply"]);
    await chat.presses("↩️ Reply");
    await chat.hears("Your next message here goes to paint-it.");
    chat.says("Blue");
    await chat.hears("paint-it has your answer.");
    expect((await chat.hears(/^✅ paint-it is done/)).text).toContain("Blue");
  });

  it("is stopped by its button and by command, leaves no process, and goes on with its memory", async () => {
    const chat = unbound();
    chat.says("/claude remember larch");
    await chat.hears(/^✅ remember-larch is done/);
    const { name } = await busy(chat, "dig a hole");
    await chat.presses("⛔ Stop");
    await chat.hears(new RegExp(`^⛔ ${name} was stopped by @user\\d+ · cc`));
    chat.says(`/claude_kill ${name}`);
    await chat.hears(`${name} has ended already (stopped).`);
    expect(chat.texts().filter((text) => text.startsWith("⛔"))).toHaveLength(1);
    chat.says("/claude_resume remember-larch what do you remember?");
    expect((await chat.hears(/^✅ remember-larch is done[\s\S]*I remember/)).text).toContain("larch");
  });

  it("is told something while it works, is interrupted, and goes on after its end; one for once takes nothing", async () => {
    const chat = unbound();
    const { name, finish } = await busy(chat, "build it");
    chat.says(`/claude_respond ${name} remember oak`);
    await chat.hears(`${name} gets it when its turn is over.`);
    finish();
    expect((await chat.hears(/^✅ build-it is done/)).text).toContain("OK, oak.");
    chat.says(`/claude_respond ${name} what do you remember?`);
    await chat.hears(`${name} goes on with that.`);
    expect((await chat.hears(/^✅ build-it is done[\s\S]*I remember/)).text).toContain("I remember oak.");
    const { name: other } = await busy(chat, "scan all");
    chat.says(`/claude_respond --interrupt ${other} remember elm`);
    await chat.hears(`${other} was interrupted and goes on with that.`);
    await chat.hears(/^✅ scan-all is done[\s\S]*OK, elm\./);
    expect(chat.texts().filter((text) => text.startsWith("⛔"))).toEqual([]);
    chat.says("/claude run --once remember ash");
    await chat.hears(/^✅ remember-ash is done/);
    chat.says("/claude_respond remember-ash more");
    await chat.hears("was launched with --once, so it takes nothing more.");
  });

  it("is refused beyond the limit, which names the jobs at work; lists and counts tell of them", async () => {
    const chat = unbound();
    const three = [
      await busy(chat, "north wall"),
      await busy(chat, "south wall"),
      await busy(chat, "upper floor"),
    ];
    chat.says("/claude one too many");
    expect((await chat.hears("3 jobs are at work")).text).toMatch(/upper-floor.*south-wall.*north-wall/);
    chat.says("/claude_sessions running");
    expect((await chat.hears(/^upper-floor \(/)).text).toMatch(/working[\s\S]*south-wall[\s\S]*north-wall/);
    for (const { finish } of three) finish();
    for (const { name } of three) await chat.hears(new RegExp(`^✅ ${name} is done`));
    chat.says("/claude_stats");
    expect((await chat.hears("launched; remembered:")).text).toMatch(/\d+ done/);
    chat.says("/claude output north-wall");
    expect((await chat.hears(/^north-wall \(\w+\) · done/)).text).toContain("Done with north wall.");
  });

  it("is nobody's but the owners': a stranger launches nothing, and presses in vain", async () => {
    const group = { id: -1010, from: { id: 501 } };
    const chat = bench.telegram.chat(group);
    const stranger = bench.telegram.chat({ id: -1010, from: { id: STRANGER, username: "eve" } });
    const prompts = promptsFromNow(bench);
    stranger.says("/claude steal the keys");
    await until("an answer", () => stranger.texts().length > 0 || chat.texts().length > 0);
    expect(prompts()).toEqual([]);
    const { name, finish } = await busy(chat, "guarded work");
    const pressed = bench.telegram.calls("answerCallbackQuery").length;
    const launched = chat.messages().find(({ text }) => text.startsWith("🚀"));
    const stop = launched?.buttons.flat().find(({ text }) => text === "⛔ Stop");
    bench.telegram.press(-1010, launched?.id ?? 0, stop?.callback_data ?? "", STRANGER);
    await until("the press to be heard", () => bench.telegram.calls("answerCallbackQuery").length > pressed);
    finish();
    await chat.hears(new RegExp(`^✅ ${name} is done`));
  });

  it("tells in words why it could not begin, and is not left at work", async () => {
    const chat = unbound();
    chat.says("/claude --dir /no/such/place do it");
    await chat.hears("There is no directory /no/such/place.");
    chat.says("/claude_sessions running");
    await chat.hears("There are no jobs.");
  });
});

describe("a restart", () => {
  it("loses no job: what was cut off is told once, and goes on; what waits runs; what was told is not told again", async () => {
    const chat = unbound();
    chat.says("/claude remember cedar");
    await chat.hears(/^✅ remember-cedar is done/);
    const { name } = await busy(chat, "long haul");
    const prompts = promptsFromNow(bench);
    await bench.gateway.kill();
    await bench.gateway.start();
    expect((await chat.hears("was interrupted by a restart")).text).toMatch(new RegExp(`^⚠️ ${name} `));
    expect(prompts()).toEqual([]);
    chat.says(`/claude_respond ${name} remember fir`);
    await chat.hears(new RegExp(`^✅ ${name} is done[\\s\\S]*OK, fir\\.`));
    expect(chat.texts().filter((text) => text.startsWith("✅ remember-cedar"))).toHaveLength(1);
    expect(chat.texts().filter((text) => text.startsWith("⚠️"))).toHaveLength(1);
    chat.says("/claude_stats");
    expect((await chat.hears("launched; remembered:")).text).toMatch(/\d+ done/);
  });
});
