// Question and answer in a chat.
import type { Chat } from "./telegram.ts";

/** Says it, and returns what the bot writes next. */
export async function asks(chat: Chat, words: string): Promise<string> {
  const before = new Set(chat.messages().map(({ id }) => id));
  chat.says(words);
  return (await chat.hears(({ id }) => !before.has(id), { withinMs: 40_000 })).text;
}
