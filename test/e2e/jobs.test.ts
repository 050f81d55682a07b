// Jobs: what a person lets Claude do in the background of a chat, and what they are told of it.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AT_ONCE } from "../support/approvals.ts";
import { type Bench, promptsFromNow, startBench } from "../support/e2e.ts";
import type { Chat } from "../support/telegram.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await startBench({ config: AT_ONCE });
});
afterAll(() => bench?.dispose());

let nextPerson = 501;
/** The private chat of an owner nobody has met yet, which is bound to nothing. */
const unbound = (): Chat => {
  const id = nextPerson++;
  return bench.telegram.chat({ from: { id, username: `user${id}` } });
};

describe("a job from a chat", () => {
  it("is launched by words, told at once and when it is done, with buttons; the host's own agent hears nothing", async () => {
    const chat = unbound();
    const prompts = promptsFromNow(bench);
    chat.says("/claude Fix the auth bug");
    const launched = await chat.hears("🚀");
    expect(launched.text).toMatch(/^🚀 fix-the-auth \([0-9a-f]{8}\) works in .*\/cc\./);
    const done = await chat.hears("✅");
    expect(done.text).toMatch(/^✅ fix-the-auth is done · cc · \d+ s/);
    expect(done.text).toContain("Echo: Fix the auth bug");
    expect(prompts()).toEqual(["Fix the auth bug"]);
    expect(chat.texts()).toHaveLength(2);
  });
});
