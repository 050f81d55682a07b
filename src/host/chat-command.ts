// `/claude` and `/cc` as the host knows commands: its native menus, and conversations that are not bound to us.
import type { OpenClawPluginApi, PluginCommandContext } from "openclaw/plugin-sdk/plugin-entry";
import { HARNESS } from "../../adapters/kinds.ts";
import { JOB_COMMANDS, jobCommand } from "../../common/commands.ts";
import { describe } from "../../common/failure.ts";
import { type ChatSurface, chatDeadline } from "../surfaces/chat.ts";
import { mayApprove } from "./approvers.ts";
import { commandRoute, sessionHere } from "./command-place.ts";
import { currentConfig } from "./engine-ports.ts";
import { isOwner } from "./owners.ts";

/** Registers `/claude` and `/cc` with the host: its native menus, and conversations that are not bound to us. */
export function registerChat(api: OpenClawPluginApi, chat: ChatSurface): void {
  const register = (o: { name: string; description: string; text: (args: string) => string }) =>
    api.registerCommand({
      name: o.name,
      description: o.description,
      acceptsArgs: true,
      requireAuth: true,
      handler: async (context) => {
        const text = await answer(api, chat, { ...context, args: o.text(context.args ?? "") });
        return text === "" ? { suppressReply: true } : { text };
      },
    });
  const description = `${HARNESS.title} here: start, status, run, jobs, sessions, help …`;
  for (const name of ["claude", "cc"]) register({ name, description, text: (args) => args });
  for (const [name, { description }] of Object.entries(JOB_COMMANDS))
    register({ name, description, text: (args) => jobCommand(name, args) ?? "" });
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
