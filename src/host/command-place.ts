// Where a command of the host's native menus was given: the conversation, and the session of ours it talks to.
import type { OpenClawPluginApi, PluginCommandContext } from "openclaw/plugin-sdk/plugin-entry";
import type { Identity } from "../../state/identity.ts";
import type { Route } from "../../state/session-map.ts";
import { boundSession } from "./conversation-binding.ts";
import { ownerOf } from "./engine-ports.ts";
import { isOurs } from "./session-store.ts";

/** The session of ours a conversation talks to: by its own key, or by what it is bound to. */
export async function sessionHere(
  api: OpenClawPluginApi,
  sessionKey: string | undefined,
  place: Route | undefined,
): Promise<Identity | undefined> {
  const keys = [sessionKey, place && (await boundSession(place).catch(() => undefined))];
  for (const key of keys) {
    if (key === undefined) continue;
    const identity = { agentId: ownerOf(api, key), sessionKey: key };
    if (await isOurs(api, identity)) return identity;
  }
  return undefined;
}

/** The conversation as a route; undefined where it has none that can be posted to. */
export function commandRoute({
  channel,
  to,
  from,
  accountId,
  messageThreadId,
}: PluginCommandContext): Route | undefined {
  const target = to?.startsWith("slash:") ? from : (to ?? from);
  if (!target || channel === "webchat") return undefined;
  return {
    channel,
    to: target,
    ...(accountId === undefined ? {} : { accountId }),
    ...(messageThreadId === undefined ? {} : { threadId: messageThreadId }),
  };
}
