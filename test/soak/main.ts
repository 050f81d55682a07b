// `npm run soak -- --minutes N [20] --seed S`: six conversations on a real gateway, with everything that can happen to them.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { hostLock } from "../../src/host/file-lock.ts";
import { openSessionMap } from "../../state/session-map.ts";
import { type Bench, type Bound, bound, inboxOf, startBench } from "../support/e2e.ts";
import { say, useTool } from "../support/model.ts";
import { tempDir, until } from "../support/poll.ts";
import { killAll } from "../support/processes.ts";
import { tell } from "./evidence.ts";
import { live, type Told } from "./person.ts";
import type { Probed } from "./probe.ts";
import { chanceOf } from "./random.ts";
import { growth, violationsOfMessages } from "./verdict.ts";

const CONVERSATIONS = 6;
const IDLE_MS = 4_000;
const TOKEN = /t\d+x\d+x/;

const { minutes, seed } = wishes();
process.stdout.write(`soak: ${minutes} minutes, seed ${seed}\n`);
await using folder = await tempDir("soak");
const probeFile = join(folder.path, "held.jsonl");
const bench = await startBench({
  env: {
    NODE_OPTIONS: `--import ${fileURLToPath(new URL("./probe.ts", import.meta.url))}`,
    CONTRACTOR_SOAK_PROBE: probeFile,
  },
  pluginConfig: { idleMinutes: IDLE_MS / 60_000, maxProcesses: 5, approvals: { ask: "reply" } },
});
const violations: string[] = [];
try {
  teach(bench);
  const chats: Bound[] = [];
  for (let at = 0; at < CONVERSATIONS; at++) chats.push(await bound(bench));
  const told = await run(chats);
  violations.push(...(await endOf(chats, told)));
} finally {
  await bench.dispose().catch((error) => violations.push(`left behind: ${String(error).split("\n")[0]}`));
}
for (const violation of violations) process.stdout.write(`VIOLATION ${violation}\n`);
process.stdout.write(
  violations.length === 0 ? "soak: nothing was violated\n" : `soak: ${violations.length} violations\n`,
);
process.exit(violations.length === 0 ? 0 : 1);

function wishes(): { minutes: number; seed: number } {
  const { values } = parseArgs({ options: { minutes: { type: "string" }, seed: { type: "string" } } });
  const minutes = Number(values.minutes ?? 20);
  const seed = Number(values.seed ?? Date.now() % 1_000_000);
  if (minutes > 0 && Number.isInteger(seed)) return { minutes, seed };
  process.stderr.write("Usage: npm run soak -- [--minutes N] [--seed S]\n");
  process.exit(2);
}

// Every answer names the message it is for, and where it begins and ends. A line of it is enough: the "1" that came too late for a question
// whose adapter was killed is a message of its own, and the host joins it with the next one.
function teach({ model }: Bench): void {
  const tokenOf = (text: string) => TOKEN.exec(text)?.[0] ?? "nothing";
  model.always(
    (request) => request.toolResults.length > 0,
    (request) => say(`End ${tokenOf(request.prompt)}`),
  );
  model.always(/^tool /m, (request) => useTool("Bash", { command: `touch ${tokenOf(request.prompt)}` }));
  model.always(/^slow /m, (request) => {
    const token = tokenOf(request.prompt);
    const words = [
      `Begin ${token}\n\n`,
      ...Array.from({ length: 20 }, (_, at) => `word ${at} `),
      `\n\nEnd ${token}`,
    ];
    return say(words.join(""), { chunks: words, gapMs: 100 });
  });
  model.always(/^quick /m, (request) => say(`End ${tokenOf(request.prompt)}`));
}

async function run(chats: Bound[]): Promise<Told[]> {
  const told: Told[] = [];
  const endsAt = Date.now() + minutes * 60_000;
  let lastAway = 0;
  let away = false;
  const people = chats.map((chat, at) =>
    live(chat, {
      chance: chanceOf(seed * 100 + at),
      goesOn: () => Date.now() < endsAt,
      idleMs: IDLE_MS,
      killAdapter: () => killAll(adapters().slice(0, 1)),
      awaySince: (from) => away || lastAway > from,
      lost: (what) => tell({ ...what, bench, told }),
      told,
    }),
  );
  for (const [third, how] of [
    [1, "restarted"],
    [2, "killed and started"],
  ] as const) {
    await sleep(Math.max(0, endsAt - ((3 - third) / 3) * minutes * 60_000 - Date.now()));
    away = true;
    if (third === 1) await bench.gateway.stop();
    else await bench.gateway.kill();
    await bench.gateway.start();
    away = false;
    lastAway = Date.now();
    process.stdout.write(`soak: the gateway was ${how}; ${told.length} messages so far\n`);
  }
  await Promise.all(people);
  return told;
}

function adapters(): number[] {
  return bench.gateway
    .children()
    .filter(({ command }) => command.includes("claude-agent-acp/dist/index.js"))
    .map(({ pid }) => pid);
}

async function endOf(chats: Bound[], told: Told[]): Promise<string[]> {
  const found = violationsOfMessages({ told, chats, prompts: bench.model.prompts() });
  const running = () => bench.gateway.children().filter(({ command }) => /claude/.test(command));
  const parked = { withinMs: 60_000, everyMs: 500 };
  await until("every session to be parked", () => running().length === 0, parked).catch(() => {
    found.push(
      `still running after everybody was silent: ${running().map(({ command }) => command.slice(0, 80))}`,
    );
  });
  found.push(...(await violationsOnDisk(chats)));
  if (bench.gateway.logs().includes("MaxListenersExceededWarning"))
    found.push("a warning of too many listeners");
  const held = (await readFile(probeFile, "utf8")).split("\n").filter(Boolean);
  const grown = growth(held.map((line) => JSON.parse(line) as Probed));
  process.stdout.write(`${summary(told)}\n${grown.lines.join("\n")}\n`);
  return [...found, ...grown.violations];
}

async function violationsOnDisk(chats: Bound[]): Promise<string[]> {
  const found: string[] = [];
  const workspace = bench.gateway.workspace("cc");
  const onCorrupt = ({ reason }: { reason: string }) =>
    void found.push(`the session map is not valid: ${reason}`);
  const { sessions } = await openSessionMap({
    workspace,
    home: join(bench.gateway.stateDir, "contractor"),
    lock: hostLock,
    onCorrupt,
  }).read();
  for (const chat of chats) {
    const entry = sessions.find(({ openclawSessionKey }) => openclawSessionKey === chat.sessionKey);
    if (entry === undefined) found.push(`${chat.sessionKey} is missing in the map`);
    const waiting = await inboxOf(bench.gateway, chat);
    if (waiting.length > 0)
      found.push(`${waiting.length} prompts are left in the inbox of ${chat.sessionKey}`);
  }
  return found;
}

function summary(told: readonly Told[]): string {
  const kinds = [...Map.groupBy(told, ({ kind }) => kind)].map(([kind, list]) => `${list.length} ${kind}`);
  const ends = [...Map.groupBy(told, ({ outcome }) => outcome)].map(([end, list]) => `${list.length} ${end}`);
  return `${told.length} messages (${kinds.join(", ")}): ${ends.join(", ")}`;
}
