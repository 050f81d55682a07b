// What is known of a message that got no answer: where it came to, what was said around it, and what the gateway wrote meanwhile.
import { type Bench, type Bound, inboxOf } from "../support/e2e.ts";
import type { Told } from "./person.ts";

const LINES = 60;
const WORDS = 12;

type Lost = { bench: Bench; chat: Bound; token: string; from: number; told: readonly Told[] };

export async function tell({ bench, chat, token, from, told }: Lost): Promise<void> {
  const prompts = bench.model.prompts().filter((text) => text.includes(token)).length;
  const waiting = await inboxOf(bench.gateway, chat);
  const acts = told.filter((one) => one.chat === chat.id).slice(-WORDS);
  const said = chat.messages().slice(-WORDS);
  const since = new Date(from - 5_000).toISOString();
  const logged = bench.gateway.logs().split("\n");
  const about = logged.filter((line) => line >= since && /contractor|telegram|acp|error|warn/i.test(line));
  const lines = [
    `LOST ${token}, said at ${new Date(from).toISOString()} in ${chat.sessionKey}`,
    `  Claude was given it ${prompts} times; in the inbox: ${JSON.stringify(waiting.map(({ id, text, state }) => [id, text, state]))}`,
    `  before it: ${acts.map(({ kind, outcome, ms }) => `${kind} ${outcome} ${ms} ms`).join(", ")}`,
    ...said.map(({ id, text }) => `  bot ${id}: ${JSON.stringify(text.slice(0, 120))}`),
    ...about.slice(0, LINES).map((line) => `  log ${line.slice(0, 240)}`),
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
}
