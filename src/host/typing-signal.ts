// The typing indicator of a channel, by the way the host's own heartbeat shows it.
import type { OpenClawConfig } from "openclaw/plugin-sdk/plugin-entry";
import { z } from "zod";
import type { Route } from "../../state/session-map.ts";
import { channelPlugin } from "./channel-registry.ts";

type SendTyping = (o: {
  cfg: OpenClawConfig;
  to: string;
  accountId: string | null;
  threadId: string | number | null;
}) => Promise<void> | void;

const sender = z.custom<SendTyping>((value) => typeof value === "function");
// Telegram's channel lets twenty calls a minute through to a group, those of all its topics together: the words go before
// the indicator, which fades in between.
const GROUP_EVERY_MS = 12_000;
const shownAt = new Map<string, number>();

const withTyping = z.looseObject({ heartbeat: z.looseObject({ sendTyping: sender }) });

/** Shows the indicator once (it fades after a few seconds); does nothing for a channel without one. */
export async function sendTyping(cfg: OpenClawConfig, route: Route): Promise<void> {
  const plugin = withTyping.safeParse(channelPlugin(route.channel));
  if (!plugin.success || !mayShow(route)) return;
  const { to, accountId, threadId } = route;
  await plugin.data.heartbeat.sendTyping({
    cfg,
    to,
    accountId: accountId ?? null,
    threadId: threadId ?? null,
  });
}

function mayShow({ channel, to, accountId, threadId }: Route): boolean {
  if (channel !== "telegram" || !/^(?:telegram:)?(?:group:)?-\d/.test(to)) return true;
  const key = [accountId, to, threadId].join("|");
  const now = performance.now();
  if (now - (shownAt.get(key) ?? -GROUP_EVERY_MS) < GROUP_EVERY_MS) return false;
  shownAt.set(key, now);
  return true;
}
