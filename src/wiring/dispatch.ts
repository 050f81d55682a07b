// The reply_dispatch hook: finds the session a message is for, asks the door, and tells the host what became of it.
import { randomUUID } from "node:crypto";
import type { OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";
import { z } from "zod";
import { readCommand } from "../door/commands.ts";
import { type Commands, receive } from "../door/door.ts";
import { readPhrase } from "../door/phrases.ts";
import { currentConfig, ownerOf } from "../host/engine-ports.ts";
import { ensureAcpSession, isContractor } from "../host/main-session.ts";
import {
  type DispatchEvent,
  isOwnersMessage,
  readEvent,
  routeOf,
  toInbound,
} from "../host/reply-dispatch.ts";
import { BACKEND } from "../operations/add.ts";
import type { ChatSurface } from "../surfaces/chat.ts";
import type { Engine } from "./engine.ts";
import { placeIdentity } from "./expecting.ts";

const COMMAND_MS = 60_000;

export type Dispatch = {
  api: OpenClawPluginApi;
  engine: Engine | undefined;
  event: unknown;
  context: HookContext;
  chat: ChatSurface;
  commands: Commands;
};
type HookContext = {
  dispatcher: {
    getQueuedCounts(): Record<"tool" | "block" | "final", number>;
    sendFinalReply(payload: { text: string }): boolean;
  };
  recordProcessed(outcome: "completed", details: { reason: string }): void;
  markIdle(reason: string): void;
};

// Undefined leaves the message to other hooks and to the host: it is not for a session of ours.
export async function dispatch(o: Dispatch) {
  const event = readEvent(o.event);
  const { sessionKey } = event ?? {};
  if (!o.engine || !event || sessionKey === undefined) return undefined;
  const cfg = currentConfig(o.api);
  const found = await findSession(o.api, { sessionKey, agentId: event.ctx.AgentId });
  if (found.kind !== "ready" || (cfg.acp?.backend ?? found.meta.backend) !== BACKEND)
    return await unbound(o, event);
  const inbound = await toInbound({
    event,
    identity: { agentId: found.agentId, sessionKey: found.sessionKey },
    harness: found.meta.agent,
    cfg,
    hasControlCommand: (text, config) => o.api.runtime.channel.text.hasControlCommand(text, config),
    freshId: randomUUID,
    reply: (text) => void o.context.dispatcher.sendFinalReply({ text }),
  });
  const verdict = await receive({ ...o.engine, commands: o.commands }, inbound);
  if (verdict.is === "host") return await leaveToHost(o, verdict.text);
  return handled(o.context, verdict.is);
}

function handled(context: HookContext, how: "accepted" | "answered") {
  context.recordProcessed("completed", { reason: `contractor_${how}` });
  context.markIdle("message_completed");
  return { handled: true, queuedFinal: how === "answered", counts: context.dispatcher.getQueuedCounts() };
}

// A conversation that is not ours: only the answer to a question of ours there, or a phrase that asks for Claude.
async function unbound({ api, engine, chat, context }: Dispatch, event: DispatchEvent) {
  const route = routeOf(event);
  if (!engine || !route || event.ctx.CommandAuthorized !== true) return undefined;
  const text = event.ctx.commandText.trim();
  const cfg = currentConfig(api);
  // "/status" looks like a path and is none.
  if (api.runtime.channel.text.hasControlCommand(text, cfg)) return undefined;
  if (engine.pending.hear(placeIdentity(route), { text, authorized: true }).is === "answer")
    return handled(context, "answered");
  const command = engine.settings().phrases ? readPhrase(text) : undefined;
  if (command === undefined) return undefined;
  const signal = AbortSignal.timeout(COMMAND_MS);
  const owner = await isOwnersMessage(event, cfg);
  const answer = await chat.run({ text: command, here: undefined, place: route, owner, signal });
  context.dispatcher.sendFinalReply({ text: answer });
  return handled(context, "answered");
}

// The host reads the message from its context, so another text means another context.
async function leaveToHost({ event, context }: Dispatch, text?: string) {
  const { tryDispatchAcpReplyHook } = await import("openclaw/plugin-sdk/acp-runtime-backend");
  const changed = text === undefined ? event : withText(event, text);
  return await tryDispatchAcpReplyHook(changed, context);
}

function withText(event: unknown, text: string): unknown {
  const read = z
    .looseObject({ ctx: z.looseObject({ agentText: z.string(), commandText: z.string() }) })
    .safeParse(event);
  if (!read.success || read.data.ctx.agentText.trim() === text) return event;
  const { commandText } = read.data.ctx;
  // What was a command of ours stays one for the host: "/context" for Claude is a command of the host's as well.
  const heard = readCommand(commandText, false) === undefined ? { commandText: text, rawText: text } : {};
  return { ...read.data, ctx: { ...read.data.ctx, agentText: text, ...heard } };
}

// A conversation that is routed to a contractor agent is Claude's, whether or not somebody made it an ACP session before.
async function findSession(api: OpenClawPluginApi, key: { sessionKey: string; agentId: string | undefined }) {
  const { getAcpSessionManager } = await import("openclaw/plugin-sdk/acp-runtime");
  const look = () => getAcpSessionManager().resolveSession({ cfg: currentConfig(api), ...key });
  const found = look();
  const agentId = key.agentId ?? ownerOf(api, key.sessionKey);
  if (found.kind !== "none" || !isContractor(api, agentId)) return found;
  await ensureAcpSession(api, { agentId, sessionKey: key.sessionKey });
  return look();
}
