// The words of the end-to-end tests: one bench for a file, people bound to Claude, and what is on disk about them.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { hostLock } from "../../src/host/file-lock.ts";
import { openInbox } from "../../state/inbox.ts";
import { keptAt } from "../../state/map-place.ts";
import { type Gateway, startGateway } from "./gateway.ts";
import { type GatewayOptions, type Json, merge } from "./gateway-config.ts";
import { type Model, startModel } from "./model.ts";
import { type Chat, startTelegram, type Telegram } from "./telegram.ts";

export type Bench = {
  readonly model: Model;
  readonly telegram: Telegram;
  readonly gateway: Gateway;
  /** Stops everything; throws if a process is left. */
  dispose(): Promise<void>;
};

/** A chat that `/acp spawn … --bind here` has bound to a session of Claude. */
export type Bound = Chat & { readonly agentId: string; readonly sessionKey: string };

type Place = NonNullable<Parameters<Telegram["chat"]>[0]> & { agent?: string };

const FIRST_PERSON = 501;
const PEOPLE = Array.from({ length: 40 }, (_, at) => FIRST_PERSON + at);

/** A gateway with the built plugin, a model and a Telegram with these bot accounts [default]. Persons 501 to 540 are owners. */
export async function startBench(
  o: Omit<GatewayOptions, "telegram" | "model"> & { accounts?: string[]; hostModel?: boolean } = {},
): Promise<Bench> {
  const { accounts = [], hostModel = false, ...options } = o;
  const [model, telegram] = await Promise.all([startModel(), startTelegram()]);
  const close = () => Promise.all([telegram.close(), model.close()]);
  for (const account of accounts) telegram.token(account);
  try {
    // Most tests speak of prompts as they were typed, in groups too.
    const pluginConfig = merge({ groups: { senderNames: false } }, options.pluginConfig ?? {});
    const config = merge(options.config ?? {}, hostModel ? brainOf(model) : {});
    const given = { owners: PEOPLE, ...options, config, pluginConfig, telegram, model };
    const gateway = await startGateway(given);
    return { model, telegram, gateway, dispose: () => gateway.dispose().finally(close) };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What the host's own agents ask, where a bench gives them a model. */
export const BRAIN = "brain";

// The host's own agents think with the same fake, which knows them by their model.
function brainOf(model: Model): Json {
  const known = {
    ...{
      id: BRAIN,
      name: "Brain",
      reasoning: false,
      input: ["text"],
      contextWindow: 200_000,
      maxTokens: 8_000,
    },
    cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
  };
  const fake = { baseUrl: model.url, apiKey: "test", api: "anthropic-messages", models: [known] };
  return {
    models: { mode: "merge", providers: { fake } },
    agents: { defaults: { model: { primary: `fake/${BRAIN}` } } },
  };
}

/** Binds a place to Claude; without one, the private chat of a person nobody has met yet. */
export async function bound(bench: Bench, place: Place = {}): Promise<Bound> {
  const { agent = "cc", ...where } = place;
  const chat = bench.telegram.chat(
    where.id === undefined && !where.from ? { ...stranger(bench), ...where } : where,
  );
  chat.says(`/acp spawn ${agent} --bind here`);
  const { text } = await chat.hears(/Spawned ACP session/);
  const sessionKey = /agent:[\w-]+:acp:[0-9a-f-]{36}/.exec(text)?.[0];
  if (sessionKey === undefined) throw new Error(`no session key in: ${text}`);
  return { ...chat, agentId: agent, sessionKey };
}

/** What Claude is sent from now on: the users' words, and nothing else. */
export function promptsFromNow({ model }: Bench): () => string[] {
  const before = model.prompts().length;
  return () => model.prompts().slice(before);
}

/** What the session map says of a session. */
export async function entryOf(gateway: Gateway, of: { agentId: string; sessionKey: string }) {
  const file = keptAt(join(gateway.stateDir, "contractor"), gateway.workspace(of.agentId));
  const { sessions } = sessionMap.parse(JSON.parse(await readFile(file, "utf8")));
  return sessions.find((entry) => entry.openclawSessionKey === of.sessionKey);
}

/** The prompts the plugin has accepted for a session and not finished, as they are on disk. */
export async function inboxOf(gateway: Gateway, of: { agentId: string; sessionKey: string }) {
  const identity = { agentId: of.agentId, sessionKey: of.sessionKey };
  const dir = join(gateway.stateDir, "contractor/inbox");
  return await openInbox({ dir, identity, lock: hostLock, owner: false }).all();
}

/** What the host's own transcript shows of a session. */
export async function historyOf(gateway: Gateway, of: { sessionKey: string }) {
  const { messages } = history.parse(await gateway.call("chat.history", { sessionKey: of.sessionKey }));
  return messages.map(({ role, content }) => {
    const text = typeof content === "string" ? content : content.map((part) => part.text ?? "").join("");
    return `${role}: ${text}`;
  });
}

const sessionMap = z.looseObject({
  sessions: z.array(
    z.looseObject({
      openclawSessionKey: z.string(),
      claudeSessionId: z.string().optional(),
      state: z.string(),
    }),
  ),
});

const history = z.looseObject({
  messages: z.array(
    z.looseObject({
      role: z.string(),
      content: z.union([z.string(), z.array(z.looseObject({ text: z.string().optional() }))]),
    }),
  ),
});

const met = new WeakMap<Telegram, number>();

function stranger({ telegram }: Bench): Place {
  const count = met.get(telegram) ?? 0;
  met.set(telegram, count + 1);
  const id = PEOPLE[count];
  if (id === undefined) throw new Error("the bench has run out of people");
  return { from: { id, first_name: `Person ${id}`, username: `person${id}` } };
}
