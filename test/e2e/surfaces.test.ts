// Questions of one session on every surface: who may answer, where, and what the other places are then told.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { ASKED, AT_ONCE, workbench } from "../support/approvals.ts";
import { type Bench, type Bound, bound, startBench } from "../support/e2e.ts";
import { type HostPage, openHostPage } from "../support/host-page.ts";
import { until } from "../support/poll.ts";
import type { Chat } from "../support/telegram.ts";

const OWNER = { id: 501, first_name: "Ada", username: "ada" };
const EVE = { id: 900, first_name: "Eve", username: "eve" };
const SETTLED_MS = 2_000;
const STRANGER = "Only people who may approve here can answer that.";

const approvals = z.array(z.looseObject({ id: z.string() }));

describe("a question", () => {
  let bench: Bench;
  let page: HostPage;
  let chat: Bound;
  beforeAll(async () => {
    bench = await startBench({ owners: [OWNER.id], config: AT_ONCE });
    chat = await bound(bench, { from: OWNER });
    page = await openHostPage(bench.gateway, chat.sessionKey);
  });
  afterAll(async () => {
    await page?.close();
    await bench?.dispose();
  });
  beforeEach(() => bench.model.reset());
  const { made, touch, answers } = workbench(() => bench);

  const waiting = async () => approvals.parse(await bench.gateway.call("plugin.approval.list"));

  it.each([
    ["a button of the chat", "by-button"],
    ["a typed y", "by-word"],
    ["the page's form", "by-form"],
    ["a y typed on the page", "by-page"],
  ])("of a page's turn is answered by %s, and settled everywhere", async (how, file) => {
    bench.model.will(touch(file));
    await page.says(`make ${file}`);
    await chat.hears(`make ${file}`);
    await chat.hears(ASKED);
    const [asked] = await until("the page's form", async () => {
      const open = await waiting();
      return open.length > 0 && open;
    });
    if (how === "a button of the chat") await chat.presses("Allow Once");
    else if (how === "a typed y") await answers(chat, "y");
    else if (how === "the page's form")
      await page.request("plugin.approval.resolve", { id: asked?.id, decision: "allow-once" });
    else await answers(page, "y");
    const settled = { withinMs: SETTLED_MS, seen: () => chat.texts() };
    await until(
      "the chat to know",
      () => chat.texts().some((text) => text.includes("✅ Allowed once") && isNew(text)),
      settled,
    );
    await until("no form on the page", async () => (await waiting()).length === 0, { withinMs: SETTLED_MS });
    await until("what was allowed", () => made(file));
    await until("the end", () => chat.texts().at(-1)?.startsWith("Done:") === true);
    expect(page.rows().filter(({ text }) => text === `make ${file}`)).toHaveLength(1);
  });

  it("is not answered by a page that may not approve", async () => {
    const other = await openHostPage(bench.gateway, chat.sessionKey, {
      scopes: ["operator.read", "operator.write"],
    });
    bench.model.will(touch("by-stranger"));
    await page.says("make by-stranger");
    await chat.hears(ASKED);
    await answers(other, "y");
    await until("it to be told why not", () => other.told().some((text) => text.includes(STRANGER)));
    expect(made("by-stranger")).toBe(false);
    await answers(chat, "n");
    await chat.hears(/Denied by @ada/);
    expect(made("by-stranger")).toBe(false);
    await other.close();
  });

  // Each test leaves one line of an outcome behind, where the chat does not change the question itself.
  const known = new Set<string>();
  function isNew(text: string): boolean {
    const found = chat.messages().find((message) => message.text === text && !known.has(`${message.id}`));
    if (found) known.add(`${found.id}`);
    return found !== undefined;
  }

  it("of a chat's turn is asked in the group that shares its session, where a member may not answer, and says who did", async () => {
    const room = { id: -4_701 };
    const group = bench.telegram.chat({ ...room, from: OWNER });
    group.says(`/cc here ${chat.sessionKey}`);
    await group.hears(/answers here now/);
    group.says("remember nuts");
    await group.hears("OK, nuts.");
    await chat.hears("💬 telegram, @ada: remember nuts");
    const eve: Chat = bench.telegram.chat({ ...room, from: EVE });
    bench.model.will(touch("shared"));
    chat.says("make shared");
    await Promise.all([chat.hears(ASKED), group.hears(ASKED)]);
    // What somebody wrote where nobody else reads is not told to the group.
    expect(group.texts().join("\n")).not.toContain("make shared");
    eve.says("y");
    await eve.hears(STRANGER);
    expect(made("shared")).toBe(false);
    await answers(group, "y");
    await chat.hears(/Allowed once by @ada/);
    await group.hears(/Allowed once by @ada/);
    await until("what was allowed", () => made("shared"));
  });
});
