// Question and answer, in a chat and on the page of webchat.
import { historyOf } from "./e2e.ts";
import type { Gateway } from "./gateway.ts";
import { until } from "./poll.ts";
import type { Chat } from "./telegram.ts";
import type { BotMessage } from "./telegram-methods.ts";

/** Says it, and returns what the bot writes next. */
export async function asks(chat: Chat, words: string): Promise<string> {
  const before = new Set(chat.messages().map(({ id }) => id));
  chat.says(words);
  // A file has no words of its own.
  const answers = ({ id, text }: BotMessage) => !before.has(id) && text !== "";
  return (await chat.hears(answers)).text;
}

/** Webchat says it in that session, and its page shows this answer; also where a reset empties the page before. */
export async function asksWeb(gateway: Gateway, sessionKey: string, message: string): Promise<string> {
  const mark = "assistant: ";
  const shown = async () =>
    (await historyOf(gateway, { sessionKey })).filter((line) => line.startsWith(mark));
  const before = await shown();
  await gateway.call("chat.send", { sessionKey, message, idempotencyKey: crypto.randomUUID() });
  const answer = async () => {
    const now = await shown();
    return now.length !== before.length && now.at(-1)?.slice(mark.length);
  };
  return await until("the answer on the page", answer);
}
