// `npm run delivery -- [--turns N] [--seed S]`: what a chat sees of long and short answers that come in random pieces, by setting.
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { AT_ONCE } from "../support/approvals.ts";
import { type Bound, bound, startBench } from "../support/e2e.ts";
import { writeInto } from "../support/written.ts";
import { answerOf, wordsIn } from "./answer.ts";
import { rowOf, STYLES, type Style, TABLE_HEAD } from "./row.ts";
import { type Seen, seenOf, teach } from "./seen.ts";
import { measuredEverywhere } from "./surfaces.ts";

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
const { begun, elsewhere } = await measuredEverywhere({ turns, seed });
for (const [name, seen] of [
  ["three surfaces: where it was begun", begun],
  ["three surfaces: elsewhere", elsewhere],
] as const) {
  const row = rowOf({ name }, seen);
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
    const answers = teach(bench, seed);
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
