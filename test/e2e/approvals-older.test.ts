// Asking through the older adapter: its own "always" opens too much, so there it is our rule; and what silence means.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ASKED, AT_ONCE, run, workbench } from "../support/approvals.ts";
import { checkout } from "../support/checkout.ts";
import { type Bench, type Bound, bound, startBench } from "../support/e2e.ts";

const OWNER = 501;
const HARNESS = {
  package: "claude-code-acp",
  path: join(checkout, "node_modules/@zed-industries/claude-code-acp"),
};

describe("with the older adapter", () => {
  let bench: Bench;
  let chat: Bound;
  beforeAll(async () => {
    const pluginConfig = { harness: HARNESS, approvals: { timeoutSeconds: 8 } };
    bench = await startBench({ owners: [OWNER], config: AT_ONCE, pluginConfig });
    chat = await bound(bench, { from: { id: OWNER } });
  });
  afterAll(() => bench?.dispose());

  const { asks, made, touch, write } = workbench(() => bench);

  it("once is once, and always is a rule of ours for this command alone", async () => {
    const asked = await asks(chat, touch("once"));
    expect(asked.text).toMatch(/wants to run a command in .*\n+touch once\n/);
    await chat.presses("Allow Once");
    await chat.hears("Done:");
    expect(made("once")).toBe(true);
    await asks(chat, touch("always"));
    await chat.presses("Allow Always");
    await chat.hears("Done:");
    const rules = join(bench.gateway.stateDir, "contractor/rules/cc.json");
    expect(JSON.parse(await readFile(rules, "utf8"))).toMatchObject({
      rules: [{ tool: "Bash", match: "exact", text: "touch always", effect: "allow" }],
    });
    bench.model.will(touch("always"));
    chat.says("once more");
    await chat.hears("Done:");
    // The adapter's own "always" would let this run as well (docs/adapter-notes.md#permission-requests).
    await asks(chat, run("touch other"));
    await chat.presses("Deny");
    await chat.hears(/touch other[\s\S]*🚫 Denied by/);
    chat.says("still there?");
    await chat.hears("Echo: still there?");
    expect(made("other")).toBe(false);
  });

  it("takes silence for a no; a late press and a late word do nothing", async () => {
    const asked = await asks(chat, write("late.txt"));
    expect(asked.text).toContain("+one");
    const button = asked.buttons.flat()[0]?.callback_data ?? "";
    await chat.hears(/^Nobody answered in time, so I refused: Write /);
    bench.telegram.press(chat.id, asked.id, button, OWNER);
    chat.says("y");
    await chat.hears("Echo: y");
    await chat.hearsNothing(ASKED, { forMs: 300 });
    expect(made("late.txt")).toBe(false);
  });

  it("is down within 10 s of SIGTERM while it asks, and leaves no process", async () => {
    await asks(chat, touch("stopped"));
    expect(await bench.gateway.stop()).toBeLessThan(10_000);
    expect(bench.gateway.children()).toEqual([]);
    expect(made("stopped")).toBe(false);
  });
});
