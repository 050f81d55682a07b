// What the fake Bot API knows and how each method changes it (https://core.telegram.org/bots/api).

/** One message a bot sent, with later edits applied. */
export type BotMessage = {
  id: number;
  account: string;
  chatId: number;
  topic: number | undefined;
  /** As a person reads it: without HTML tags. */
  text: string;
  /** As sent. */
  raw: string;
  buttons: Button[][];
  file: { method: string; name: string; bytes: Buffer } | undefined;
  replyTo: number | undefined;
  at: number;
  /** Earlier texts, oldest first. */
  edits: string[];
  deleted: boolean;
};
type Button = { text: string; callback_data?: string; url?: string };
export type Params = Record<string, unknown>;
export type Upload = { field: string; name: string; bytes: Buffer };
type Room = {
  id: number;
  type: "private" | "group" | "supergroup";
  title?: string;
  first_name?: string;
  username?: string;
  is_forum?: true;
};
type Action = { account: string; chatId: number; topic: number | undefined; at: number };

/** Everything the fake remembers, for all accounts. */
export type World = {
  accounts: Map<string, { account: string; id: number }>;
  rooms: Map<number, Room>;
  messages: BotMessage[];
  actions: Action[];
  commands: Map<string, unknown>;
  files: Map<string, Buffer>;
  nextMessageId: number;
};
export type Call = { account: string; method: string; params: Params; uploads: Upload[]; at: number };

/** A refusal as the Bot API words it. */
export class Refusal extends Error {
  readonly code: number;
  readonly retryAfter: number | undefined;
  constructor(code: number, message: string, retryAfter?: number) {
    super(message);
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

/** Runs one method and returns its `result`. Methods the fake does not know answer `true`, as most do. */
export function perform(world: World, call: Call): unknown {
  const upload = call.uploads[0];
  if (call.method === "getMe") return botUser(world, call.account);
  if (call.method === "getMyCommands") return world.commands.get(call.account) ?? [];
  if (call.method === "setMyCommands") world.commands.set(call.account, call.params.commands);
  if (call.method === "deleteMyCommands") world.commands.delete(call.account);
  if (call.method === "getWebhookInfo")
    return { url: "", has_custom_certificate: false, pending_update_count: 0 };
  if (call.method === "getChat") return { ...room(world, call), accent_color_id: 0, max_reaction_count: 11 };
  if (call.method === "getChatMember") return { status: "administrator", user: botUser(world, call.account) };
  if (call.method === "getFile") return fileOf(world, call);
  if (call.method === "sendChatAction") return act(world, call);
  if (call.method === "deleteMessage") return remove(world, call);
  if (call.method.startsWith("editMessage")) return edit(world, call);
  if (call.method === "createForumTopic")
    return { message_thread_id: world.nextMessageId++, name: call.params.name, icon_color: 0 };
  if (call.method === "sendMessageDraft") return true;
  if (call.method === "sendMediaGroup")
    return call.uploads.map((file) => send(world, { call, upload: file }));
  if (call.method.startsWith("send") || call.method === "copyMessage") return send(world, { call, upload });
  return true;
}

// The user behind a bot account.
function botUser(world: World, account: string) {
  const id = world.accounts.get(account)?.id ?? 0;
  const rights = { can_join_groups: true, can_read_all_group_messages: true, supports_inline_queries: false };
  return { id, is_bot: true, first_name: account, username: `${account}_bot`, ...rights };
}

/** A bot's message in the shape of the Bot API. */
export function wireMessage(world: World, message: BotMessage): Params {
  const topic =
    message.topic === undefined ? {} : { message_thread_id: message.topic, is_topic_message: true };
  const from = botUser(world, message.account);
  const body = message.file === undefined ? { text: message.text } : wireFile(message);
  const markup = message.buttons.length === 0 ? {} : { reply_markup: { inline_keyboard: message.buttons } };
  const date = Math.floor(message.at / 1000);
  return {
    message_id: message.id,
    from,
    chat: world.rooms.get(message.chatId),
    date,
    ...topic,
    ...body,
    ...markup,
  };
}

function room(world: World, call: Call): Room {
  const found = world.rooms.get(Number(call.params.chat_id));
  if (found === undefined) throw new Refusal(400, "Bad Request: chat not found");
  return found;
}

function act(world: World, call: Call): true {
  const chatId = room(world, call).id;
  world.actions.push({ account: call.account, chatId, topic: topicOf(call.params), at: call.at });
  return true;
}

function send(world: World, o: { call: Call; upload: Upload | undefined }): Params {
  const { call, upload } = o;
  const raw = rawText(call.params);
  const text = readable(raw, call.params.parse_mode);
  if (text.trim() === "" && call.method === "sendMessage")
    throw new Refusal(400, "Bad Request: message text is empty");
  if (text.length > (upload ? 1024 : 4096)) throw new Refusal(400, "Bad Request: message is too long");
  const message: BotMessage = {
    id: world.nextMessageId++,
    account: call.account,
    chatId: room(world, call).id,
    topic: topicOf(call.params),
    text,
    raw,
    buttons: buttonsOf(call.params),
    file: upload && { method: call.method, name: upload.name, bytes: upload.bytes },
    replyTo:
      Number(
        (call.params.reply_parameters as Params | undefined)?.message_id ?? call.params.reply_to_message_id,
      ) || undefined,
    at: call.at,
    edits: [],
    deleted: false,
  };
  world.messages.push(message);
  if (upload) world.files.set(`file-${message.id}`, upload.bytes);
  return wireMessage(world, message);
}

function edit(world: World, call: Call): Params {
  const message = find(world, call, "message to edit not found");
  const raw = call.method === "editMessageReplyMarkup" ? message.raw : rawText(call.params);
  const text =
    call.method === "editMessageReplyMarkup" ? message.text : readable(raw, call.params.parse_mode);
  const buttons = buttonsOf(call.params);
  if (
    text === message.text &&
    raw === message.raw &&
    JSON.stringify(buttons) === JSON.stringify(message.buttons)
  ) {
    throw new Refusal(400, "Bad Request: message is not modified");
  }
  if (text.length > 4096) throw new Refusal(400, "Bad Request: MESSAGE_TOO_LONG");
  if (text !== message.text) message.edits.push(message.text);
  Object.assign(message, { raw, text, buttons });
  return { ...wireMessage(world, message), edit_date: Math.floor(call.at / 1000) };
}

function remove(world: World, call: Call): true {
  find(world, call, "message to delete not found").deleted = true;
  return true;
}

function find(world: World, call: Call, refusal: string): BotMessage {
  const chatId = room(world, call).id;
  const id = Number(call.params.message_id);
  const found = world.messages.find((entry) => entry.chatId === chatId && entry.id === id && !entry.deleted);
  if (found === undefined) throw new Refusal(400, `Bad Request: ${refusal}`);
  return found;
}

function fileOf(world: World, call: Call): Params {
  const id = String(call.params.file_id);
  const bytes = world.files.get(id);
  if (bytes === undefined)
    throw new Refusal(400, "Bad Request: wrong file_id or the file is temporarily unavailable");
  return { file_id: id, file_unique_id: id, file_size: bytes.length, file_path: id };
}

function wireFile(message: BotMessage): Params {
  const id = `file-${message.id}`;
  const meta = {
    file_id: id,
    file_unique_id: id,
    file_size: message.file?.bytes.length,
    file_name: message.file?.name,
  };
  const caption = message.text === "" ? {} : { caption: message.text };
  if (message.file?.method === "sendPhoto") return { photo: [{ ...meta, width: 1, height: 1 }], ...caption };
  return { document: meta, ...caption };
}

function topicOf(params: Params): number | undefined {
  return params.message_thread_id === undefined ? undefined : Number(params.message_thread_id);
}

function buttonsOf(params: Params): Button[][] {
  const markup = params.reply_markup;
  const parsed = (typeof markup === "string" ? JSON.parse(markup) : markup) as
    | { inline_keyboard?: Button[][] }
    | undefined;
  return parsed?.inline_keyboard ?? [];
}

function rawText(params: Params): string {
  const rich = params.rich_message;
  if (rich !== undefined) return typeof rich === "string" ? rich : JSON.stringify(rich);
  return String(params.text ?? params.caption ?? "");
}

function readable(raw: string, parseMode: unknown): string {
  if (String(parseMode).toUpperCase() !== "HTML") return raw;
  const entities: Record<string, string> = { lt: "<", gt: ">", quot: '"', "#39": "'", amp: "&" };
  return raw
    .replace(/<[^>]+>/g, "")
    .replace(/&(lt|gt|quot|#39|amp);/g, (_, name: string) => entities[name] ?? "");
}

/** When and by whom a person's message was first written, as Telegram tells it. */
export function originOf(o: { sentAt?: number; forwardedFrom?: string }): Params {
  const first = { type: "user", sender_user: { id: 77_001, is_bot: false, first_name: o.forwardedFrom } };
  return {
    ...(o.sentAt === undefined ? {} : { date: Math.floor(o.sentAt / 1000) }),
    ...(o.forwardedFrom === undefined ? {} : { forward_origin: { ...first, date: 1_700_000_000 } }),
  };
}
