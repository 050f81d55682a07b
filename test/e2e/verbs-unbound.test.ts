// Chat commands where Claude is not, or not yet: how it is brought into a conversation and leaves it, and who may do that.
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AT_ONCE } from "../support/approvals.ts";
import { type Bench, promptsFromNow, startBench } from "../support/e2e.ts";
import { asks, asksWeb } from "../support/talk.ts";

const ABSENT = /^Claude is not in this conversation\. To bring it here: \/cc start/;
const WHERE = "Where should Claude work? Send the path of a directory, or: sandbox";
const FORUM = -1_001;
const GROUP = -2_002;
const GROWN = -1_003_003;
const STRANGER = 900;

describe.concurrent("/claude and /cc, where Claude is not", () => {
  let bench: Bench;
  beforeAll(async () => {
    const match = (accountId: string) => ({ channel: "telegram", accountId });
    const bindings = [
      { agentId: "main", match: match("default") },
      { agentId: "cc", match: match("routed") },
    ];
    bench = await startBench({
      accounts: ["routed"],
      config: {
        bindings,
        ...AT_ONCE,
        channels: { telegram: { groups: { [GROWN]: { requireMention: true } } } },
      },
    });
  });
  afterAll(() => bench?.dispose());

  it("say what is wrong with a start, and start nothing", async () => {
    const chat = bench.telegram.chat({ from: { id: 521 } });
    expect(await asks(chat, "/cc start --name")).toContain("--name needs a NAME behind it.");
    expect(await asks(chat, "/cc start --sandbox /tmp")).toContain("A sandbox has a directory of its own.");
    expect(await asks(chat, "/cc start shop")).toBe('"shop" is not a whole path. Begin it with / or ~.');
    expect(await asks(chat, "/cc start /nowhere")).toMatch(
      /^There is no directory \/nowhere\. Nothing is bound here yet\. Create it, or name another one: \/cc start PATH\n/,
    );
    expect(await asks(chat, "/cc status")).toMatch(ABSENT);
  });

  it("start in a directory, with name and model, and stop: the directory stays", async () => {
    const chat = bench.telegram.chat({ from: { id: 522 } });
    const shop = join(bench.gateway.root, "the shop");
    await mkdir(shop);
    const start = `/cc start --name "web shop" —model=sonnet “${shop}”`;
    expect(await asks(chat, start)).toBe(`Claude is here now, in ${shop}. Write to it; /cc stop ends it.`);
    expect(await asks(chat, "remember shelf")).toBe("OK, shelf.");
    expect(await asks(chat, "/cc status")).toMatch(/^web shop: /);
    expect(await asks(chat, "/cc model")).toMatch(/^model: \w*sonnet/);
    expect(await asks(chat, "/cc stop")).toBe("Stopped.");
    expect(existsSync(shop)).toBe(true);
    expect(await asks(chat, "/cc status")).toMatch(ABSENT);
    // What was stopped can be gone on with by its name, in a conversation begun anew.
    expect(await asks(chat, "/cc start --sandbox")).toMatch(/^Claude is here now/);
    expect(await asks(chat, '/cc resume "web shop"')).toContain(`in ${shop}.`);
    expect(await asks(chat, "what do you remember?")).toBe("I remember shelf.");
    expect(await asks(chat, "/cc stop")).toBe("Stopped.");
    expect(existsSync(shop)).toBe(true);
  });

  it("ask once where, and take a path, a sandbox, or anything else as what it is", async () => {
    const chat = bench.telegram.chat({ from: { id: 523 } });
    const prompts = promptsFromNow(bench);
    expect(await asks(chat, "启动cc")).toBe(WHERE);
    expect(await asks(chat, "/status")).toContain("OpenClaw");
    expect(await asks(chat, "/nowhere/at/all")).toMatch(
      /^There is no directory .* Nothing is bound here yet\. .*: \/cc start PATH/,
    );
    expect(await asks(chat, "sandbox")).not.toContain("Claude is here");
    expect(await asks(chat, "start claude code")).toBe(WHERE);
    expect(await asks(chat, "/cc start")).toBe(WHERE);
    const scratch = /in (\S+\/scratch-\w{8})\./.exec(await asks(chat, "沙盒"))?.[1] ?? "";
    expect(existsSync(scratch)).toBe(true);
    expect(await asks(chat, "cc目录")).toBe(scratch);
    expect(await asks(chat, "/cc stop")).toBe("Stopped. Its scratch directory is removed.");
    expect(existsSync(scratch)).toBe(false);
    expect(existsSync(join(scratch, ".."))).toBe(true);
    const shop = join(bench.gateway.root, "商店");
    await mkdir(shop);
    expect(await asks(chat, `在 ${shop} 打开cc`)).toContain(`in ${shop}.`);
    expect(await asks(chat, "stop claude code")).toBe("Stopped.");
    expect(prompts().join()).not.toMatch(/sandbox|沙盒|\/nowhere/);
  });

  it("work in a forum topic, and in that topic alone", async () => {
    const from = { id: 524 };
    const topic = bench.telegram.chat({ id: FORUM, topic: 42, from });
    const other = bench.telegram.chat({ id: FORUM, topic: 43, from });
    expect(await asks(topic, "/cc start --sandbox")).toMatch(/^Claude is here now/);
    expect(await asks(topic, "remember topic")).toBe("OK, topic.");
    expect(await asks(other, "/cc status")).toMatch(ABSENT);
    expect(await asks(topic, "/cc status")).toContain("permissions: ask");
    expect(await asks(topic, "/cc new")).toMatch(/^New session\./);
    expect(await asks(topic, "what do you remember?")).toBe("I remember nothing.");
    expect(await asks(topic, "/cc stop")).toBe("Stopped. Its scratch directory is removed.");
    expect(await asks(topic, "/cc status")).toMatch(ABSENT);
  });

  it("work on a page of webchat that is new, by question and answer and by the host's own spawn", async () => {
    const page = (words: string) => asksWeb(bench.gateway, "agent:main:page", words);
    expect(await page("/cc status")).toMatch(ABSENT);
    expect(await page("连接cc")).toBe(WHERE);
    const scratch = /in (\S+)\. Write to it/.exec(await page("sandbox"))?.[1] ?? "";
    expect(existsSync(scratch)).toBe(true);
    expect(await page("remember page")).toMatch(/^OK, page\./);
    expect(await page("/cc workdir")).toBe(scratch);
    expect(await page("/cc stop")).toBe("Stopped. Its scratch directory is removed.");
    expect(await page("/cc status")).toMatch(ABSENT);
    expect(await page("/acp spawn cc --bind here")).toContain("Bound this conversation");
    expect(await page("what do you remember?")).toMatch(/^I remember nothing\./);
    expect(await page("/cc workdir")).toBe(bench.gateway.workspace("cc"));
  });

  it("do nothing for somebody who is no owner, in a group or alone", async () => {
    const from = { id: 525 };
    const owner = bench.telegram.chat({ id: GROUP, from });
    const stranger = bench.telegram.chat({ id: GROUP, from: { id: STRANGER } });
    const alone = bench.telegram.chat({ from: { id: STRANGER } });
    const own = "Only an owner of this gateway may do that.";
    for (const words of ["/cc start /tmp", "启动cc", "/cc here 1", "/cc sessions", "/cc history --session 1"])
      expect(await asks(alone, words)).toBe(own);
    expect(await asks(owner, "/cc start")).toBe(WHERE);
    expect(await asks(stranger, "sandbox")).not.toContain("Claude is here");
    expect(await asks(owner, "sandbox")).toMatch(/^Claude is here now/);
    for (const words of ["/cc resume 1", "/cc steer --session 1 stop", "/cc restart /tmp", "/cc rules list"])
      expect(await asks(stranger, words)).toBe(own);
    expect(await asks(owner, "/cc stop")).toMatch(/^Stopped\./);
  });

  it("go on in the supergroup that a group became, and say where only mentions are heard there", async () => {
    const from = { id: 527 };
    const group = bench.telegram.chat({ id: -3_003, type: "group", from });
    const grown = bench.telegram.chat({ id: GROWN, from });
    expect(await asks(group, "/cc start --sandbox --name grows")).toMatch(/ends it\.$/);
    expect(await asks(group, "remember seed")).toBe("OK, seed.");
    group.sends({ migrate_to_chat_id: GROWN });
    grown.sends({ migrate_from_chat_id: -3_003 });
    grown.says("nobody is meant");
    expect(await asks(grown, "/cc here grows")).toMatch(
      /^grows answers here now, in \S+\.\n⚠️ In this group OpenClaw hands over only messages that mention this bot\. .* channels\.telegram\.groups\.-1003003\.requireMention to false\.$/,
    );
    grown.says("this is for the others");
    expect(await asks(grown, "@default_bot what do you remember?")).toMatch(/^I remember seed/);
    expect(await asks(grown, "/cc stop")).toMatch(/^Stopped\./);
  });

  it("need no start where the channel is routed to Claude's agent, and a stop there begins anew", async () => {
    const chat = bench.telegram.chat({ from: { id: 526 }, account: "routed" });
    expect(await asks(chat, "remember route")).toBe("OK, route.");
    expect(await asks(chat, "/cc start /tmp")).toContain("Claude is here already.");
    expect(await asks(chat, "/cc status")).toContain(`directory: ${bench.gateway.workspace("cc")}`);
    expect(await asks(chat, "/cc stop")).toBe("Stopped.");
    expect(await asks(chat, "what do you remember?")).toBe("I remember nothing.");
  });
});
