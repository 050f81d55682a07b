// Two people drive one session at the same moment, again and again: every prompt runs once, and every answer reaches both whole.
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { answerOf, wordsIn } from "../delivery/answer.ts";
import { chanceOf } from "../soak/random.ts";
import { AT_ONCE } from "../support/approvals.ts";
import { type Bench, type Bound, bound, historyOf, promptsFromNow, startBench } from "../support/e2e.ts";
import { type HostPage, openHostPage } from "../support/host-page.ts";
import { say } from "../support/model.ts";
import { until } from "../support/poll.ts";

const SEED = 14;
const SESSIONS = 5;
const PAIRS = 20;

describe("a chat and a page that write within 50 ms of each other", () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await startBench({ config: AT_ONCE, pluginConfig: { maxProcesses: SESSIONS + 1 } });
  });
  afterAll(() => bench?.dispose());

  it(`have each prompt run once and each answer whole, ${SESSIONS * PAIRS} times`, async () => {
    const prompts = promptsFromNow(bench);
    bench.model.always(/^turn /, ({ prompt }) => {
      const { text, chunks, gapMs } = answerOf(prompt.replace("turn ", ""), SEED);
      return say(text, { chunks, gapMs });
    });
    const chats: Bound[] = [];
    for (let at = 0; at < SESSIONS; at++) chats.push(await bound(bench));
    await Promise.all(chats.map((chat, at) => drive(chat, at)));
    const names = chats.flatMap((_, at) => namesOf(at).flatMap(({ chat, web }) => [chat, web]));
    expect(prompts().sort()).toEqual(names.map((name) => `turn ${name}`).sort());
    for (const [at, chat] of chats.entries()) await check(chat, at);
  }, 900_000);

  async function drive(chat: Bound, session: number): Promise<void> {
    const page = await openHostPage(bench.gateway, chat.sessionKey);
    const chance = chanceOf(SEED * 100 + session);
    for (const names of namesOf(session)) {
      const first = chance.next() < 0.5;
      const apart = chance.between(0, 50);
      if (first) chat.says(`turn ${names.chat}`);
      else await sleep(apart);
      const asked = page.says(`turn ${names.web}`);
      if (!first) chat.says(`turn ${names.chat}`);
      await asked;
      for (const name of [names.chat, names.web]) await Promise.all([ends(chat, name), shows(page, name)]);
    }
    await page.close();
  }

  async function ends(chat: Bound, name: string): Promise<void> {
    const last = answerOf(name, SEED).words.at(-1) ?? "";
    await chat.hears(({ text }) => wordsIn(text).includes(last), { withinMs: 90_000 });
  }

  async function shows(page: HostPage, name: string): Promise<void> {
    const last = answerOf(name, SEED).words.at(-1) ?? "";
    const shown = () => page.rows().some(({ text }) => wordsIn(text).includes(last));
    await until(`the page to show ${name}`, shown, { withinMs: 90_000 });
  }

  // In the chat and on the page each answer stands once, its words in order, with nothing of another among them.
  async function check(chat: Bound, session: number): Promise<void> {
    const shown = chat.messages().flatMap(({ text }) => wordsIn(text));
    const kept = (await historyOf(bench.gateway, chat)).flatMap((line) =>
      line.startsWith("assistant: ") ? wordsIn(line) : [],
    );
    for (const name of namesOf(session).flatMap(({ chat: one, web }) => [one, web])) {
      const { words } = answerOf(name, SEED);
      for (const all of [shown, kept]) {
        const from = all.indexOf(words[0] ?? "");
        expect(all.slice(from, from + words.length), name).toEqual(words);
      }
    }
    const count = namesOf(session).reduce(
      (sum, { chat: one, web }) => sum + answerOf(one, SEED).words.length + answerOf(web, SEED).words.length,
      0,
    );
    expect(shown).toHaveLength(count);
    expect(kept).toHaveLength(count);
  }
});

function namesOf(session: number): { chat: string; web: string }[] {
  return Array.from({ length: PAIRS }, (_, at) => ({
    chat: `${session}x${at * 2}`,
    web: `${session}x${at * 2 + 1}`,
  }));
}
