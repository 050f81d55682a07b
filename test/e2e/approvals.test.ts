// Claude asks in the chat before it acts: by the host's buttons and by typed answer at once, through the newer adapter.
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { ASKED, AT_ONCE, run, workbench } from "../support/approvals.ts";
import { type Bench, type Bound, bound, startBench } from "../support/e2e.ts";
import { together } from "../support/model.ts";
import { until } from "../support/poll.ts";

const OWNER = 501;
const STOPPED = `node -e 'require("fs").writeFileSync("stopped", "")'`;

describe("Claude asks on Telegram", () => {
  let bench: Bench;
  let chat: Bound;
  beforeAll(async () => {
    bench = await startBench({ owners: [OWNER], config: AT_ONCE });
    chat = await bound(bench, { from: { id: OWNER } });
  });
  afterAll(() => bench?.dispose());
  beforeEach(async () => {
    bench.model.reset();
    chat.says("/new");
    await chat.hears("New session");
  });

  const denies = async () => {
    await chat.presses("Deny");
    await chat.hears("Done:");
  };
  const { answers, asks, file, made, told, touch, write } = workbench(() => bench);

  it("before it runs a command, with buttons; once is once, and the next turn asks again", async () => {
    const asked = await asks(chat, touch("once"));
    expect(asked.text).toMatch(/wants to run a command in .*\n+touch once\n/);
    expect(asked.buttons.flat().map(({ text }) => text)).toEqual(["Allow Once", "Allow Always", "Deny"]);
    expect(made("once")).toBe(false);
    await chat.presses("Allow Once");
    await chat.hears("Done:");
    expect(made("once")).toBe(true);
    await rm(file("once"));
    await asks(chat, touch("once"));
    await chat.presses("Deny");
    await chat.hears(/Done: .*refused/);
    expect(made("once")).toBe(false);
  });

  it("before it writes a file, and shows what would be in it; a denial lets the turn go on", async () => {
    const asked = await asks(chat, write("denied_file"));
    expect(asked.text).toMatch(/wants to create denied_file \(\+2\)/);
    expect(asked.text.replaceAll("\u2060", "")).toContain(`${file("denied_file")}\n+one\n+two`);
    await chat.presses("Deny");
    await chat.hears(/Done: .*refused/);
    expect(made("denied_file")).toBe(false);
  });

  it("and always covers that command, and nothing more; a removed rule is asked again", async () => {
    await asks(chat, touch("always"));
    await chat.presses("Allow Always");
    await chat.hears("Done:");
    bench.model.will(touch("always"));
    chat.says("once more");
    await chat.hears("Done:");
    for (const command of ["touch always2", "touch always\ntouch chained"]) {
      await asks(chat, run(command));
      await denies();
    }
    expect(made("chained")).toBe(false);
    const { rules } = ruleList.parse(await bench.gateway.call("contractor.rules.list"));
    expect(rules).toMatchObject([{ tool: "Bash", text: "touch always", cwd: bench.gateway.workspace("cc") }]);
    await bench.gateway.call("contractor.rules.remove", { id: rules[0]?.id });
    await asks(chat, touch("always"));
    await denies();
  });

  it("for two commands of one message one after the other, as Claude Code runs them", async () => {
    bench.model.will(together(touch("par1"), touch("par2")));
    chat.says("both");
    expect((await chat.hears(ASKED)).text).toContain("touch par1");
    await chat.hearsNothing(ASKED, { forMs: 600 });
    await chat.presses("Allow Once");
    expect((await chat.hears(ASKED)).text).toContain("touch par2");
    await denies();
    expect([made("par1"), made("par2")]).toEqual([true, false]);
  });

  it("and takes a typed answer as well; the buttons show it, and what else was typed is offered", async () => {
    await asks(chat, touch("typed"));
    chat.says("what is that for?");
    await chat.hears(/still waiting for an answer to: Run: touch typed/);
    await answers(chat, " Y ");
    await chat.hears(/^✅ Allowed once/);
    await chat.hears("Done:");
    await chat.hears(/You wrote while I was waiting:\s+│ what is that for\?/);
    chat.says("send");
    await chat.hears("Echo: what is that for?");
    expect(made("typed")).toBe(true);
  });

  it("and tells Claude why, where somebody says so", async () => {
    await asks(chat, touch("why"));
    chat.says("n use the other folder");
    await until("Claude to hear it", () => told("use the other folder"));
    expect(made("why")).toBe(false);
  });

  it.each([
    ["/new", "New session"],
    ["/acp cancel", "Cancel requested"],
  ])("and %s takes the question back; a late press does nothing", async (words, reply) => {
    const asked = await asks(chat, touch("late"));
    const button = asked.buttons.flat()[0];
    chat.says(words);
    await chat.hears(reply);
    bench.telegram.press(chat.id, asked.id, button?.callback_data ?? "", OWNER);
    await chat.hears(/touch late[\s\S]*⏹ Taken back: the turn ended/);
    chat.says("remember on");
    await chat.hears("OK, on.");
    expect(made("late")).toBe(false);
  });

  it("only those who may approve: a member's yes and press do nothing", async () => {
    const room = { id: -4_001 };
    const group = await bound(bench, { ...room, from: { id: OWNER } });
    const eve = bench.telegram.chat({ ...room, from: { id: 900, first_name: "Eve" } });
    bench.model.will(touch("group"));
    group.says("go");
    const asked = await group.hears(ASKED);
    eve.says("y");
    await eve.hears("Only people who may approve here can answer that.");
    bench.telegram.press(group.id, asked.id, asked.buttons.flat()[0]?.callback_data ?? "", 900);
    eve.says("hello");
    await group.hears("still waiting");
    expect(made("group")).toBe(false);
    group.says("3");
    await group.hears("Done:");
    expect(made("group")).toBe(false);
    // One question, where the people are: none of the host's own beside it, and nothing in anybody's private chat.
    const host = bench.telegram.calls().map(({ params }) => String(params.text ?? ""));
    expect(host.filter((text) => /Approval required|Plugin approval/.test(text))).toEqual([]);
  });

  it("keeps a chosen profile over a restart, and opens bypass for nobody", async () => {
    chat.says("/acp permissions acceptEdits");
    await chat.hears("Updated ACP permissions");
    bench.model.will(write("accepted.txt"));
    chat.says("write");
    await chat.hears("Done:");
    await until("the file", () => made("accepted.txt"));
    chat.says("/acp permissions bypassPermissions");
    await chat.hears(/cannot be chosen from the chat/);
    await asks(chat, run(STOPPED));
    expect(await bench.gateway.stop()).toBeLessThan(10_000);
    expect(bench.gateway.children()).toEqual([]);
    await bench.gateway.start();
    await chat.hears(/interrupted/);
    expect(made("stopped")).toBe(false);
    bench.model.will(write("accepted2.txt"));
    chat.says("write again");
    await chat.hears("Done:");
    await asks(chat, run(STOPPED));
    await denies();
  });

  it("and who decided what is on record, without secrets", async () => {
    await asks(chat, run("API_TOKEN=hunter2hunter2 curl https://me:swordfish@example.com"));
    await denies();
    const trail = await readFile(join(bench.gateway.stateDir, "contractor/audit.jsonl"), "utf8");
    expect(trail).not.toMatch(/hunter2|swordfish/);
    const lines = trail
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, string>);
    expect(lines.at(-1)).toMatchObject({
      ...{ tool: "Bash", decision: "denied", how: "button", agentId: "cc" },
      by: "telegram:501",
    });
    expect(lines).toContainEqual(
      expect.objectContaining({
        title: "Run: touch typed",
        decision: "allowed",
        how: "reply",
        by: "telegram:501",
      }),
    );
    expect(lines).toContainEqual(expect.objectContaining({ how: "rule", title: "Run: touch always" }));
    expect(lines).toContainEqual(expect.objectContaining({ decision: "cancelled", how: "turn ended" }));
  });
});

const ruleList = z.looseObject({ rules: z.array(z.looseObject({ id: z.string() })) });
