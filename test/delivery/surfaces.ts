// One session on three surfaces: turns of two chats and of a page, and what each chat shows of all of them.
import { setTimeout as sleep } from "node:timers/promises";
import { AT_ONCE } from "../support/approvals.ts";
import { type Bound, bound, startBench } from "../support/e2e.ts";
import type { Chat } from "../support/telegram.ts";
import { type Browser, openBrowser } from "../support/webchat.ts";
import { answerOf, wordsIn } from "./answer.ts";
import { type Seen, seenOf, teach } from "./seen.ts";

const SESSIONS = 4;
const SECOND_PERSON = 521;
const TURN_MS = 60_000;
const QUIET_MS = 5_000;

/** What was seen in the conversation a turn was begun in, and in those that only show it. */
export interface Everywhere {
  begun: Seen[];
  elsewhere: Seen[];
}

interface Place {
  one: Bound;
  two: Chat;
}

/** So many turns over a few sessions, each begun by a chat, the other chat or the page in turn. */
export async function measuredEverywhere(o: { turns: number; seed: number }): Promise<Everywhere> {
  const { turns, seed } = o;
  const bench = await startBench({ config: AT_ONCE, pluginConfig: { maxProcesses: SESSIONS + 1 } });
  const browser = await openBrowser(bench.gateway);
  try {
    const answers = teach(bench, seed);
    const places: Place[] = [];
    for (let at = 0; at < SESSIONS; at++) {
      const one = await bound(bench);
      const id = SECOND_PERSON + at;
      const two = bench.telegram.chat({ from: { id, first_name: `Person ${id}`, username: `person${id}` } });
      two.says(`/cc here ${one.sessionKey}`);
      await two.hears(/answers here now/);
      places.push({ one, two });
    }
    const each = Math.ceil(turns / SESSIONS);
    await Promise.all(places.map((place, at) => talk({ place, browser, seed, names: namesOf(at, each) })));
    await sleep(QUIET_MS);
    const seen: Everywhere = { begun: [], elsewhere: [] };
    const style = { expected: ({ words }: { words: string[] }) => words };
    for (const [at, { one, two }] of places.entries())
      for (const [turn, name] of namesOf(at, each).entries())
        for (const chat of [one, two]) {
          const isBegun = (turn % 3 === 0 && chat === one) || (turn % 3 === 1 && chat === two);
          seen[isBegun ? "begun" : "elsewhere"].push(seenOf({ chat, name, answers, style }));
        }
    return seen;
  } finally {
    browser.close();
    await bench.dispose();
  }
}

function namesOf(session: number, each: number): string[] {
  return Array.from({ length: each }, (_, turn) => `${session}x${turn}`);
}

async function talk(o: { place: Place; browser: Browser; seed: number; names: string[] }): Promise<void> {
  const { one, two } = o.place;
  for (const [turn, name] of o.names.entries()) {
    const last = answerOf(name, o.seed).words.at(-1) ?? "";
    const ends = ({ text }: { text: string }) => wordsIn(text).includes(last);
    const shown = [one, two].map((chat) => chat.hears(ends, { withinMs: TURN_MS }).catch(() => {}));
    if (turn % 3 === 0) one.says(`turn ${name}`);
    else if (turn % 3 === 1) two.says(`turn ${name}`);
    else await o.browser.asks(one.sessionKey, `turn ${name}`);
    await Promise.all(shown);
  }
}
