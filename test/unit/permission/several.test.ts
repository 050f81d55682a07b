// Several questions at once: all are shown, each is answered by its own number, and a word without one decides nothing.
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { conversationKey } from "../../../src/host/conversation-binding.ts";
import { AwaitedReplies } from "../../../src/permission/awaited-replies.ts";
import { askForm } from "../../../src/permission/elicitation.ts";
import { Presses } from "../../../src/permission/presses.ts";
import { bench, CHAT, identity, press, soon } from "../../support/asking.ts";

async function four() {
  const replies = new AwaitedReplies(conversationKey);
  const all = ["A", "B", "C", "D"].map((text) => bench({ replies, text }));
  await soon();
  const [a, b, c, d] = all;
  if (!(a && b && c && d)) throw new Error("there are four");
  return { a, b, c, d, replies, types: a.types };
}

const WHICH = (list: string) => ({ is: "kept", say: `${list}.` });

describe("several questions at once", () => {
  test("are all shown, the first as it always is and the others with their numbers", async () => {
    const { a, b, c, d } = await four();
    expect([a, b, c, d].map(({ said }) => said)).toEqual([
      ["A"],
      ["Question 2. B"],
      ["Question 3. C"],
      ["Question 4. D"],
    ]);
  });

  test("are answered in any order, each by its number", async () => {
    const { a, b, c, d, types } = await four();
    expect(types("n 3 not there")).toEqual({ is: "answer" });
    expect(await c.answer).toMatchObject({ is: "deny", reason: "not there" });
    expect(types("1 y")).toEqual({ is: "answer" });
    expect(await a.answer).toMatchObject({ is: "once" });
    expect(types("always 4")).toEqual({ is: "answer" });
    expect(await d.answer).toMatchObject({ is: "always" });
    expect(types("#2: n")).toEqual({ is: "answer" });
    expect(await b.answer).toMatchObject({ is: "deny" });
    expect(c.said.at(-1)).toBe("Question 3: 🚫 Denied by @ada.");
    expect(a.said.at(-1)).toBe("Question 1: ✅ Allowed once by @ada.");
  });

  test.each([
    "y",
    "1",
    "2",
    "n",
    "no",
    "always",
    "n because",
    "yes please",
    "9",
    "y 7",
    "7 y",
    "n 7 because",
  ])("take no %j without the number of one of them", async (word) => {
    const { a, types } = await four();
    expect(types(word)).toEqual(WHICH("4 questions are open: say which, `y 1`, `y 2`, `y 3` or `y 4`"));
    types("n 1");
    expect(await a.answer).toMatchObject({ is: "deny" });
    expect(types(word)).toEqual(WHICH("3 questions are open: say which, `y 2`, `y 3` or `y 4`"));
  });

  test("take a word without a number again once only one is open, but not one that was on its way", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    onTestFinished(() => void vi.useRealTimers());
    const replies = new AwaitedReplies(conversationKey);
    const one = bench({ replies });
    const two = bench({ replies });
    await soon();
    one.types("n 1");
    await one.answer;
    await soon();
    vi.advanceTimersByTime(900);
    expect(one.types("y")).toEqual({ is: "kept", say: "HINT" });
    // For the one that is settled.
    expect(one.types("n 1 because")).toEqual(WHICH("1 question is open: say which, `y 2`"));
    vi.advanceTimersByTime(100);
    expect(one.types("1")).toEqual({ is: "answer" });
    expect(await two.answer).toMatchObject({ is: "once" });
  });

  test("take no number that was typed for those before them", async () => {
    const replies = new AwaitedReplies(conversationKey);
    const before = [bench({ replies }), bench({ replies })];
    await soon();
    for (const number of [1, 2]) before[0]?.types(`n ${number}`);
    await Promise.all(before.map(({ answer }) => answer));
    await soon();
    const after = [bench({ replies }), bench({ replies })];
    await soon();
    for (const word of ["y 2", "#2: y", "always 1"])
      expect(after[0]?.types(word)).toEqual({ is: "kept", say: "HINT" });
    expect(after[0]?.types("n 2")).toEqual({ is: "answer" });
    expect(await after[1]?.answer).toMatchObject({ is: "deny" });
  });

  test("take the number at once, whatever was settled a moment ago", async () => {
    const { a, b, types } = await four();
    types("y 1");
    await a.answer;
    expect(types("y 2")).toEqual({ is: "answer" });
    expect(await b.answer).toMatchObject({ is: "once" });
  });

  test("have numbers that rise while one is open, and begin again when none is", async () => {
    const replies = new AwaitedReplies(conversationKey);
    const one = bench({ replies });
    const two = bench({ replies });
    await soon();
    one.types("n 2");
    await two.answer;
    const three = bench({ replies });
    await soon();
    expect(three.said).toEqual(["Question 3. QUESTION"]);
    one.types("n 1");
    one.types("n 3");
    await Promise.all([one.answer, three.answer]);
    const next = bench({ replies });
    await soon();
    expect(next.said).toEqual(["QUESTION"]);
  });

  test("a reply to a question's message is about that one, and one to something else about none", async () => {
    const { c, types } = await four();
    expect(types("n", true, { replyTo: "Question 3. C" })).toEqual({ is: "answer" });
    expect(await c.answer).toMatchObject({ is: "deny" });
    expect(types("y", true, { replyTo: "Hello" }).is).toBe("kept");
    expect(types("y 4", true, { replyTo: "Question 2. B" })).toEqual(
      WHICH("3 questions are open: say which, `y 1`, `y 2` or `y 4`"),
    );
  });

  test("cancel ends the turn, whichever it is given to", async () => {
    const { a, types } = await four();
    expect(types("cancel")).toEqual({ is: "answer" });
    expect(await a.answer).toMatchObject({ is: "cancel" });
  });

  test("take no number of who may not approve", async () => {
    const { a, types } = await four();
    for (const word of ["y 1", "y", "#1: y"])
      expect(types(word, false)).toMatchObject({ say: expect.stringMatching("may approve") });
    types("n 1");
    expect(await a.answer).toMatchObject({ is: "deny", by: "telegram:1" });
  });

  test("keep what is no answer once, and give it on with the last of them", async () => {
    const { a, b, c, d, types } = await four();
    expect(types("what is that?")).toEqual(
      WHICH("4 questions are open: `y 1`, `y 2`, `y 3` or `y 4`. What you wrote is kept until then"),
    );
    expect(types("#3: and this?")).toEqual({ is: "kept", say: "Kept as well." });
    for (const [number, one] of [a, c, b].entries()) {
      types(`n ${[1, 3, 2][number]}`);
      await one.answer;
    }
    await soon();
    expect([a, b, c, d].flatMap(({ kept }) => kept)).toEqual([]);
    types("n 4");
    await d.answer;
    await soon();
    expect(d.kept).toEqual([["what is that?", "and this?"]]);
  });

  test("have their own buttons, and a late press shows what became of its own question", async () => {
    const presses = new Presses(() => true);
    const replies = new AwaitedReplies(conversationKey);
    const one = bench({ replies, presses });
    const two = bench({ replies, presses });
    await soon();
    expect(presses.press(press(two.values[0] ?? ""))).toMatchObject({ is: "answered" });
    expect(await two.answer).toMatchObject({ is: "once" });
    one.types("n 1");
    await one.answer;
    await soon();
    expect(presses.press(press(one.values[0] ?? ""))).toEqual({ is: "over", outcome: "🚫 Denied by @ada." });
    expect(two.said).toEqual(["Question 2. QUESTION"]);
  });

  test("say who asks directly before each", async () => {
    const replies = new AwaitedReplies(conversationKey);
    const all = ["one", "two"].map((text) => bench({ replies, text, preface: `${text} asks:` }));
    await soon();
    expect(all.map(({ said }) => said)).toEqual([
      ["one asks:", "one"],
      ["two asks:", "Question 2. two"],
    ]);
  });
});

describe("a form among several questions", () => {
  const form = (replies: AwaitedReplies) => {
    const said: string[] = [];
    const properties = { q: { type: "string", title: "Which folder?" } };
    const answer = askForm(
      {
        ...{ replies, mode: "auto", presses: new Presses(() => false), timeoutMs: 60_000 },
        onKept: () => {},
        unanswered: { note: () => () => {} },
      },
      {
        identity,
        conversations: [CHAT],
        elicitation: { mode: "form", sessionId: "s", message: "", requestedSchema: { properties } },
        say: (text) => void said.push(text),
        signal: new AbortController().signal,
      },
    );
    return { answer, said };
  };

  test("takes own words behind its number, and none without", async () => {
    const replies = new AwaitedReplies(conversationKey);
    const permission = bench({ replies });
    await soon();
    const { answer, said } = form(replies);
    expect(said).toEqual([
      "Question 2 (the one before it is 1).\n❓ Which folder?\n" +
        "Reply with a number or in your own words · skip · cancel.\nBegin your answer with `2:`.",
    ]);
    for (const word of ["the old one", "y"])
      expect(permission.types(word)).toEqual(
        WHICH(`2 questions are open: say which, \`y 1\` or \`${2}: your answer\``),
      );
    expect(permission.types("#2: the old one")).toEqual({ is: "answer" });
    expect(await answer).toEqual({ action: "accept", content: { q: "the old one" } });
    permission.types("n 1");
    expect(await permission.answer).toMatchObject({ is: "deny" });
  });

  test("alone is as it always was", async () => {
    const replies = new AwaitedReplies(conversationKey);
    const { answer, said } = form(replies);
    expect(said).toEqual(["❓ Which folder?\nReply with a number or in your own words · skip · cancel."]);
    replies.hear({ identity, route: CHAT }, { text: "#2: the old one", authorized: true });
    expect(await answer).toEqual({ action: "accept", content: { q: "#2: the old one" } });
  });
});
