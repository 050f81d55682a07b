// People on a fake Telegram: they say, press, send files, and see what the bot wrote.
import { setTimeout as sleep } from "node:timers/promises";
import { until } from "./poll.ts";
import { type BotMessage, type Call, originOf, type Params, wireMessage } from "./telegram-methods.ts";
import { startTelegramServer, type TelegramServer } from "./telegram-server.ts";

type Match = string | RegExp | ((message: BotMessage) => boolean);
type Person = { id: number; first_name: string; username?: string };
type ChatOptions = {
  /** Telegram chat id [the person's id]; groups are negative. */
  id?: number;
  from?: Partial<Person>;
  /** Bot account [default]. */
  account?: string;
  /** Forum topic (message_thread_id); makes the chat a forum supergroup. */
  topic?: number;
  /** [private, or supergroup for a negative id] */
  type?: "private" | "group" | "supergroup";
};

export type Chat = {
  readonly id: number;
  /** Sends a text; `/commands` and @mentions carry their entities. Returns the message id. */
  /** `sentAt` is ms since the epoch; `forwardedFrom` names who wrote it first. */
  says(text: string, o?: { replyTo?: BotMessage; sentAt?: number; forwardedFrom?: string }): number;
  /** Waits for a bot message nobody has heard yet (new, or edited since) and returns it. [withinMs 120000] */
  hears(match: Match, o?: { withinMs?: number }): Promise<BotMessage>;
  /** Fails if a message not yet heard matches within `forMs` [1000]. */
  hearsNothing(match: Match, o?: { forMs?: number }): Promise<void>;
  /** What the chat shows of the bot now, in order: edits applied, deleted ones gone. */
  messages(): BotMessage[];
  /** The texts of messages(). */
  texts(): string[];
  /** Presses the newest button with this text or callback data, waiting for it up to `withinMs` [120000]. */
  presses(button: string | RegExp, o?: { withinMs?: number }): Promise<BotMessage>;
  /** When the bot showed "typing", in ms since the epoch. */
  typing(): number[];
  /** Sends a message of the Bot API as it is (its `text`, a `quote`, an animated `sticker`, …). Returns the message id. */
  sends(body: { [field: string]: unknown }): number;
  /** Sends a photo, a document, a voice note or a still sticker. */
  sendsFile(o: {
    name: string;
    content: string | Buffer;
    mimeType: string;
    caption?: string;
    kind?: "photo" | "document" | "voice" | "sticker";
  }): number;
  /** Reacts to a bot message with an emoji. */
  reacts(message: BotMessage, emoji: string): void;
};

export type Telegram = {
  readonly url: string;
  chat(o?: ChatOptions): Chat;
  /** Bot token of an account; asking makes the account exist. */
  token(account?: string): string;
  accounts(): string[];
  /** Every Bot API call except getUpdates, optionally of one method. */
  calls(method?: string): Call[];
  /** Updates of the account not yet confirmed by the bot. */
  unconfirmed(account?: string): number;
  /** How often the account's bot has asked for updates. */
  polls(account?: string): number;
  /** Somebody presses a button of a message, also one that is gone by now. */
  press(chatId: number, messageId: number, data: string, from: number): void;
  refuse: TelegramServer["refuse"];
  outage: TelegramServer["outage"];
  close(): Promise<void>;
};

/** What every sticker of these tests has, animated or not. */
export const STICKER = {
  type: "regular",
  width: 512,
  height: 512,
  is_animated: false,
  is_video: false,
  emoji: "👍",
  set_name: "Thumbs",
} as const;

/** Starts the fake with the account "default"; more exist as soon as they are named. */
export async function startTelegram(): Promise<Telegram> {
  const server = await startTelegramServer();
  server.token("default");
  return {
    url: server.url,
    chat: (o = {}) => openChat(server, o),
    token: (account = "default") => server.token(account),
    accounts: () => [...server.world.accounts.keys()],
    calls: (method) => server.calls.filter((call) => method === undefined || call.method === method),
    unconfirmed: (account = "default") => server.unconfirmed(account),
    polls: (account = "default") => server.polls(account),
    press(chatId, messageId, data, from) {
      const found = server.world.messages.find((one) => one.chatId === chatId && one.id === messageId);
      if (!found) throw new Error(`no message ${messageId} in ${chatId}`);
      const id = `cb${server.world.nextMessageId++}`;
      const query = {
        id,
        from: { id: from, first_name: `Person ${from}`, is_bot: false },
        chat_instance: String(chatId),
      };
      const message = wireMessage(server.world, found);
      server.push(found.account, { callback_query: { ...query, message, data } });
    },
    refuse: (method, refusal) => server.refuse(method, refusal),
    outage: (how) => server.outage(how),
    close: () => server.close(),
  };
}

function openChat(server: TelegramServer, o: ChatOptions): Chat {
  const { world } = server;
  const account = o.account ?? "default";
  const from: Person = { id: 501, first_name: "Ada", username: "ada", ...o.from };
  const id = o.id ?? from.id;
  server.token(account);
  openRoom({ world, id, from, options: o });
  const heard = new Map<number, string>();

  const mine = (entry: { account: string; chatId: number; topic: number | undefined }) =>
    entry.account === account && entry.chatId === id && entry.topic === o.topic;
  const messages = () => world.messages.filter((message) => mine(message) && !message.deleted);
  const unheard = (match: Match) =>
    messages().find((message) => heard.get(message.id) !== message.text && matches(match, message));
  const arrives = (body: Params): number => {
    const message_id = world.nextMessageId++;
    server.push(account, {
      message: { message_id, ...envelope({ world, id, from, topic: o.topic }), ...body },
    });
    return message_id;
  };
  const shown = { seen: () => messages().map((message) => message.text) };

  return {
    id,
    messages,
    texts: () => messages().map((message) => message.text),
    typing: () => world.actions.filter(mine).map((action) => action.at),
    says: (text, say = {}) => {
      const reply = say.replyTo ? { reply_to_message: wireMessage(world, say.replyTo) } : {};
      return arrives({ text, ...entitiesOf(text), ...reply, ...originOf(say) });
    },
    async hears(match, wait = {}) {
      const found = await until(`the bot to write ${match}`, () => unheard(match), {
        withinMs: 120_000,
        ...shown,
        ...wait,
      });
      heard.set(found.id, found.text);
      return found;
    },
    async hearsNothing(match, wait = {}) {
      const end = performance.now() + (wait.forMs ?? 1_000);
      for (; performance.now() < end; await sleep(25)) {
        const found = unheard(match);
        if (found) throw new Error(`did not expect the bot to write: ${found.text}`);
      }
    },
    sends: arrives,
    ...acting({ server, account, id, from, arrives, messages }),
  };
}

function openRoom(o: {
  world: TelegramServer["world"];
  id: number;
  from: Person;
  options: ChatOptions;
}): void {
  const forum = o.options.topic !== undefined || o.world.rooms.get(o.id)?.is_forum === true;
  const type = forum ? "supergroup" : (o.options.type ?? (o.id < 0 ? "supergroup" : "private"));
  const name = type === "private" ? o.from : { title: `Room ${o.id}` };
  o.world.rooms.set(o.id, { ...name, id: o.id, type, ...(forum ? { is_forum: true } : {}) });
}

// What a person does besides writing.
function acting(o: {
  server: TelegramServer;
  account: string;
  id: number;
  from: Person;
  arrives: (body: Params) => number;
  messages: () => BotMessage[];
}): Pick<Chat, "presses" | "sendsFile" | "reacts"> {
  const { world } = o.server;
  return {
    async presses(button, wait = {}) {
      const found = await until(`a button ${button}`, () => findButton(o.messages(), button), {
        withinMs: 120_000,
        seen: () => o.messages().map((message) => ({ text: message.text, buttons: message.buttons })),
        ...wait,
      });
      const message = wireMessage(world, found.message);
      const query = {
        id: `cb${world.nextMessageId++}`,
        from: { ...o.from, is_bot: false },
        chat_instance: String(o.id),
      };
      o.server.push(o.account, { callback_query: { ...query, message, data: found.data } });
      return found.message;
    },
    sendsFile(file) {
      const bytes = Buffer.from(file.content);
      const fileId = `upload-${world.nextMessageId}`;
      world.files.set(fileId, bytes);
      const meta = { file_id: fileId, file_unique_id: fileId, file_size: bytes.length };
      const named = { ...meta, file_name: file.name, mime_type: file.mimeType };
      const kinds = {
        photo: { photo: [{ ...meta, width: 640, height: 480 }] },
        document: { document: named },
        voice: { voice: { ...meta, mime_type: file.mimeType, duration: 2 } },
        sticker: { sticker: { ...meta, ...STICKER } },
      };
      return o.arrives({
        ...kinds[file.kind ?? "document"],
        ...(file.caption === undefined ? {} : { caption: file.caption }),
      });
    },
    reacts(message, emoji) {
      const common = {
        chat: world.rooms.get(o.id),
        message_id: message.id,
        user: { ...o.from, is_bot: false },
      };
      const new_reaction = [{ type: "emoji", emoji }];
      const date = Math.floor(Date.now() / 1000);
      o.server.push(o.account, { message_reaction: { ...common, date, old_reaction: [], new_reaction } });
    },
  };
}

function envelope(o: {
  world: TelegramServer["world"];
  id: number;
  from: Person;
  topic: number | undefined;
}): Params {
  const topic = o.topic === undefined ? {} : { message_thread_id: o.topic, is_topic_message: true };
  const date = Math.floor(Date.now() / 1000);
  return { from: { ...o.from, is_bot: false }, chat: o.world.rooms.get(o.id), date, ...topic };
}

function entitiesOf(text: string): Params {
  const commands = [...text.matchAll(/(?<=^|\s)\/\w+(?:@\w+)?/g)].map((hit) => ({
    type: "bot_command",
    hit,
  }));
  const mentions = [...text.matchAll(/(?<=^|\s)@\w+/g)].map((hit) => ({ type: "mention", hit }));
  const entities = [...commands, ...mentions].map(({ type, hit }) => ({
    type,
    offset: hit.index,
    length: hit[0].length,
  }));
  return entities.length === 0 ? {} : { entities };
}

function matches(match: Match, message: BotMessage): boolean {
  if (typeof match === "function") return match(message);
  return typeof match === "string" ? message.text.includes(match) : match.test(message.text);
}

function findButton(messages: BotMessage[], wanted: string | RegExp) {
  const fits = (text: string | undefined) =>
    text !== undefined && (typeof wanted === "string" ? text === wanted : wanted.test(text));
  for (const message of messages.toReversed()) {
    for (const button of message.buttons.flat()) {
      if (button.callback_data === undefined) continue;
      if (fits(button.text) || fits(button.callback_data)) return { message, data: button.callback_data };
    }
  }
  return undefined;
}
