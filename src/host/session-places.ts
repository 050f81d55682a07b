// The conversations that show a session: those bound to it, as they were last addressed, and the one that is routed to it.
import { z } from "zod";
import type { Identity } from "../../state/identity.ts";
import type { Route, SessionEntry } from "../../state/session-map.ts";
import { channelPlugin } from "./channel-registry.ts";
import { conversationKey } from "./conversation-binding.ts";
import { WEBCHAT } from "./reply-dispatch.ts";

type ChatType = (o: { to: string }) => unknown;
const chatTypes = z.looseObject({
  messaging: z.looseObject({
    inferTargetChatType: z.custom<ChatType>((value) => typeof value === "function"),
  }),
});

/** Each once, `first` in front where it is given; never `except`, and never a page, which is nowhere to be posted to. */
export async function placesOf(
  { sessionKey }: Identity,
  entry: Pick<SessionEntry, "route" | "places"> | undefined,
  o: { first?: Route | undefined; except?: Route | undefined } = {},
): Promise<Route[]> {
  const { getSessionBindingService } = await import("openclaw/plugin-sdk/conversation-binding-runtime");
  const service = getSessionBindingService();
  const addressed = new Map<string, Route>();
  for (const place of [...(entry?.route ? [entry.route] : []), ...(entry?.places ?? []).toReversed()])
    addressed.set(conversationKey(place), place);
  const bound = service
    .listBySession(sessionKey)
    .filter(({ status, conversation }) => status === "active" && conversation.channel !== WEBCHAT)
    .map(({ conversation: { channel, accountId, conversationId } }) => {
      const key = [channel, accountId, conversationId].join("|");
      return addressed.get(key) ?? addressOf({ channel, accountId, conversationId });
    });
  const places = new Map<string, Route>();
  const routed = entry?.route && isRouted(sessionKey, entry.route) ? [entry.route] : [];
  for (const place of [...(o.first ? [o.first] : []), ...bound, ...routed]) {
    const key = conversationKey(place);
    if (!places.has(key)) places.set(key, place);
  }
  if (o.except) places.delete(conversationKey(o.except));
  return [...places.values()];

  // A session that was made for a conversation is that one's only while it is bound; an agent's own may have one routed to it.
  function isRouted(key: string, route: Route): boolean {
    if (key.split(":").includes("acp")) return false;
    const [channel = "", accountId = "", ...rest] = conversationKey(route).split("|");
    return !service.resolveByConversation({ channel, accountId, conversationId: rest.join("|") });
  }
}

// Bound, and nobody has written there yet: most channels take their own name in front of the conversation's.
function addressOf(o: { channel: string; accountId: string; conversationId: string }): Route {
  const { channel, accountId, conversationId } = o;
  const to = `${channel}:${conversationId}`;
  return { channel, to, accountId, ...(isPrivate(channel, to) ? {} : { group: true }) };
}

// In doubt somebody else reads along.
function isPrivate(channel: string, to: string): boolean {
  const plugin = chatTypes.safeParse(channelPlugin(channel));
  return plugin.success && plugin.data.messaging.inferTargetChatType({ to }) === "direct";
}
