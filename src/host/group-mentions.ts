// Whether a group's messages reach a session as they are, or only those that mention the bot: the channel drops the others
// before any plugin sees them.
import type { OpenClawConfig } from "openclaw/plugin-sdk/plugin-entry";
import { z } from "zod";
import type { Route } from "../../state/session-map.ts";
import { channelPlugin } from "./channel-registry.ts";

type Requires = (o: { cfg: OpenClawConfig; groupId: string; accountId: string | undefined }) => unknown;
const asked = z.custom<Requires>((value) => typeof value === "function");
const withGroups = z.looseObject({ groups: z.looseObject({ resolveRequireMention: asked }) });

/** What people must know of a conversation that is bound there; undefined where every message is handed over. */
export function mentionNote(cfg: OpenClawConfig, place: Route): string | undefined {
  const group = /^(?:telegram:)?(?:group:)?(-\d+)/.exec(place.to)?.[1];
  const plugin = withGroups.safeParse(channelPlugin(place.channel));
  if (place.channel !== "telegram" || group === undefined || !plugin.success) return undefined;
  const groupId = place.threadId === undefined ? group : `${group}:topic:${place.threadId}`;
  const { accountId } = place;
  if (plugin.data.groups.resolveRequireMention({ cfg, groupId, accountId }) !== true) return undefined;
  return (
    "In this group OpenClaw hands over only messages that mention this bot. " +
    `For every message set channels.telegram.groups.${group}.requireMention to false.`
  );
}
