// Several answers to one question in one breath: whatever wins, there is exactly one outcome, everybody reads it, and the next
// message is answered at once. RACES says how often [50].
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ASKED, AT_ONCE, run } from "../support/approvals.ts";
import { type Bench, bound, inboxOf, startBench } from "../support/e2e.ts";
import { until } from "../support/poll.ts";

const TIMES = Number(process.env.RACES ?? 50);
const ADA = 501;
const BOB = 502;
const OUTCOME = /^(?:✅ Allowed|🚫 Denied|⏹)/;
const OUTCOME_BELOW = /\n(?:✅ Allowed|🚫 Denied|⏹)/;

describe.concurrent("answers that race", () => {
  let bench: Bench;
  beforeAll(async () => {
    const pluginConfig = { approvals: { ask: "reply" } };
    bench = await startBench({ owners: [ADA, BOB], config: AT_ONCE, pluginConfig });
  });
  afterAll(() => bench?.dispose());

  const audit = async (sessionKey: string) =>
    (await readFile(join(bench.gateway.stateDir, "contractor/audit.jsonl"), "utf8").catch(() => ""))
      .split("\n")
      .filter((line) => line.includes(sessionKey)).length;

  it.each([
    {
      name: "two owners",
      id: -7_001,
      said: [
        [ADA, "y"],
        [BOB, "n"],
      ],
    },
    {
      name: "two owners, the other way",
      id: -7_002,
      said: [
        [BOB, "n"],
        [ADA, "y"],
      ],
    },
    {
      name: "stop beside a yes",
      id: -7_003,
      said: [
        [BOB, "stop"],
        [ADA, "y"],
      ],
    },
    {
      name: "a yes and stop of one person",
      id: -7_004,
      said: [
        [ADA, "y"],
        [ADA, "stop"],
      ],
    },
    {
      name: "cancel beside a yes",
      id: -7_005,
      said: [
        [BOB, "cancel"],
        [ADA, "y"],
      ],
    },
  ] as const)("$name", { timeout: TIMES * 60_000 }, async ({ id, said }) => {
    const took: number[] = [];
    for (let time = 0; time < Math.ceil(TIMES / 5); time += 1) {
      // A group is slowed down after twenty calls in a minute, so each time has its own.
      const group = id * 1_000 - time;
      const chat = await bound(bench, { id: group, from: { id: ADA } });
      const people = { [ADA]: chat, [BOB]: bench.telegram.chat({ id: group, from: { id: BOB } }) };
      bench.model.will(`race ${group}`, run(`node -e "${group}"`));
      chat.says(`race ${group}`);
      await chat.hears(ASKED);
      await sleep(1_000);
      for (const [who, words] of said) people[who].says(words);
      await until("the turn to be over", async () => (await inboxOf(bench.gateway, chat)).length === 0, {
        withinMs: 60_000,
      });
      const sent = Date.now();
      chat.says(`remember ${-group}`);
      await until("Claude to hear it", () => bench.model.prompts().includes(`remember ${-group}`), {
        withinMs: 60_000,
        everyMs: 20,
      });
      took.push(Date.now() - sent);
      await chat.hears(`OK, ${-group}.`);
      expect(await audit(chat.sessionKey)).toBe(1);
      const outcomes = chat.texts().filter((text) => OUTCOME.test(text) || OUTCOME_BELOW.test(text));
      const aborted = chat.texts().filter((text) => text.includes("Agent was aborted."));
      // Where the host stops the turn it says so, and the question is taken back or was answered before.
      expect(outcomes.length).toBeLessThanOrEqual(1);
      expect(outcomes.length + aborted.length).toBeGreaterThanOrEqual(1);
      // No answer went to Claude as a prompt.
      expect(bench.model.prompts().filter((prompt) => /^(?:y|n|cancel|stop)$/.test(prompt))).toEqual([]);
    }
    took.sort((a, b) => a - b);
    expect(took[Math.floor(took.length / 2)]).toBeLessThan(2_000);
  });
});
