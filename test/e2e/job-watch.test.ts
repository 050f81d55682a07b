// Watching jobs: what fg shows of them and where, what bg ends, and notices that are kept up to date.
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { AT_ONCE } from "../support/approvals.ts";
import { type Bench, startBench } from "../support/e2e.ts";
import { type Message, say, useTool } from "../support/model.ts";
import { until } from "../support/poll.ts";
import type { Chat } from "../support/telegram.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await startBench({
    config: AT_ONCE,
    pluginConfig: { permissionMode: "bypassPermissions", jobs: { reminderMinutes: 0.15 } },
  });
});
afterAll(() => bench?.dispose());

let nextPerson = 501;
/** The private chat of an owner nobody has met yet, which is bound to nothing. */
const unbound = (): Chat => {
  const id = nextPerson++;
  return bench.telegram.chat({ from: { id, username: `user${id}` } });
};

interface Steps {
  name: string;
  /** Claude says this, and uses a tool after it. */
  says: (text: string) => void;
  /** Claude says this, and the job is done. */
  ends: (text: string) => void;
}

/** A job that goes on when it is told to. */
async function stepwise(chat: Chat, words: string): Promise<Steps> {
  const steps: PromiseWithResolvers<Message>[] = [];
  const step = (at: number) => {
    steps[at] ??= Promise.withResolvers();
    return steps[at];
  };
  let [asked, told] = [0, 0];
  const goOn = (message: Message) => step(told++).resolve(message);
  // What is said is known when it is asked for, or later.
  const answer = () => {
    const message = say("");
    const after = step(asked++).promise.then(({ blocks }) => {
      message.blocks.splice(0, 1, ...blocks);
      message.stop = blocks.length > 1 ? "tool_use" : "end_turn";
    });
    message.after = after;
    return message;
  };
  const tool = (text: string) =>
    useTool("Bash", { command: "true", description: "one step" }, { saying: text });
  bench.model.always((request) => JSON.stringify(request.body.messages).includes(words), answer);
  const name = words.replaceAll(" ", "-");
  chat.says(`/claude ${words}`);
  await chat.hears(new RegExp(`^🚀 ${name} `));
  await until("Claude to work", () => bench.model.prompts().includes(words));
  return { name, says: (text) => goOn(tool(text)), ends: (text) => goOn(say(text)) };
}

const output = z.object({ lines: z.array(z.string()), last: z.int() });
const outputOf = async (ref: string) => output.parse(await bench.gateway.call("contractor.output", { ref }));
/** Resolves when the job has said so many blocks. */
const blocksOf = async (name: string, count: number) =>
  await until(`${count} blocks`, async () => (await outputOf(name)).last >= count);
const labelsOf = ({ buttons }: { buttons: { text: string }[][] }) => buttons.flat().map(({ text }) => text);

describe("a job that is watched", () => {
  it("is shown in each chat from where that chat left off: what was missed once, then what it says, until bg", async () => {
    const [one, other] = [unbound(), unbound()];
    const { name, says, ends } = await stepwise(one, "paint the fence");
    says("First board.");
    await blocksOf(name, 2);
    says("Second board.");
    await blocksOf(name, 4);
    one.says(`/claude_fg ${name}`);
    const caught = await one.hears(/^👀 paint-the-fence/);
    expect(caught.text).toMatch(/· working · \d+ s\n.*\/cc bg paint-the-fence\n📋 4 missed\nFirst board\./);
    expect(caught.text).toContain("Second board.");
    says("Third board.");
    await one.hears(/^Third board\./);
    await until("the tool", () => one.texts().at(-1)?.endsWith("🔧 true"));
    one.says(`/cc bg ${name}`);
    await one.hears("paint-the-fence goes on in the background.");
    const before = await outputOf(name);
    says("Fourth board.");
    await blocksOf(name, 8);
    other.says(`/cc fg ${name} --lines 2`);
    const late = await other.hears(/^👀 paint-the-fence/);
    expect(late.text).toContain("📋 8 missed\n…\n");
    expect(late.text).not.toContain("First board.");
    // Looking at it by hand moves no offset.
    expect(await outputOf(name)).toEqual(await outputOf(name));
    expect((await outputOf(name)).last).toBe(before.last + 2);
    one.says(`/cc output ${name}`);
    await one.hears(/Fourth board\./);
    one.says(`/claude_fg ${name}`);
    const again = await one.hears(/^👀 paint-the-fence/);
    expect(again.text).toContain("📋 2 missed\nFourth board.");
    expect(again.text).not.toContain("Third board.");
    ends("All painted.");
    await one.hears(/^All painted\.$/);
    await other.hears(/^All painted\.$/);
    const ended = await one.hears(/^✅ paint-the-fence is done/);
    expect(ended.text).not.toContain("All painted.");
    await other.hears(/^✅ paint-the-fence is done/);
    for (const chat of [one, other]) {
      expect(chat.texts().filter((text) => text.startsWith("Third board."))).toHaveLength(
        chat === one ? 1 : 0,
      );
      expect(chat.texts().filter((text) => text.startsWith("✅"))).toHaveLength(1);
    }
    one.says(`/claude_fg ${name}`);
    await one.hears(/^✅ paint-the-fence is done[^\n]*\nIt has ended: nothing more is shown here\.$/);
  });

  it("is named where another is watched as well; bg alone ends all of them; a chat's place outlives the gateway", async () => {
    const chat = unbound();
    const north = await stepwise(chat, "north wall");
    const south = await stepwise(chat, "south wall");
    for (const { name } of [north, south]) {
      chat.says(`/claude_fg ${name}`);
      await chat.hears(new RegExp(`^👀 ${name}`));
    }
    north.says("Bricks in the north.");
    await chat.hears(/^\[north-wall\] Bricks in the north\./);
    south.says("Bricks in the south.");
    await chat.hears(/^\[south-wall\] Bricks in the south\./);
    chat.says("/claude_bg");
    await chat.hears(/^(?:north-wall, south-wall|south-wall, north-wall) go on in the background\.$/);
    south.says("More in the south.");
    await blocksOf(south.name, 4);
    chat.says("/claude_fg north-wall");
    await chat.hears(/^👀 north-wall/);
    await bench.gateway.restart();
    await chat.hears(/^⚠️ north-wall was interrupted/);
    await chat.hears(/^⚠️ south-wall was interrupted/);
    chat.says("/claude_fg south-wall");
    const after = await chat.hears(/^⚠️ south-wall was interrupted[\s\S]*It has ended/);
    expect(after.text).toMatch(/📋 \d missed\n[\s\S]*More in the south\./);
    expect(after.text).not.toContain("Bricks in the south.");
  });
});

describe("a job that is watched elsewhere", () => {
  it("asks where it was launched with buttons, and there in words with how to answer; nobody is reminded of it", async () => {
    const [origin, other] = [unbound(), unbound()];
    const gate = Promise.withResolvers<void>();
    const options = [
      { label: "Red", description: "warm" },
      { label: "Blue", description: "cold" },
    ];
    const questions = [{ question: "Which colour?", header: "Colour", options, multiSelect: false }];
    bench.model.will("colour the shed", useTool("AskUserQuestion", { questions }, { after: gate.promise }));
    origin.says("/claude colour the shed");
    await origin.hears("🚀");
    other.says("/claude_fg colour-the-shed");
    await other.hears("👀");
    await sleep(12_000);
    gate.resolve();
    expect(labelsOf(await origin.hears("Which colour?"))).toEqual(["Red", "Blue", "↩️ Reply"]);
    const asked = await other.hears("Which colour?");
    expect(labelsOf(asked)).toEqual([]);
    expect(asked.text).toContain("/cc respond colour-the-shed");
    other.says("/cc respond colour-the-shed Blue");
    await other.hears("colour-the-shed has your answer.");
    await other.hears(/^✅ colour-the-shed is done/);
    expect((await origin.hears(/^✅ colour-the-shed is done/)).text).toContain("Blue");
    expect([...origin.texts(), ...other.texts()].filter((text) => text.startsWith("⏳"))).toEqual([]);
    await expect(bench.gateway.call("contractor.fg", { ref: "colour-the-shed" })).rejects.toThrow(
      "fg is about a conversation, and this call came from none.",
    );
  });
});

describe("the button Watch", () => {
  it("keeps the notice up to date while Claude works; the end stands there and comes as a message of its own", async () => {
    const chat = unbound();
    const { name, says, ends } = await stepwise(chat, "plant the hedge");
    const notice = await chat.presses("👀 Watch");
    const card = () => chat.messages().find(({ id }) => id === notice.id) ?? notice;
    await until("the card", () => card().text.startsWith("👀 plant-the-hedge · working"));
    expect(labelsOf(card())).toEqual(["👀 Watch", "⛔ Stop", "↩️ Reply"]);
    says("Digging a hole.");
    await until("what is said", () => card().text.includes("Digging a hole."));
    await sleep(8_000);
    expect(card().edits.length).toBeGreaterThanOrEqual(3);
    await chat.presses("👀 Watch");
    const pressed = card().edits.length;
    await sleep(7_000);
    expect(card().edits.length - pressed).toBeLessThanOrEqual(4);
    ends("Hedge planted.");
    const done = await chat.hears((message) => message.id !== notice.id && message.text.startsWith("✅"));
    expect(done.text).toContain("Hedge planted.");
    await until("the end on the card", () => card().text.startsWith(`✅ ${name} is done`));
    expect(card().buttons).toEqual([]);
    const edits = card().edits.length;
    await sleep(4_000);
    expect(card().edits).toHaveLength(edits);
    expect(chat.texts().filter((text) => text.startsWith("⏳"))).toEqual([]);
  });

  it("leaves the message to the card when the job is stopped there", async () => {
    const chat = unbound();
    await stepwise(chat, "dig the pond");
    const notice = await chat.presses("👀 Watch");
    const card = () => chat.messages().find(({ id }) => id === notice.id) ?? notice;
    await until("the card", () => card().text.startsWith("👀"));
    await chat.presses("⛔ Stop");
    await chat.hears((message) => message.id !== notice.id && message.text.startsWith("⛔ dig-the-pond"));
    await until("the end on the card", () => card().text.startsWith("⛔ dig-the-pond was stopped by"));
    expect(card().buttons).toEqual([]);
  });
});
