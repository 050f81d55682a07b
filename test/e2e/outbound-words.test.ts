// Whatever Claude says arrives whole, though the host takes such lines for its own machinery; through the real gateway, as Telegram got it.
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AT_ONCE } from "../support/approvals.ts";
import { type Bench, type Bound, bound, startBench } from "../support/e2e.ts";
import { say } from "../support/model.ts";
import { internalText, VANISHING } from "../support/vanishing.ts";

const TEXTS = 500;
const AN_ANSWER = 25;
const CHATS = 4;
const END = "That was all of it";

describe.each([
  ["live", "cc"],
  ["final", "fin"],
])("delivered %s", (_, agent) => {
  let bench: Bench;
  let chats: Bound[];
  beforeAll(async () => {
    const pluginConfig = { agents: { fin: { delivery: "final" } } };
    bench = await startBench({ config: AT_ONCE, pluginConfig, agents: ["cc", "fin"] });
    chats = await Promise.all(Array.from({ length: CHATS }, () => bound(bench, { agent })));
  });
  afterAll(() => bench?.dispose());

  /** What a chat got as the answer to this, as it was sent. */
  const answered = async (chat: Bound, answer: string, name: string): Promise<string> => {
    bench.model.will((request) => request.prompt.includes(name), say(`${answer}\n\n${END} ${name}`));
    const from = chat.messages().length;
    chat.says(`please say ${name}`);
    await chat.hears(`${END} ${name}`);
    return chat
      .messages()
      .slice(from)
      .map(({ raw }) => raw)
      .join("\n");
  };

  it("a whole answer that the host would drop is there", { timeout: 120_000 }, async () => {
    await Promise.all(
      chats.map(async (chat, at) => {
        for (const [index, text] of VANISHING.entries()) {
          if (index % CHATS !== at) continue;
          expect(missing(text, await answered(chat, text, `case${index}x`))).toEqual([]);
        }
      }),
    );
  });

  it(`of ${TEXTS} random texts nothing is missing`, { timeout: 240_000 }, async () => {
    const texts = fc.sample(internalText, { numRuns: TEXTS, seed: 7 });
    const answers = Array.from({ length: TEXTS / AN_ANSWER }, (_, at) =>
      texts.slice(at * AN_ANSWER, (at + 1) * AN_ANSWER).join("\n\n"),
    );
    await Promise.all(
      chats.map(async (chat, at) => {
        for (const [index, answer] of answers.entries()) {
          if (index % CHATS !== at) continue;
          expect(missing(answer, await answered(chat, answer, `answer${index}x`))).toEqual([]);
        }
      }),
    );
  });
});

/** The words of the text that are not there, in their order; a channel has its own markup (Telegram: HTML), so that marks are not compared. */
function missing(text: string, posted: string): string[] {
  const decoded = posted
    .replace(/<a href="([^"]*)">(.*?)<\/a>/gs, "$2 $1")
    .replace(/<\/?[a-z][^<>]*>/g, "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&");
  const there = words(decoded);
  let at = 0;
  return words(text).filter((word) => {
    const found = there.indexOf(word, at);
    if (found !== -1) at = found + 1;
    return found === -1;
  });
}

// Markdown numbers a list anew, whatever its items are called.
function words(text: string): string[] {
  const bare = text.replaceAll("\u2060", "").replace(/^\d+\. /gm, "");
  return bare.match(/[\p{L}\p{N}\p{Extended_Pictographic}]+/gu) ?? [];
}
