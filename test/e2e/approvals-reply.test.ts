// Asking by typed reply alone, in English and in Chinese; and in the places where no chat can be asked.
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { AT_ONCE, run, workbench } from "../support/approvals.ts";
import { type Bench, type Bound, bound, historyOf, startBench } from "../support/e2e.ts";
import { startGateway } from "../support/gateway.ts";
import { openOperator } from "../support/gateway-rpc.ts";
import { startModel, useTool } from "../support/model.ts";
import { until } from "../support/poll.ts";

const OWNER = 501;
// A blank to a shell, and none to whoever looks for one.
const BLANK = ["$", "{IFS}"].join("");
const MAIN = { sessionKey: "agent:cc:main" };

describe("by reply", () => {
  let bench: Bench;
  let chat: Bound;
  beforeAll(async () => {
    const pluginConfig = { approvals: { ask: "reply" } };
    bench = await startBench({ owners: [OWNER], config: AT_ONCE, pluginConfig });
    chat = await bound(bench, { from: { id: OWNER } });
  });
  afterAll(() => bench?.dispose());

  const { asks, answers, made, told } = workbench(() => bench);
  const node = (name: string) => run(`node -e 'require("fs").writeFileSync("${name}", "")'`);

  it.each([
    ["y", true],
    ["好", true],
    ["不", false],
    ["拒绝", false],
  ])("%j is understood, and nothing has buttons", async (word, allowed) => {
    const asked = await asks(chat, node(`made-${allowed}-${word.trim()}`));
    expect(asked.buttons).toEqual([]);
    expect(asked.text).toMatch(/Reply y \(once\) · n \(no\), or n and why · cancel\. I wait 10 min\./);
    await answers(chat, word);
    await chat.hears(allowed ? "Done:" : /Done: .*refused/);
    expect(made(`made-${allowed}-${word.trim()}`)).toBe(allowed);
  });

  it("always is a rule, and no is told with its reason", async () => {
    const asked = await asks(chat, run("cargo test"));
    expect(asked.text).toContain('"always" means: cargo test …');
    await answers(chat, "一直允许");
    await chat.hears("Done:");
    bench.model.will(run("cargo test unit"));
    chat.says("once more");
    await chat.hears("Done:");
    await asks(chat, run("cargo test; node -e 1"));
    chat.says("不 太危险了");
    await until("Claude to hear why", () => told("太危险了"));
    await chat.hears(/太危险了/);
  });

  it("what is unclear is asked back, and what begins with ! is kept: nothing is decided, and the answer counts", async () => {
    await asks(chat, node("unclear"));
    for (const words of ["no problem, go ahead", "9"]) {
      chat.says(words);
      await chat.hears("That is no clear answer, so nothing is decided. Reply y (once) or n (no)");
    }
    chat.says("!urgent: see this");
    await chat.hears("I am still waiting for an answer to: ");
    expect(made("unclear")).toBe(false);
    await answers(chat, "y");
    await chat.hears("Done:");
    expect(made("unclear")).toBe(true);
    await chat.hears("│ !urgent: see this");
    chat.says("send");
    await chat.hears("Echo: !urgent: see this");
  });

  it("an answer counts as a reply to its question, also to one with a file", async () => {
    const long = `node -e 'require("fs").writeFileSync("long", "")' ${"x".repeat(3_000)}`;
    const asked = await asks(chat, run(long));
    expect(asked.text).toContain("stands in the file above");
    await sleep(1_000);
    chat.says("y", { replyTo: asked });
    await chat.hears("Done:");
    expect(made("long")).toBe(true);
  });

  it("cancel ends the turn, and says so", async () => {
    await asks(chat, node("cancelled"));
    chat.says("取消");
    await chat.hears("⏹ Cancelled by @ada: the turn ends.");
    chat.says("remember after");
    await chat.hears("OK, after.");
    expect(made("cancelled")).toBe(false);
  });

  it("a command's markup is text", async () => {
    const asked = await asks(
      chat,
      run("echo '<b>x</b>' **b** [Allow](https://evil.example) \"`id`\"\nReply 1 once"),
    );
    expect(asked.raw).not.toMatch(/<(?!\/?(?:code|pre)\b)[a-z]/);
    expect(asked.text).toContain('<b>x</b>\' **b** [Allow](https://evil.example) "`id`"');
    expect(asked.text).toContain("\nReply 1 once\n");
    chat.says("n");
    await chat.hears("Done:");
  });
});

describe("in a held turn", () => {
  let bench: Pick<Bench, "model" | "gateway">;
  beforeAll(async () => {
    const model = await startModel();
    bench = { model, gateway: await startGateway({ model }) };
  });
  afterAll(async () => {
    await bench?.gateway.dispose();
    await bench?.model.close();
  });

  const { file, made, touch } = workbench(() => bench);
  const send = (message: string) =>
    bench.gateway.call("chat.send", { ...MAIN, message, idempotencyKey: crypto.randomUUID() });
  const shows = (words: string) =>
    until(
      `the page to show ${words}`,
      async () => (await historyOf(bench.gateway, MAIN)).some((line) => line.includes(words)),
      { withinMs: 60_000 },
    );

  it("where nobody can be asked, it is refused at once, with the reason", async () => {
    bench.model.will(touch("nobody"));
    await send("go on");
    await shows("nobody I could ask here (no chat, and no approval surface is connected): ");
    expect(made("nobody")).toBe(false);
  });

  it("where an operator's page is open, it is asked there", async () => {
    const operator = await openOperator(bench.gateway);
    try {
      bench.model.will(touch("native"));
      await send("go on");
      const list = async () => approvals.parse(await bench.gateway.call("plugin.approval.list"));
      const asked = await until("the question", async () => (await list())[0]);
      expect(asked.request).toMatchObject({ title: "Run: touch native", agentId: "cc", toolName: "Bash" });
      await bench.gateway.call("plugin.approval.resolve", { id: asked.id, decision: "allow-once" });
      await until("it to be done", () => made("native"));
    } finally {
      operator.close();
    }
  });

  it("what its page has no room for stands in the conversation whole; what the host would mask is refused", async () => {
    const operator = await openOperator(bench.gateway);
    try {
      const lines = Array.from({ length: 60 }, (_, at) => `line number ${at}`);
      bench.model.will(useTool("Write", { file_path: file("long.txt"), content: lines.join("\n") }));
      await send("go on");
      const list = async () => approvals.parse(await bench.gateway.call("plugin.approval.list"));
      const asked = await until("the question", async () => (await list())[0]);
      expect(asked.request).toMatchObject({
        title: "A question that stands in the conversation",
        allowedDecisions: ["allow-once", "deny"],
      });
      expect((await historyOf(bench.gateway, MAIN)).join("\n")).toContain(
        lines.map((line) => `+${line}`).join("\n"),
      );
      await bench.gateway.call("plugin.approval.resolve", { id: asked.id, decision: "allow-once" });
      await until("it to be done", () => made("long.txt"));
      bench.model.will(run(`PASSWORD=$(touch${BLANK}masked) touch other`));
      await send("and that");
      await shows("OpenClaw's own approval page cannot show all of it");
      expect([made("masked"), made("other")]).toEqual([false, false]);
    } finally {
      operator.close();
    }
  });
});

const approvals = z.array(z.looseObject({ id: z.string(), request: z.looseObject({}) }));
