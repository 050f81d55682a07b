// One question in several conversations: the first answer settles it everywhere, and every other place is told by whom and how.
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { conversationKey } from "../../../src/host/conversation-binding.ts";
import { AwaitedReplies } from "../../../src/permission/awaited-replies.ts";
import type { NativeRequest } from "../../../src/permission/native.ts";
import { Presses } from "../../../src/permission/presses.ts";
import { bench, CHAT, press, shown, soon } from "../../support/asking.ts";

const GROUP = { channel: "telegram", to: "telegram:-100", accountId: "default" };
const SLACK = { channel: "slack", to: "C1" };
const ALL = [CHAT, GROUP, SLACK];
const buttons = () => new Presses((channel) => channel === "telegram");
const inGroup = (value: string) =>
  press(value, { place: { channel: "telegram", to: "-100", accountId: "default" } });

describe("a question in several conversations", () => {
  test("is asked in each, with buttons where the channel shows them", async () => {
    const { saidIn, valuesIn } = bench({ conversations: ALL, presses: buttons(), preface: "SUB" });
    await soon();
    for (const route of ALL) expect(saidIn(route)).toEqual(["SUB", "QUESTION"]);
    expect(ALL.map((route) => valuesIn(route).length)).toEqual([3, 3, 0]);
    expect(new Set([...valuesIn(CHAT), ...valuesIn(GROUP)]).size).toBe(6);
  });

  test("is settled by a press in one, and the others are told", async () => {
    const presses = buttons();
    const { answer, saidIn, valuesIn } = bench({ conversations: ALL, presses });
    await soon();
    const pressed = presses.press(inGroup(valuesIn(GROUP)[0] ?? ""));
    expect(pressed).toEqual({ is: "answered", outcome: "✅ Allowed once by @bob." });
    expect(await answer).toMatchObject({ is: "once", how: "button" });
    await soon();
    expect(saidIn(GROUP)).toEqual(["QUESTION"]);
    for (const route of [CHAT, SLACK])
      expect(saidIn(route)).toEqual(["QUESTION", "✅ Allowed once by @bob (telegram)."]);
    expect(presses.press(press(valuesIn(CHAT)[2] ?? ""))).toEqual({
      is: "over",
      outcome: "✅ Allowed once by @bob (telegram).",
    });
  });

  test("is settled by a word in one, and every place says so", async () => {
    const { answer, types, saidIn } = bench({ conversations: ALL, presses: buttons() });
    await soon();
    expect(types("n", true, { route: SLACK })).toEqual({ is: "answer" });
    expect(await answer).toMatchObject({ is: "deny", how: "reply" });
    await soon();
    expect(ALL.map((route) => saidIn(route).at(-1))).toEqual([
      "🚫 Denied by @ada (slack).",
      "🚫 Denied by @ada (slack).",
      "🚫 Denied by @ada.",
    ]);
  });

  test("has one outcome, also where two press in one moment", async () => {
    const presses = buttons();
    const { answer, valuesIn } = bench({ conversations: ALL, presses });
    await soon();
    presses.press(press(valuesIn(CHAT)[2] ?? ""));
    expect(presses.press(inGroup(valuesIn(GROUP)[0] ?? ""))).toMatchObject({
      outcome: "🚫 Denied by @bob (telegram).",
    });
    expect(await answer).toMatchObject({ is: "deny" });
  });

  test("is asked on the host's pages too where the turn was begun there, and in none of its own forms in a chat", async () => {
    const requests: NativeRequest[] = [];
    const { native, pressed, settled } = shown({ here: false });
    const asked: typeof native = {
      ...native,
      request: (request) => {
        requests.push(request);
        return native.request(request);
      },
    };
    const { answer, saidIn } = bench({ conversations: ALL, held: true, presses: buttons(), native: asked });
    await soon();
    expect(requests).toMatchObject([{ identity: { agentId: "cc" }, route: { channel: "webchat" } }]);
    expect(requests[0]?.identity).not.toHaveProperty("sessionKey");
    for (const route of ALL) expect(saidIn(route)).toEqual(["QUESTION"]);
    pressed.resolve("allow-once");
    expect(await answer).toMatchObject({ is: "once", how: "button" });
    await soon();
    for (const route of ALL)
      expect(saidIn(route).at(-1)).toBe("✅ Allowed once by Telegram approval (501) (OpenClaw).");
    expect(settled).toEqual([]);
  });

  test.each(["y", "n"])("answered %s in a chat is taken from the host's pages", async (word) => {
    const { native, settled } = shown({ here: false });
    const { answer, types } = bench({ conversations: ALL, held: true, presses: buttons(), native });
    await soon();
    types(word, true, { route: GROUP });
    await answer;
    await soon();
    expect(settled).toEqual([word === "y" ? "allow-once" : "deny"]);
  });

  test("does not wait for pages that never answer, and is not put there where they cannot show all of it", async () => {
    const request = vi.fn(() => new Promise<undefined>(() => {}));
    const tell = vi.fn(async () => true);
    for (const shows of [true, false]) {
      const native = { request, tell, shows: async () => shows };
      const { answer, types, said } = bench({ conversations: [CHAT], held: true, native, whole: "ALL" });
      await soon();
      expect(said).toEqual(["QUESTION"]);
      types("y");
      expect(await answer).toMatchObject({ is: "once" });
    }
    expect([request.mock.calls.length, tell.mock.calls.length]).toEqual([1, 0]);
  });

  test("goes on where one place cannot show it, and is denied where none can", async () => {
    const one = bench({ conversations: ALL, failing: [CHAT, GROUP] });
    await soon();
    one.types("y", true, { route: SLACK });
    expect(await one.answer).toMatchObject({ is: "once" });
    await soon();
    expect(one.saidIn(CHAT)).toEqual(["QUESTION"]);
    expect(await bench({ conversations: ALL, failing: ALL }).answer).toEqual({ is: "nobody" });
    const { native, pressed } = shown({ here: false });
    const pages = bench({ conversations: ALL, failing: ALL, held: true, native });
    await soon();
    pressed.resolve("deny");
    expect(await pages.answer).toMatchObject({ is: "deny" });
  });

  test("is answered nowhere by who may not approve, nor where it was not asked or cannot be read yet", async () => {
    const presses = buttons();
    const { answer, types, valuesIn } = bench({ conversations: ALL, presses, failing: [SLACK] });
    await soon();
    for (const route of ALL)
      expect(types("y", false, { route })).toMatchObject({
        is: "kept",
        say: expect.stringMatching("may approve"),
      });
    const stranger = { ...inGroup(valuesIn(GROUP)[0] ?? ""), approver: false };
    expect(presses.press(stranger)).toMatchObject({ is: "refused" });
    expect(types("y", true, { route: SLACK })).toMatchObject({ is: "kept" });
    const other = { channel: "telegram", to: "telegram:7", accountId: "default" };
    for (const word of ["y", "n", "cancel"])
      expect(types(word, true, { route: other })).toMatchObject({
        say: expect.stringMatching("asked in another conversation"),
      });
    types("n", true, { route: GROUP });
    expect(await answer).toMatchObject({ is: "deny" });
  });

  test("offers what was typed beside it where it was typed", async () => {
    const { answer, types, kept } = bench({ conversations: ALL });
    await soon();
    types("why?", true, { route: SLACK });
    types("what?");
    types("n");
    await answer;
    await soon();
    expect(kept).toEqual([["C1:", "why?"], ["what?"]]);
  });

  test("takes no yes that was typed for the one before it, in any of them", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    onTestFinished(() => void vi.useRealTimers());
    const replies = new AwaitedReplies(conversationKey);
    const first = bench({ replies, conversations: ALL });
    await soon();
    first.types("y");
    await first.answer;
    await soon();
    const { answer, types } = bench({ replies, conversations: ALL });
    await soon();
    for (const route of ALL) expect(types("1", true, { route })).toEqual({ is: "kept", say: "HINT" });
    vi.advanceTimersByTime(1_000);
    expect(types("1", true, { route: GROUP })).toEqual({ is: "answer" });
    expect(await answer).toMatchObject({ is: "once" });
  });

  test.each(["withdrawn", "elsewhere"])("is over in all of them when it is %s", async (how) => {
    const presses = buttons();
    const { answer, turn, withdrawn, valuesIn, saidIn } = bench({ conversations: ALL, presses });
    await soon();
    if (how === "withdrawn") turn.abort();
    else withdrawn.abort();
    expect(await answer).toEqual({ is: how });
    await soon();
    for (const [route, pressing] of [
      [CHAT, press],
      [GROUP, inGroup],
    ] as const)
      expect(presses.press(pressing(valuesIn(route)[0] ?? "")).is).toBe("over");
    for (const route of ALL) expect(saidIn(route)).toEqual(["QUESTION"]);
  });
});
