// The fake Bot API by itself, spoken to as a bot does.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startTelegram, type Telegram } from "./telegram.ts";

type Reply<T> = { ok: boolean; result: T; description?: string; parameters?: object };
type Sent = { message_id: number };
type Update = {
  update_id: number;
  message: { entities: { type: string }[]; document: { file_id: string } };
  callback_query: object;
  message_reaction: { new_reaction: { emoji: string }[] };
};

describe("the fake Telegram", () => {
  let telegram: Telegram;

  beforeEach(async () => {
    telegram = await startTelegram();
  });

  afterEach(() => telegram.close());

  async function bot<T = Sent>(method: string, params: object = {}, account?: string): Promise<Reply<T>> {
    const url = `${telegram.url}/bot${telegram.token(account)}/${method}`;
    const headers = { "content-type": "application/json" };
    const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(params) });
    return (await response.json()) as Reply<T>;
  }

  it("shows what the bot wrote: HTML read, edits applied, deleted gone", async () => {
    const chat = telegram.chat();
    const first = await bot("sendMessage", { chat_id: 501, text: "<b>one</b> &lt; two", parse_mode: "HTML" });
    const second = await bot("sendMessage", { chat_id: 501, text: "draft" });
    expect((await chat.hears("one < two")).raw).toContain("<b>");
    await bot("editMessageText", { chat_id: 501, message_id: second.result.message_id, text: "final" });
    expect((await chat.hears("final")).edits).toEqual(["draft"]);
    await bot("deleteMessage", { chat_id: 501, message_id: first.result.message_id });
    expect(chat.texts()).toEqual(["final"]);
    await chat.hearsNothing(/./, { forMs: 50 });
    const same = { chat_id: 501, message_id: second.result.message_id, text: "final" };
    expect((await bot("editMessageText", same)).description).toContain("not modified");
  });

  it("delivers an update until it is confirmed, with rising ids", async () => {
    const chat = telegram.chat();
    chat.says("/start now @default_bot");
    const [update] = (await bot<Update[]>("getUpdates")).result;
    expect(update?.message.entities.map((entity) => entity.type)).toEqual(["bot_command", "mention"]);
    expect((await bot<Update[]>("getUpdates")).result).toHaveLength(1);
    const waiting = bot<Update[]>("getUpdates", { offset: (update?.update_id ?? 0) + 1, timeout: 10 });
    await expect.poll(() => telegram.unconfirmed()).toBe(0);
    chat.says("next");
    expect((await waiting).result[0]?.update_id).toBe((update?.update_id ?? 0) + 1);
  });

  it("brings buttons to press, files and reactions to send", async () => {
    const chat = telegram.chat();
    const reply_markup = { inline_keyboard: [[{ text: "Allow", callback_data: "y:1" }]] };
    await bot("sendMessage", { chat_id: 501, text: "Sure?", reply_markup });
    const asked = await chat.presses("Allow");
    chat.sendsFile({ name: "a.txt", content: "inside", mimeType: "text/plain", caption: "look" });
    chat.reacts(asked, "👍");
    const [pressed, sent, reacted] = (await bot<Update[]>("getUpdates")).result;
    expect(pressed?.callback_query).toMatchObject({ data: "y:1", message: { text: "Sure?" } });
    const { result } = await bot<{ file_path: string }>("getFile", {
      file_id: sent?.message.document.file_id,
    });
    const file = await fetch(`${telegram.url}/file/bot${telegram.token()}/${result.file_path}`);
    expect(await file.text()).toBe("inside");
    expect(reacted?.message_reaction.new_reaction[0]?.emoji).toBe("👍");
  });

  it("keeps accounts, chats and topics apart", async () => {
    const group = { id: -1005, from: { id: 7 } };
    const one = telegram.chat({ ...group, topic: 1 });
    const other = telegram.chat({ ...group, topic: 2, account: "second" });
    await bot("sendMessage", { chat_id: -1005, message_thread_id: 1, text: "here" });
    await bot("sendMessage", { chat_id: -1005, message_thread_id: 2, text: "there" }, "second");
    await bot("sendChatAction", { chat_id: -1005, message_thread_id: 1, action: "typing" });
    expect([one.texts(), other.texts()]).toEqual([["here"], ["there"]]);
    expect([one.typing().length, other.typing().length]).toEqual([1, 0]);
    other.says("hi");
    expect((await bot<Update[]>("getUpdates")).result).toEqual([]);
    const [update] = (await bot<Update[]>("getUpdates", {}, "second")).result;
    expect(update?.message).toMatchObject({
      message_thread_id: 2,
      is_topic_message: true,
      chat: { is_forum: true },
    });
  });

  it("takes uploads, refuses what Telegram refuses, and fails on request", async () => {
    const chat = telegram.chat();
    const form = new FormData();
    form.set("chat_id", "501");
    form.set("caption", "report");
    form.set("document", new File(["bytes"], "report.txt"));
    await fetch(`${telegram.url}/bot${telegram.token()}/sendDocument`, { method: "POST", body: form });
    expect((await chat.hears("report")).file).toMatchObject({
      name: "report.txt",
      bytes: Buffer.from("bytes"),
    });
    expect((await bot("sendMessage", { chat_id: 999, text: "x" })).description).toContain("chat not found");
    expect((await bot("sendMessage", { chat_id: 501, text: "x".repeat(4097) })).description).toContain(
      "too long",
    );
    telegram.refuse("sendMessage", { code: 429, message: "Too Many Requests: retry after 1", retryAfter: 1 });
    expect(await bot("sendMessage", { chat_id: 501, text: "x" })).toMatchObject({
      ok: false,
      parameters: { retry_after: 1 },
    });
    expect((await bot("sendMessage", { chat_id: 501, text: "x" })).ok).toBe(true);
    expect((await bot("setChatMenuButton")).result).toBe(true);
    expect(telegram.calls("setChatMenuButton")).toHaveLength(1);
  });
});
