// One question, asked by buttons and by typing at once: the first answer wins, whatever the host's side does.
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { conversationKey } from "../../../src/host/conversation-binding.ts";
import { recorded } from "../../../src/permission/answer.ts";
import { AwaitedReplies } from "../../../src/permission/awaited-replies.ts";
import type { NativeQuestion } from "../../../src/permission/native.ts";
import { bench, CHAT, shown, soon } from "../../support/asking.ts";
import { nativeApprovals } from "../../support/engine.ts";

const UNCLEAR = /^That is no clear answer, so nothing is decided\. Reply y \(once\)/;

describe("a question", () => {
  test.each([
    ["allow-once", "once"],
    ["allow-always", "always"],
    ["deny", "deny"],
  ] as const)("is answered %s by a press", async (decision, is) => {
    const { native, pressed, settled } = shown();
    const { answer, said } = bench({ native });
    pressed.resolve(decision);
    expect(await answer).toMatchObject({ is, how: "button" });
    expect(await recorded(await answer)).toMatchObject({ how: "button", by: "Telegram approval (501)" });
    expect([settled, said]).toEqual([[], []]);
  });

  test("is answered by typing, and the buttons then show it", async () => {
    const { native, settled } = shown();
    const { answer, types } = bench({ native });
    await soon();
    expect(types("y")).toEqual({ is: "answer" });
    expect(await answer).toEqual({ is: "once", how: "reply", by: "telegram:1", name: "@ada" });
    await soon();
    expect(settled).toEqual(["allow-once"]);
    expect(types("go on")).toEqual({ is: "unheard" });
  });

  test("is said here where the buttons are somewhere else, or nowhere", async () => {
    for (const native of [shown({ here: false }).native, nativeApprovals(async () => undefined)]) {
      const { answer, said, types } = bench({ native });
      await soon();
      expect(said).toEqual(["QUESTION"]);
      types("3");
      expect(await answer).toMatchObject({ is: "deny", how: "reply" });
      expect(said).toEqual(["QUESTION", "🚫 Denied by @ada."]);
    }
  });

  test("asks nobody where there is neither a surface nor a chat, at once", async () => {
    expect(await bench({ held: true }).answer).toEqual({ is: "nobody" });
    const broken = nativeApprovals(() => Promise.reject(new Error("no gateway")));
    expect(await bench({ held: true, native: broken }).answer).toEqual({ is: "nobody" });
    expect(await bench({ mode: "native" }).answer).toEqual({ is: "nobody" });
    expect(await bench({ unseen: true }).answer).toEqual({ is: "nobody" });
  });

  test("does not wait for a host that never answers: typing, time and the end of the turn decide", async () => {
    const native = nativeApprovals(() => new Promise<undefined>(() => {}));
    const typed = bench({ native });
    typed.types("n not that");
    expect(await typed.answer).toMatchObject({ is: "deny", reason: "not that" });
    expect(await bench({ native, timeoutMs: 5 }).answer).toEqual({ is: "expired" });
    const stopped = bench({ native, held: true });
    stopped.turn.abort();
    expect(await stopped.answer).toEqual({ is: "withdrawn" });
  });

  test("takes no yes from before it could be seen", async () => {
    const slow = Promise.withResolvers<undefined>();
    const { answer, types, said } = bench({ native: nativeApprovals(() => slow.promise) });
    expect(types("y")).toEqual({ is: "kept", say: "HINT" });
    slow.resolve(undefined);
    await soon();
    expect(said).toEqual(["QUESTION"]);
    types("y");
    expect(await answer).toMatchObject({ is: "once" });
  });

  test("takes its buttons back that appear only after it was answered", async () => {
    const late = Promise.withResolvers<NativeQuestion>();
    const settle = vi.fn(async () => {});
    const { answer, types } = bench({ native: nativeApprovals(() => late.promise) });
    types("n");
    await answer;
    late.resolve({ here: true, decision: new Promise(() => {}), by: async () => undefined, settle });
    await soon();
    expect(settle).toHaveBeenCalledWith("deny");
  });

  test("outlives a surface that fails or ends without a decision", async () => {
    const { native, pressed } = shown();
    const { answer, types } = bench({ native });
    pressed.reject(new Error("the connection is gone"));
    await soon();
    types("ok");
    expect(await answer).toMatchObject({ is: "once", how: "reply" });
  });

  test("is withdrawn with its turn, and settled where settling fails", async () => {
    const { answer, turn } = bench({
      native: nativeApprovals(async () => ({
        here: true,
        decision: new Promise(() => {}),
        by: async () => undefined,
        settle: () => Promise.reject(new Error("gone")),
      })),
    });
    await soon();
    turn.abort();
    expect(await answer).toEqual({ is: "withdrawn" });
    expect(await recorded(await answer)).toEqual({ decision: "cancelled", how: "turn ended" });
  });

  test("that was settled a moment ago takes no second answer, which is no prompt either; later words are", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    onTestFinished(() => void vi.useRealTimers());
    const { answer, types } = bench();
    await soon();
    expect(types("y")).toEqual({ is: "answer" });
    expect(await answer).toMatchObject({ is: "once" });
    expect(types("n")).toEqual({
      is: "kept",
      say: expect.stringMatching(/^The question is settled already\./),
    });
    expect(types("go on")).toEqual({ is: "unheard" });
    vi.advanceTimersByTime(2_000);
    expect(types("n")).toEqual({ is: "unheard" });
  });

  test("takes no always where none may be remembered, and none of a stranger", async () => {
    const { answer, types } = bench({ allowAlways: false });
    await soon();
    expect(types("y", false)).toMatchObject({ is: "kept", say: expect.stringContaining("may approve") });
    expect(types("always")).toEqual({ is: "kept", say: expect.stringMatching(UNCLEAR) });
    expect(types("what?")).toEqual({ is: "kept", say: "HINT" });
    for (const text of ["no problem, go ahead", "9"])
      expect(types(text)).toEqual({ is: "kept", say: expect.stringMatching(UNCLEAR) });
    expect(types("and this")).toEqual({ is: "kept", say: "Kept as well." });
    types("1");
    expect(await answer).toMatchObject({ is: "once" });
  });

  test.each([
    ["1", "once"],
    ["always", "always"],
  ])("behind another one takes no %j that cannot be meant for it", async (word, is) => {
    vi.useFakeTimers({ toFake: ["performance"] });
    onTestFinished(() => void vi.useRealTimers());
    const replies = new AwaitedReplies(conversationKey);
    const first = bench({ replies });
    await soon();
    first.types("1");
    expect(await first.answer).toMatchObject({ is: "once" });
    await soon();
    const { answer, types } = bench({ replies });
    await soon();
    vi.advanceTimersByTime(900);
    expect(types(word)).toEqual({ is: "kept", say: "HINT" });
    vi.advanceTimersByTime(100);
    expect(types(word)).toEqual({ is: "answer" });
    expect(await answer).toMatchObject({ is });
  });

  test("behind another one takes a no at once", async () => {
    const replies = new AwaitedReplies(conversationKey);
    const first = bench({ replies });
    await soon();
    first.types("1");
    await first.answer;
    await soon();
    const { answer, types } = bench({ replies });
    types("no");
    expect(await answer).toMatchObject({ is: "deny" });
  });

  test("hears no typing in native mode", async () => {
    const { native, pressed } = shown();
    const { answer, types } = bench({ native, mode: "native" });
    await soon();
    expect(types("y")).toEqual({ is: "unheard" });
    pressed.resolve("deny");
    expect(await answer).toMatchObject({ is: "deny", how: "button" });
  });

  test("gives on what was kept, also to the question that takes its place", async () => {
    const { answer, types, kept, replies } = bench();
    await soon();
    types("later please");
    types("y");
    await answer;
    expect(kept).toEqual([["later please"]]);
    const first = { hint: "", reads: () => "pass" as const, answer: () => undefined };
    const routes = [CHAT];
    const one = replies.open({ routes }, first, ["later please"]);
    const two = replies.open({ routes }, first);
    expect([one.close(), two.close()]).toEqual([[], [{ text: "later please", route: CHAT }]]);
  });
});
