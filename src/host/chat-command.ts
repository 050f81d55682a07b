// `/claude` and `/cc` as the host knows commands: its native menus, and conversations that are not bound to us.
import type { OpenClawPluginApi, PluginCommandContext } from "openclaw/plugin-sdk/plugin-entry";
import { HARNESS } from "../../adapters/kinds.ts";
import { describe } from "../../common/failure.ts";
import { type ChatSurface, chatDeadline } from "../surfaces/chat.ts";
import { mayApprove } from "./approvers.ts";
import { commandRoute, sessionHere } from "./command-place.ts";
import { currentConfig } from "./engine-ports.ts";
import { isOwner } from "./owners.ts";

/** Registers `/claude` and `/cc` with the host: its native menus, and conversations that are not bound to us. */
export function registerChat(api: OpenClawPluginApi, chat: ChatSurface): void {
  for (const name of ["claude", "cc"]) {
    api.registerCommand({
      name,
      description: `${HARNESS.title} here: start, status, sessions, resume, help …`,
      acceptsArgs: true,
      requireAuth: true,
      handler: async (context) => {
        const text = await answer(api, chat, context);
        return text === "" ? { suppressReply: true } : { text };
      },
    });
  }
}

async function answer(
  api: OpenClawPluginApi,
  chat: ChatSurface,
  context: PluginCommandContext,
): Promise<string> {
  try {
    const place = commandRoute(context);
    const here = await sessionHere(api, context.sessionKey, place);
    return await chat.run({
      text: context.args ?? "",
      here,
      route: place,
      approver: approves(api, context),
      owner: await isOwner({
        cfg: currentConfig(api),
        channel: context.channel,
        accountId: context.accountId,
        senderId: context.senderId,
        scopes: context.gatewayClientScopes,
      }),
      signal: chatDeadline(),
    });
  } catch (error) {
    return describe(error, "chat");
  }
}

function approves(api: OpenClawPluginApi, context: PluginCommandContext): boolean {
  const { channel, accountId, senderId, isAuthorizedSender } = context;
  return isAuthorizedSender && mayApprove({ cfg: currentConfig(api), channel, accountId, senderId });
}
