// The reply_dispatch hook: finds the session a message is for, asks the door, and tells the host what became of it.
import { randomUUID } from "node:crypto";
import type { OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";
import { z } from "zod";
import { BACKEND } from "../../common/names.ts";
import type { Identity } from "../../state/identity.ts";
import type { HeldSource } from "../backend/turn-sources.ts";
import { readCommand } from "../door/commands.ts";
import { type Inbound, untaken, type Verdict } from "../door/door.ts";
import type { UnboundMessage } from "../door/unbound.ts";
import { currentConfig, ownerOf } from "./engine-ports.ts";
import { ensureAcpSession, isContractor } from "./main-session.ts";
import {
  type DispatchEvent,
  isOwnersMessage,
  mayAnswer,
  placeOf,
  readEvent,
  requestIdOf,
  toInbound,
  WEBCHAT,
} from "./reply-dispatch.ts";
import { ensurePage } from "./session-store.ts";

export type Dispatch = {
  api: OpenClawPluginApi;
  /** Absent while the plugin does not run. */
  door: Door | undefined;
  event: unknown;
  context: HookContext;
};

/** Who decides what becomes of a message. */
interface Door {
  receive(inbound: Inbound): Promise<Verdict>;
  /** The same where Claude is not: what makes the answer, undefined for a message that is none of ours. */
  unbound(message: UnboundMessage): Promise<(() => Promise<string>) | undefined>;
  /** The host runs the turn of this message by itself. */
  held(identity: Identity, requestId: string, held: HeldSource): void;
  /** Where a session works; undefined for one we do not know. */
  directoryOf(identity: Identity): Promise<string | undefined>;
}

type SessionKey = { sessionKey: string; agentId: string | undefined };

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
  if (!o.door || !event || sessionKey === undefined) return undefined;
  const cfg = currentConfig(o.api);
  const key = { sessionKey, agentId: event.ctx.AgentId };
  const parts = { ...o, door: o.door };
  const found = await findSession(parts, key).catch((error: unknown) => ({ kind: "broken" as const, error }));
  if (found.kind === "broken") return broken(o, { ...key, error: found.error });
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
  const verdict = await o.door.receive(inbound);
  if (verdict.is === "host") {
    const { identity, source, route: shownByHost } = inbound;
    o.door.held(identity, requestIdOf(event) ?? inbound.id, { source, shownByHost });
    return await leaveToHost(o, verdict.text);
  }
  return handled(o.context, verdict.is);
}

// The host only logs what a hook throws, and its own model would answer in the place of the agent.
function broken(o: Dispatch, { sessionKey, agentId, error }: SessionKey & { error: unknown }) {
  if (!isContractor(o.api, ownerOf(o.api, sessionKey, agentId))) return undefined;
  o.context.dispatcher.sendFinalReply({ text: untaken(error) });
  return handled(o.context, "answered");
}

function handled(context: HookContext, how: "accepted" | "answered") {
  context.recordProcessed("completed", { reason: `contractor_${how}` });
  context.markIdle("message_completed");
  return { handled: true, queuedFinal: how === "answered", counts: context.dispatcher.getQueuedCounts() };
}

// The host knows our commands in its native menus; what is typed elsewhere it looks up in a registry without them
// (docs/host-notes.md).
async function unbound({ api, door, context }: Dispatch, event: DispatchEvent) {
  const route = placeOf(event);
  if (!door || !route || event.ctx.CommandAuthorized !== true || !mayAnswer(event)) return undefined;
  const { commandText: text } = event.ctx;
  const cfg = currentConfig(api);
  const answer = await door.unbound({
    text,
    route,
    hostCommand: api.runtime.channel.text.hasControlCommand(text, cfg),
    owner: () => isOwnersMessage(event, cfg),
  });
  if (answer === undefined) return undefined;
  if (route.channel === WEBCHAT) await ensurePage(api, route.to);
  context.dispatcher.sendFinalReply({ text: await answer() });
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

// A conversation that is routed to a contractor agent is Claude's, whether or not somebody made it an ACP session before; one
// that is bound to a session stays so where the host has lost its row ("stale"), and no other model answers in its place.
async function findSession({ api, door }: Dispatch & { door: Door }, key: SessionKey) {
  const { getAcpSessionManager } = await import("openclaw/plugin-sdk/acp-runtime");
  const { sessionKey } = key;
  // A page of webchat may be bound to a session of another agent than its own.
  const agentId = ownerOf(api, sessionKey, key.agentId);
  const look = () => getAcpSessionManager().resolveSession({ cfg: currentConfig(api), agentId, sessionKey });
  const found = look();
  if (found.kind === "ready" || !isContractor(api, agentId)) return found;
  const session = { agentId, sessionKey };
  await ensureAcpSession(api, session, await door.directoryOf(session));
  return look();
}
