// Buttons of ours in a chat: the channel hands a press to the plugin that registered their namespace, with who pressed, and lets it
// change the message they stand under (docs/host-notes.md, "Buttons of a plugin").
import type { OpenClawConfig, OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";
import { z } from "zod";
import { NAMESPACE, type Presses } from "../permission/presses.ts";
import { mayApprove } from "./approvers.ts";

/** The channels whose presses are known to come back so; in others people are asked in words and by the host's own approvals. */
const CHANNELS = ["telegram"];
// What Telegram takes as one message.
const LONGEST = 4_000;

type Change = (o: { text: string }) => Promise<void>;
const change = z.custom<Change>((value) => typeof value === "function");
const pressed = z.looseObject({
  accountId: z.string(),
  senderId: z.string().optional(),
  senderUsername: z.string().optional(),
  auth: z.looseObject({ isAuthorizedSender: z.boolean() }),
  callback: z.looseObject({ payload: z.string(), chatId: z.string(), messageText: z.string().optional() }),
  respond: z.looseObject({ reply: change, editMessage: change }),
});

export function hasButtons(channel: string): boolean {
  return CHANNELS.includes(channel);
}

/** To be called while the plugin registers: what comes later the host does not hear. */
export function registerButtons(
  api: Pick<OpenClawPluginApi, "registerInteractiveHandler">,
  o: { presses: Presses; config: () => OpenClawConfig },
): void {
  for (const channel of CHANNELS)
    api.registerInteractiveHandler({
      channel,
      namespace: NAMESPACE,
      handler: (context: unknown) => handle(context, { ...o, channel }),
    });
}

async function handle(
  context: unknown,
  o: { channel: string; presses: Presses; config: () => OpenClawConfig },
): Promise<{ handled: boolean }> {
  const read = pressed.safeParse(context);
  // A press of a form we do not know answers nothing.
  if (!read.success) return { handled: true };
  const { accountId, senderId, senderUsername, auth, callback, respond } = read.data;
  const { channel } = o;
  const approver =
    senderId !== undefined &&
    auth.isAuthorizedSender &&
    mayApprove({ cfg: o.config(), channel, accountId, senderId });
  const result = o.presses.press({
    payload: callback.payload,
    place: { channel, to: callback.chatId, accountId },
    approver,
    by: `${channel}:${senderId ?? "unknown"}`,
    name: senderUsername ? `@${senderUsername}` : `user ${senderId ?? "unknown"}`,
  });
  if (result.is === "refused") {
    if (result.reply !== undefined) await respond.reply({ text: result.reply });
  } else await respond.editMessage({ text: withOutcome(callback.messageText ?? "", result.outcome) });
  return { handled: true };
}

// The message becomes plain text: what was code then must not turn into links. Its beginning is what a reader looks for.
function withOutcome(text: string, outcome: string): string {
  const inert = text
    .replace(/(?<=[a-z]):(?=\/\/)|\.(?=[a-z])/gi, "$&\u2060")
    .replace(/@(?=\w)|\/(?=[a-z])/gi, "$&\u2060");
  const question = inert.replace(/\n(?:Reply y |To allow all edits )[^\n]*/g, "");
  const room = LONGEST - outcome.length - 3;
  return `${question.length > room ? `${question.slice(0, room)}…` : question}\n${outcome}`;
}
