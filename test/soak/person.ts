// One person of the soak: says something, waits for what becomes of it, and says the next thing.
import { setTimeout as sleep } from "node:timers/promises";
import type { Bound } from "../support/e2e.ts";
import { until } from "../support/poll.ts";
import type { BotMessage } from "../support/telegram-methods.ts";
import type { Chance } from "./random.ts";

type Outcome = "answered" | "cancelled" | "reported" | "lost";

/** What became of one message; the token names it in the message and in its answer. */
export interface Told {
  token: string;
  chat: number;
  kind: Kind;
  outcome: Outcome;
  ms: number;
}

type Kind = "turn" | "slow" | "cancel" | "reset" | "approve" | "deny" | "park" | "kill";
const WEIGHTS: readonly (readonly [number, Kind])[] = [
  [8, "turn"],
  [3, "slow"],
  [2, "cancel"],
  [2, "reset"],
  [2, "approve"],
  [1, "deny"],
  [2, "park"],
  [1, "kill"],
];

export interface Surroundings {
  chance: Chance;
  /** False when it is time to stop. */
  goesOn(): boolean;
  /** How long a session may be idle before it is parked, in milliseconds. */
  idleMs: number;
  /** Kills one adapter process of the gateway, if there is one. */
  killAdapter(): void;
  /** True while the gateway is away or has been since this time (ms since the epoch). */
  awaySince(at: number): boolean;
  /** Writes down what can be known of a message that got no answer, while it can be known. */
  lost(o: { chat: Bound; token: string; from: number }): Promise<void>;
  told: Told[];
}

// Longer than a restart of the gateway and the host's own retries together.
const PATIENCE_MS = 120_000;
/** A report stands for an answer: the turn failed by name, was interrupted, could not be started, or the words are offered to be sent. */
const REPORT =
  /^⚠️|interrupted|stopped unexpectedly|was aborted|try again|send your message again|Reply "send"/i;

export async function live(chat: Bound, around: Surroundings): Promise<void> {
  for (let count = 0; around.goesOn(); count++) {
    const kind = around.chance.pick(WEIGHTS);
    const token = `t${chat.id}x${count}x`;
    const from = Date.now();
    const outcome = await act({ chat, around, kind, token, from });
    around.told.push({ token, chat: chat.id, kind, outcome, ms: Date.now() - from });
    if (outcome === "lost") await around.lost({ chat, token, from });
    await sleep(around.chance.between(300, 1_500));
  }
}

interface Act {
  chat: Bound;
  around: Surroundings;
  kind: Kind;
  token: string;
  from: number;
}

async function act(o: Act): Promise<Outcome> {
  const { chat, around, kind, token, from } = o;
  const news = newsOf(chat);
  if (kind === "park") await sleep(around.idleMs * 1.6);
  if (kind === "reset") return await reset(o, news);
  chat.says(`${WORDS[kind]} ${token}`);
  if (kind === "kill" || kind === "cancel") {
    await begun(news, token);
    if (kind === "kill") around.killAdapter();
    else chat.says("stop");
  }
  if (kind === "approve" || kind === "deny") await answer(o, news);
  const found = () => news().find(({ text }) => text.includes(`End ${token}`) || REPORT.test(text));
  const heard = await until(`an outcome of ${token}`, found, { withinMs: PATIENCE_MS, everyMs: 100 }).catch(
    () => undefined,
  );
  if (heard === undefined) return "lost";
  if (heard.text.includes(`End ${token}`)) return "answered";
  return kind === "cancel" && !around.awaySince(from) ? "cancelled" : "reported";
}

const WORDS: Record<Kind, string> = {
  turn: "quick",
  park: "quick",
  reset: "quick",
  slow: "slow",
  cancel: "slow",
  kill: "slow",
  approve: "tool",
  deny: "tool",
};

// Messages of the bot since now, edited ones included.
function newsOf(chat: Bound): () => BotMessage[] {
  const before = new Map(chat.messages().map(({ id, text }) => [id, text]));
  return () => chat.messages().filter(({ id, text }) => before.get(id) !== text);
}

async function begun(news: () => BotMessage[], token: string): Promise<void> {
  const found = () => news().some(({ text }) => text.includes(`Begin ${token}`) || REPORT.test(text));
  await until(`the beginning of ${token}`, found, { withinMs: PATIENCE_MS, everyMs: 50 }).catch(() => {});
}

async function reset({ chat, token }: Act, news: () => BotMessage[]): Promise<Outcome> {
  chat.says("/new");
  const found = () => news().some(({ text }) => text.includes("New session"));
  const ok = await until(`the reset of ${token}`, found, { withinMs: PATIENCE_MS, everyMs: 100 }).catch(
    () => false,
  );
  return ok ? "answered" : "lost";
}

async function answer({ chat, kind, token }: Act, news: () => BotMessage[]): Promise<void> {
  const asked = () =>
    news().some(
      ({ text }) =>
        text.includes("Claude Code wants to") || text.includes(`End ${token}`) || REPORT.test(text),
    );
  await until(`the question of ${token}`, asked, { withinMs: PATIENCE_MS, everyMs: 50 }).catch(() => {});
  if (!news().some(({ text }) => text.includes("Claude Code wants to"))) return;
  // A yes that comes quicker than anybody reads is not taken for one.
  await sleep(1_000);
  // What is over meanwhile, because somebody killed the adapter, nobody answers.
  if (news().some(({ text }) => REPORT.test(text))) return;
  chat.says(kind === "approve" ? "1" : "3");
}
