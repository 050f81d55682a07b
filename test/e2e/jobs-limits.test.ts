// Jobs at their limits: queues, budgets, reminders, background commands, launches from elsewhere, and a channel that is away.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { AT_ONCE } from "../support/approvals.ts";
import { type Bench, promptsFromNow, startBench } from "../support/e2e.ts";
import { say, useTool } from "../support/model.ts";
import type { ModelRequest } from "../support/model-request.ts";
import { until } from "../support/poll.ts";
import type { Chat } from "../support/telegram.ts";

const FALLBACK = 539;
const SHOP = 538;

let bench: Bench;
beforeAll(async () => {
  bench = await startBench({
    config: AT_ONCE,
    pluginConfig: {
      permissionMode: "bypassPermissions",
      jobs: {
        max: 2,
        onFull: "queue",
        reminderMinutes: 0.15,
        fallback: `telegram|default|${FALLBACK}`,
      },
    },
  });
});
afterAll(() => bench?.dispose());

let nextPerson = 501;
const unbound = (): Chat => {
  const id = nextPerson++;
  return bench.telegram.chat({ from: { id, username: `user${id}` } });
};

async function busy(chat: Chat, words: string): Promise<{ name: string; finish: () => void }> {
  const gate = Promise.withResolvers<void>();
  bench.model.will(words, say(`Done with ${words}.`, { after: gate.promise }));
  const name = words.replaceAll(" ", "-");
  chat.says(`/claude ${words}`);
  await chat.hears(new RegExp(`^🚀 ${name} `));
  return { name, finish: gate.resolve };
}

describe("a job", () => {
  it("that is queued begins when another ends, and can be dropped before", async () => {
    const chat = unbound();
    const prompts = promptsFromNow(bench);
    const two = [await busy(chat, "north wall"), await busy(chat, "south wall")];
    await until("both to work", () => prompts().length === 2);
    chat.says("/claude upper floor");
    expect((await chat.hears("🚀 upper-floor")).text).toContain("is queued; it begins when another job ends");
    chat.says("/claude lower floor");
    await chat.hears("🚀 lower-floor");
    chat.says("/claude_kill upper-floor");
    await chat.hears(/^⛔ upper-floor was stopped/);
    two[0]?.finish();
    await chat.hears(/^✅ north-wall is done/);
    await chat.hears(/^✅ lower-floor is done/);
    two[1]?.finish();
    await chat.hears(/^✅ south-wall is done/);
    expect(prompts()).toEqual(["north wall", "south wall", "lower floor"]);
  });

  it("stops at its budget, says what was spent, and goes on with a higher one", async () => {
    const chat = unbound();
    chat.says("/claude --budget 0.0001 remember birch");
    const limit = await chat.hears(/^⛔ remember-birch reached its limit/);
    expect(limit.text).toMatch(/It has cost \$0\.0003 of \$0\.0001\. To go on: /);
    expect(limit.text).toContain("OK, birch.");
    chat.says("/claude_respond remember-birch what do you remember?");
    await chat.hears(/has cost what one may cost|reached its limit/);
    chat.says("/claude run --resume remember-birch --budget 5 what do you remember?");
    await chat.hears(/^✅ remember-birch is done[\s\S]*I remember birch\./);
  });

  it("is told to be done once, when what it has in the background is done as well", async () => {
    const chat = unbound();
    const reported = (request: ModelRequest) =>
      JSON.stringify(request.body.messages.at(-1)).includes("task-notification");
    bench.model.always(reported, say("The command has ended."));
    const command = "sleep 6; touch background-made";
    bench.model.will("tidy up", useTool("Bash", { command, run_in_background: true }));
    bench.model.will((request) => request.toolResults.length > 0, say("Started."));
    chat.says("/claude tidy up");
    const done = await chat.hears(/^✅ tidy-up is done/);
    expect(existsSync(join(bench.gateway.workspace("cc"), "background-made"))).toBe(true);
    expect(done.text).toContain("The command has ended.");
    expect(chat.texts().filter((text) => text.startsWith("✅"))).toHaveLength(1);
  });

  it("that takes long is reminded of once, a quiet one never", async () => {
    const chat = unbound();
    const loud = await busy(chat, "loud work");
    const gate = Promise.withResolvers<void>();
    bench.model.will("calm work", say("Calm.", { after: gate.promise }));
    chat.says("/claude --quiet calm work");
    await chat.hears(/^calm-work \(\w+\) works in/);
    await chat.hears(/^⏳ loud-work still works/);
    await sleep(4_000);
    loud.finish();
    gate.resolve();
    await chat.hears(/^✅ loud-work is done/);
    await chat.hears(/^✅ calm-work is done/);
    expect(chat.texts().filter((text) => text.startsWith("⏳"))).toHaveLength(1);
    expect(chat.texts().filter((text) => text.startsWith("🚀"))).toHaveLength(1);
  });

  it("launched at the command line or through the gateway is told about at the place that is set for it", async () => {
    const fallback = bench.telegram.chat({ from: { id: FALLBACK } });
    const ran = await bench.gateway.cli([
      "contractor-agents",
      "run",
      "--name",
      "by-cli",
      "remember elm",
      "--json",
    ]);
    expect(ran.code, ran.stderr).toBe(0);
    expect(launched.parse(JSON.parse(ran.stdout)).job).toMatchObject({ name: "by-cli" });
    await fallback.hears(/^🚀 by-cli /);
    await fallback.hears(/^✅ by-cli is done[\s\S]*OK, elm\./);
    const params = { prompt: "remember yew", name: "by-rpc" };
    const { job } = launched.parse(await bench.gateway.call("contractor.run", params));
    expect(job.state).toMatch(/starting|working|done/);
    await fallback.hears(/^✅ by-rpc is done/);
    await expect(bench.gateway.call("contractor.run", params, { scopes: ["operator.read"] })).rejects.toThrow(
      /scope/,
    );
    const listed = await bench.gateway.cli(["contractor-agents", "jobs", "--json"]);
    expect(JSON.parse(listed.stdout).jobs.map(({ name }: { name: string }) => name)).toContain("by-rpc");
  });

  it("can be looked at as any session, and answers in a chat once it is brought there, with its memory", async () => {
    const chat = unbound();
    chat.says("/claude remember maple");
    await chat.hears(/^✅ remember-maple is done/);
    chat.says("/cc sessions");
    await chat.hears(/remember-maple|job-/);
    chat.says("/cc peek --session remember-maple");
    await chat.hears(/OK, maple/);
    chat.says("/cc here remember-maple");
    await chat.hears("answers here now");
    chat.says("what do you remember?");
    await chat.hears(/^I remember maple\.$/);
    expect(chat.texts().filter((text) => /^[✅🚀]/u.test(text))).toHaveLength(2);
  });

  it("whose channel is away is told about once when it is back", async () => {
    const chat = bench.telegram.chat({ from: { id: SHOP } });
    const { name, finish } = await busy(chat, "distant shore");
    const back = await bench.telegram.outage("unreachable");
    finish();
    await sleep(3_000);
    await back();
    await chat.hears(new RegExp(`^✅ ${name} is done`), { withinMs: 120_000 });
    expect(chat.texts().filter((text) => text.startsWith("✅"))).toHaveLength(1);
  });
});

const launched = z.object({ job: z.looseObject({ name: z.string(), state: z.string() }) });
