// Looking at a job while it works: in a chat by its words, or by a card that is kept up to date.
import { afterAll, beforeAll, expect, it } from "vitest";
import { AT_ONCE } from "../support/approvals.ts";
import { type Bench, startBench } from "../support/e2e.ts";
import { say } from "../support/model.ts";
import { until } from "../support/poll.ts";
import type { Chat } from "../support/telegram.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await startBench({ config: AT_ONCE });
});
afterAll(() => bench?.dispose());

let nextPerson = 501;
const unbound = (): Chat => {
  const id = nextPerson++;
  return bench.telegram.chat({ from: { id, username: `user${id}` } });
};

/** A job whose turn is let go, and whose next one waits as well. */
function gated(words: string, answer: string): () => void {
  const gate = Promise.withResolvers<void>();
  bench.model.will(words, say(answer, { after: gate.promise }));
  return gate.resolve;
}

it("shows what was missed once, then what comes, in each chat from where that has read to", async () => {
  const [chat, other] = [unbound(), unbound()];
  const first = gated("walk north", "Step one.");
  chat.says("/claude walk north");
  await chat.hears("🚀 walk-north");
  chat.says("/claude_respond walk-north walk south");
  await chat.hears("gets it when its turn is over");
  const second = gated("walk south", "Step two.");
  first();
  await until("the second turn", () => bench.model.prompts().includes("walk south"));
  other.says("/claude_fg walk-north");
  const caught = await other.hears("walk-north (");
  expect(caught.text).toMatch(/· working ·[\s\S]*📋 1 missed:\nStep one\.\nIt is shown here from now on/);
  other.says("/claude output walk-north");
  await other.hears(/Step one\.$/);
  second();
  await other.hears(/^Step two\.$/);
  const end = await other.hears(/^✅ walk-north is done/);
  expect(end.text).not.toContain("Step two.");
  expect((await chat.hears(/^✅ walk-north is done/)).text).toContain("Step two.");
  chat.says("/claude_fg walk-north");
  expect((await chat.hears("📋 2 missed:")).text).toMatch(/Step one\.\nStep two\.\nIt has ended\.$/);
  chat.says("/claude_fg walk-north");
  expect((await chat.hears(/^walk-north \(\w+\) · done.*\nIt has ended\.$/)).text).not.toContain("missed");
});

it("stops showing it where that is wanted, and marks whose words they are where there are several", async () => {
  const chat = unbound();
  const [one, two] = [gated("paint red", "Red it is."), gated("paint blue", "Blue it is.")];
  for (const words of ["paint red", "paint blue"]) {
    chat.says(`/claude ${words}`);
    await chat.hears(`🚀 ${words.replace(" ", "-")}`);
    chat.says(`/claude_fg ${words.replace(" ", "-")}`);
    await chat.hears("It is shown here from now on");
  }
  one();
  await chat.hears("[paint-red] Red it is.");
  await chat.hears(/^✅ paint-red is done/);
  chat.says("/claude_bg");
  await chat.hears("Not shown here any more: paint-blue.");
  two();
  expect((await chat.hears(/^✅ paint-blue is done/)).text).toContain("Blue it is.");
  expect(chat.texts().filter((text) => text.includes("[paint-blue]"))).toEqual([]);
});

it("keeps a notice up to date after Watch, until the end, which comes as a message of its own", async () => {
  const chat = unbound();
  bench.model.will("count sheep", say("sheep ".repeat(40), { chunks: 40, gapMs: 250 }));
  chat.says("/claude count sheep");
  const launched = await chat.hears("🚀 count-sheep");
  const edits = () =>
    bench.telegram.calls("editMessageText").filter(({ params }) => params.message_id === launched.id).length;
  await chat.presses("👀 Watch");
  await until("two edits", () => edits() >= 2, { withinMs: 15_000 });
  await chat.hears(/^✅ count-sheep is done/);
  const card = () => chat.messages().find(({ id }) => id === launched.id);
  await until("its last form", () => card()?.text.startsWith("⏹ count-sheep · done"));
  expect(card()?.buttons).toEqual([]);
});
