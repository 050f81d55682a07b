// Binding a conversation to a session of ours, as `/acp spawn --bind here` does.
import { randomUUID } from "node:crypto";
import type { OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";
import { z } from "zod";
import { Failure } from "../../common/failure.ts";
import { BACKEND } from "../../common/names.ts";
import type { Identity } from "../../state/identity.ts";
import type { Route } from "../../state/session-map.ts";
import { roster } from "./agent-roster.ts";
import { channelPlugin } from "./channel-registry.ts";
import { currentConfig } from "./engine-ports.ts";

type Api = Pick<OpenClawPluginApi, "runtime">;

interface ConversationRef {
  channel: string;
  accountId: string;
  conversationId: string;
  parentConversationId?: string;
}

type Resolve = (o: {
  accountId: string;
  threadId: string | undefined;
  originatingTo: string;
  commandTo: string;
  fallbackTo: string;
}) => unknown;
const resolver = z.custom<Resolve>((value) => typeof value === "function");
const withBindings = z.looseObject({ bindings: z.looseObject({ resolveCommandConversation: resolver }) });
const resolved = z.looseObject({ conversationId: z.string(), parentConversationId: z.string().optional() });

/** Names a conversation; a command and a message may give the address of the same one differently (Telegram's topics). */
export function conversationKey(place: Route): string {
  const { channel, accountId, conversationId } = conversationOf(place);
  return [channel, accountId, conversationId].join("|");
}

/** The session a conversation is bound to; undefined where it is bound to none. */
export async function boundSession(place: Route): Promise<string | undefined> {
  const ref = conversationOf(place);
  return (await service()).resolveByConversation(ref)?.targetSessionKey;
}

/** Makes a session of the agent for this conversation and binds it. Throws Failure `refused` where the channel cannot. */
export async function bindNew(
  api: Api,
  o: { agentId: string; place: Route; cwd: string | undefined; label?: string },
): Promise<Identity> {
  const { agentId, cwd } = o;
  const sessionKey = `agent:${agentId}:acp:${randomUUID()}`;
  const { getAcpSessionManager } = await import("openclaw/plugin-sdk/acp-runtime");
  const cfg = currentConfig(api);
  await getAcpSessionManager().initializeSession({
    cfg,
    agentId,
    sessionKey,
    agent: agentId,
    mode: "persistent",
    backendId: BACKEND,
    cwd,
  });
  await bindTo(o.place, sessionKey);
  return { agentId, sessionKey };
}

/** Binds a conversation to a session there is; one it was bound to before is let go. */
export async function bindTo(place: Route, sessionKey: string): Promise<void> {
  const conversation = conversationOf(place);
  const bindings = await service();
  try {
    await bindings.bind({
      targetSessionKey: sessionKey,
      targetKind: "session",
      conversation,
      placement: "current",
    });
  } catch (cause) {
    if (bindings.resolveByConversation(conversation)?.targetSessionKey === sessionKey) return;
    throw new Failure({
      code: "refused",
      message: "This conversation cannot be bound from here.",
      next: { say: "Use the host's own command: /acp spawn AGENT --bind here" },
      cause,
    });
  }
}

/** Lets the conversation go back to whom it was routed to before; false where it was bound to nothing. */
export async function unbind(place: Route): Promise<boolean> {
  const bindings = await service();
  const bound = bindings.resolveByConversation(conversationOf(place));
  if (bound) await bindings.unbind({ bindingId: bound.bindingId, reason: "contractor-stop" }).catch(() => {});
  return bound !== undefined && bound !== null;
}

/** The contractor agent a conversation's session is to belong to. Throws Failure `invalid` where it is not clear. */
export function agentFor(api: Api, named: string | undefined): string {
  const hired = roster(api).filter((agent) => agent.contractor !== undefined);
  const found =
    named === undefined
      ? hired.length === 1
        ? hired[0]
        : undefined
      : hired.find((agent) => agent.id === named);
  if (found) return found.id;
  const ids = hired.map((agent) => agent.id).join(", ");
  throw new Failure({
    code: "invalid",
    message:
      hired.length === 0 ? "There is no contractor agent yet." : `Say which agent, with --agent: ${ids}.`,
    ...(hired.length === 0
      ? {
          next: {
            lead: "Add one",
            run: "add",
            args: "--agent-id cc --workspace DIR",
          } as const,
        }
      : {}),
  });
}

// Each channel has its own way to name a conversation (Telegram's topics are `<chat>:topic:<id>`), and knows it best itself.
function conversationOf(place: Route): ConversationRef {
  const { channel, to, threadId } = place;
  const accountId = place.accountId ?? "default";
  const plugin = withBindings.safeParse(channelPlugin(channel));
  const thread = threadId === undefined ? undefined : String(threadId);
  const raw = plugin.success
    ? plugin.data.bindings.resolveCommandConversation({
        accountId,
        threadId: thread,
        originatingTo: to,
        commandTo: to,
        fallbackTo: to,
      })
    : undefined;
  const known = resolved.safeParse(raw);
  if (!known.success) return { channel, accountId, conversationId: to.replace(`${channel}:`, "") };
  const { conversationId, parentConversationId } = known.data;
  return {
    channel,
    accountId,
    conversationId,
    ...(parentConversationId === undefined ? {} : { parentConversationId }),
  };
}

async function service() {
  const { getSessionBindingService } = await import("openclaw/plugin-sdk/conversation-binding-runtime");
  return getSessionBindingService();
}
