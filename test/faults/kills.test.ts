// The gateway is killed with -9 in each phase of a session: nothing is left running, the map is whole, and Claude remembers.
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AT_ONCE, workbench } from "../support/approvals.ts";
import { type Bench, type Bound, bound, entryOf, startBench } from "../support/e2e.ts";
import { say } from "../support/model.ts";
import { isAlive, until } from "../support/poll.ts";
import { report } from "../support/report.ts";

/** Brings the gateway into the phase; what Claude remembers afterwards. */
type Phase = (o: { bench: Bench; chat: Bound }) => Promise<string>;

const KEPT = "I remember acorns.";
const interrupted = ({ text }: { text: string }) => text.includes("interrupted");

const running: Phase = async ({ bench, chat }) => {
  bench.model.will("dig", say("Digging. ".repeat(40), { chunks: 40, gapMs: 200 }));
  chat.says("dig");
  await until("Claude to work", () => bench.model.prompts().includes("dig"));
  return KEPT;
};

const asking: Phase = async ({ bench, chat }) => {
  await workbench(() => bench).asks(chat, workbench(() => bench).touch("asked"));
  return KEPT;
};

const starting: Phase = async ({ bench, chat }) => {
  await bench.gateway.stop();
  const start = bench.gateway.start().catch(() => {});
  chat.says("hello in between");
  // In the middle of what a start takes, whatever that is on this machine.
  await sleep(bench.gateway.startMs / 2);
  await bench.gateway.kill();
  await start;
  return KEPT;
};

const resetting: Phase = async ({ bench, chat }) => {
  const { claudeSessionId: old } = (await entryOf(bench.gateway, chat)) ?? {};
  chat.says("/new");
  await until(
    "the old session to be gone from the map",
    async () => (await entryOf(bench.gateway, chat))?.claudeSessionId !== old,
    { everyMs: 5 },
  );
  return "I remember nothing.";
};

const parking: Phase = async ({ bench }) => {
  // It leaves first, and is noted as parked after that.
  await until("Claude to leave", () => !claudes(bench).some(({ command }) => command.includes("--output")), {
    everyMs: 5,
  });
  return KEPT;
};

const writing: Phase = async ({ bench, chat }) => {
  const session = chat.sessionKey;
  const rename = (name: string) => bench.gateway.call("contractor.rename", { session, name });
  const all = Array.from({ length: 30 }, (_, at) => rename(`name ${at}`));
  await Promise.race(all);
  for (const one of all) one.catch(() => {});
  return KEPT;
};

// The host has helpers of its own, which end in their own time.
function claudes({ gateway }: Bench) {
  return gateway.children().filter(({ command }) => command.includes("claude"));
}

describe.each([
  ["running, asking", { running, asking }, 30],
  ["starting, writing the map", { starting, writing }, 30],
  ["resetting, parking", { resetting, parking }, 0.03],
] as const)("21: the gateway killed while %s", (_, phases, idleMinutes) => {
  let bench: Bench;
  // The host keeps its channels off after three such deaths in five minutes: two for each gateway.
  beforeAll(async () => {
    bench = await startBench({ config: AT_ONCE, pluginConfig: { idleMinutes } });
  });
  afterAll(() => bench?.dispose());

  it.each(Object.entries<Phase>(phases))("%s", async (_name, phase) => {
    const chat = await bound(bench);
    chat.says("remember acorns");
    await chat.hears("OK, acorns.");
    const from = Date.now();
    const memory = await phase({ bench, chat });
    const started = claudes(bench);
    await bench.gateway.kill();
    const killed = Date.now();
    const left = () => started.filter(({ pid }) => isAlive(pid));
    await until("what it had started to end", () => left().length === 0, { withinMs: 5_000, seen: left });
    await bench.gateway.start();
    expect(await entryOf(bench.gateway, chat)).toMatchObject({ agentId: "cc" });
    chat.says("what do you remember?");
    await chat.hears(memory);
    const cutOff = phase === running || phase === asking;
    expect(chat.messages().filter(interrupted)).toHaveLength(cutOff ? 1 : 0);
    for (const words of ["dig", "go on", "hello in between"])
      expect(bench.model.prompts().filter((prompt) => prompt === words).length).toBeLessThanOrEqual(1);
    const notices = chat
      .messages()
      .filter(interrupted)
      .map(({ text }) => text);
    report({ from, to: killed, status: "killed", notices });
    report({ from: killed, to: Date.now(), status: "completed", notices: [] });
  });
});
