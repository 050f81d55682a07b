// A form on a page and in chats at once: the first answer counts, and the other is taken back.
import { expect, test } from "vitest";
import type { ElicitationReply } from "../../../adapters/router.ts";
import { elicitBoth } from "../../../src/session/elicit-both.ts";

const YES: ElicitationReply = { action: "accept", content: { q: "page" } };

function form() {
  const page = Promise.withResolvers<ElicitationReply>();
  const chats = Promise.withResolvers<ElicitationReply>();
  const signals: AbortSignal[] = [];
  const told: string[] = [];
  const asked = (answer: Promise<ElicitationReply>) => (signal: AbortSignal) => {
    signals.push(signal);
    return answer;
  };
  const turn = new AbortController();
  const answer = elicitBoth({
    page: asked(page.promise),
    chats: asked(chats.promise),
    signal: turn.signal,
    onPage: () => void told.push("page"),
  });
  return { page, chats, answer, signals, told, turn };
}

test("an answer of the page counts, and the chats are told and not asked any more", async () => {
  const { page, answer, signals, told } = form();
  page.resolve(YES);
  expect(await answer).toEqual(YES);
  expect([told, signals.map(({ aborted }) => aborted)]).toEqual([["page"], [true, true]]);
});

test("an answer in a chat counts, and a later one of the page does not", async () => {
  const { page, chats, answer, signals, told } = form();
  chats.resolve({ action: "decline" });
  expect(await answer).toEqual({ action: "decline" });
  page.resolve(YES);
  await new Promise(setImmediate);
  expect([told, signals.map(({ aborted }) => aborted)]).toEqual([[], [true, true]]);
});

test.each(["declines", "fails"])("where the page %s, the chats still decide", async (how) => {
  const { page, chats, answer } = form();
  if (how === "fails") page.reject(new Error("gone"));
  else page.resolve({ action: "decline" });
  await new Promise(setImmediate);
  chats.resolve({ action: "cancel" });
  expect(await answer).toEqual({ action: "cancel" });
});

test("both are taken back with the turn", () => {
  const { signals, turn } = form();
  turn.abort();
  expect(signals.every(({ aborted }) => aborted)).toBe(true);
});
