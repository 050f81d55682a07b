// `npm run delivery -- [--turns N] [--seed S]`: what a chat sees of long and short answers that come in random pieces, by setting.
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { AT_ONCE } from "../support/approvals.ts";
import { type Bench, type Bound, bound, startBench } from "../support/e2e.ts";
import { say } from "../support/model.ts";
import { writeInto } from "../support/written.ts";
import { type Answered, answerOf, wordsIn } from "./answer.ts";
import { rowOf, type Seen, STYLES, type Style, TABLE_HEAD } from "./row.ts";

const CHATS = 8;
const TURN_MS = 60_000;
const QUIET_MS = 5_000;

const { turns, seed } = wishes();
process.stdout.write(`delivery: ${turns} turns for each setting, seed ${seed}\n`);
const rows: string[] = [];
let wrong = 0;
for (const style of STYLES) {
  const seen = await measured(style);
  const row = rowOf(style, seen);
  wrong += row.wrong;
  rows.push(row.line);
  process.stdout.write(`${row.line}\n`);
}
if (turns >= 200 && wrong === 0) {
  const text = [`${turns} turns for each setting, seed ${seed}.`, "", ...TABLE_HEAD, ...rows].join("\n");
  await writeInto("performance.md", { script: "npm run delivery", text });
}
process.exitCode = wrong === 0 ? 0 : 1;

function wishes(): { turns: number; seed: number } {
  const { values } = parseArgs({ options: { turns: { type: "string" }, seed: { type: "string" } } });
  const turns = Number(values.turns ?? 200);
  const seed = Number(values.seed ?? Date.now() % 1_000_000);
  if (Number.isInteger(turns) && turns > 0 && Number.isInteger(seed)) return { turns, seed };
  process.stderr.write("Usage: npm run delivery -- [--turns N] [--seed S]\n");
  process.exit(2);
}

// Eight people at once, since Telegram's channel lets one message a second through to a chat.
async function measured(style: Style): Promise<Seen[]> {
  const { delivery, longOutput } = style;
  const bench = await startBench({
    config: AT_ONCE,
    pluginConfig: { delivery, longOutput, maxProcesses: CHATS + 1 },
  });
  try {
    const answers = teach(bench);
    const chats: Bound[] = [];
    for (let at = 0; at < CHATS; at++) chats.push(await bound(bench));
    const each = Math.ceil(turns / CHATS);
    await Promise.all(chats.map((chat, at) => talk(chat, namesOf(at, each))));
    // What is said twice may come later.
    await sleep(QUIET_MS);
    return chats.flatMap((chat, at) =>
      namesOf(at, each).map((name) => seenOf({ chat, name, answers, style })),
    );
  } finally {
    await bench.dispose();
  }
}

// Every answer is made of words that are its own, so that a lost or doubled one shows.
function teach({ model }: Bench): Map<string, Answered> {
  const answers = new Map<string, Answered>();
  model.always(/^turn /, ({ prompt }) => {
    const name = prompt.replace("turn ", "");
    const answer = answerOf(name, seed);
    answers.set(name, { ...answer, at: Date.now() });
    return say(answer.text, { chunks: answer.chunks, gapMs: answer.gapMs });
  });
  return answers;
}

function namesOf(chat: number, each: number): string[] {
  return Array.from({ length: each }, (_, turn) => `${chat}x${turn}`);
}

// An answer that never ends in the chat counts as lost.
async function talk(chat: Bound, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const last = answerOf(name, seed).words.at(-1) ?? "";
    chat.says(`turn ${name}`);
    const ends = ({ text }: { text: string }) => wordsIn(text).includes(last);
    await chat.hears(ends, { withinMs: TURN_MS }).catch(() => {});
  }
}

function seenOf(o: { chat: Bound; name: string; answers: Map<string, Answered>; style: Style }): Seen {
  const { chat, name, answers, style } = o;
  const mine = (word: string) => word.startsWith(`w${name}x`);
  const answer = answers.get(name);
  if (!answer) throw new Error(`the model was never asked for ${name}`);
  const messages = chat.messages().filter(({ text }) => wordsIn(text).some(mine));
  return {
    firstMs: Math.min(...messages.map(({ at }) => at)) - answer.at,
    messages: messages.length,
    edits: messages.reduce((sum, message) => sum + message.edits.length, 0),
    shown: messages.flatMap(({ text }) => wordsIn(text).filter(mine)),
    expected: style.expected(answer),
  };
}
