// The typing indicator of a channel. The SDK offers a plugin no way to it outside a held turn, so it is looked up where
// the host itself does (dist/registry-lookup: the process-wide plugin registry); where that has moved, nothing is shown.
import type { OpenClawConfig } from "openclaw/plugin-sdk/plugin-entry";
import { z } from "zod";
import type { Route } from "../../state/session-map.ts";

const REGISTRY = Symbol.for("openclaw.pluginRegistryState");

type SendTyping = (o: {
  cfg: OpenClawConfig;
  to: string;
  accountId: string | null;
  threadId: string | number | null;
}) => Promise<void> | void;

const sender = z.custom<SendTyping>((value) => typeof value === "function");
const channelPlugin = z.looseObject({
  id: z.string(),
  heartbeat: z.looseObject({ sendTyping: sender.optional() }).optional(),
});
const registryState = z.looseObject({
  activeRegistry: z.looseObject({ channels: z.array(z.looseObject({ plugin: z.unknown() })) }),
});

/** Shows the indicator once (it fades after a few seconds); does nothing for a channel without one. */
export async function sendTyping(cfg: OpenClawConfig, route: Route): Promise<void> {
  const send = findSender(route.channel);
  const { to, accountId, threadId } = route;
  await send?.({ cfg, to, accountId: accountId ?? null, threadId: threadId ?? null });
}

function findSender(channel: string): SendTyping | undefined {
  const state = registryState.safeParse(Reflect.get(globalThis, REGISTRY));
  if (!state.success) return undefined;
  for (const { plugin } of state.data.activeRegistry.channels) {
    const known = channelPlugin.safeParse(plugin);
    if (known.success && known.data.id === channel) return known.data.heartbeat?.sendTyping;
  }
  return undefined;
}
