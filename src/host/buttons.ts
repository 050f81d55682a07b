// Buttons of ours in a chat: the channel hands a press to the plugin that registered their namespace, with who pressed, and lets it
// change the message they stand under (docs/host-notes.md, "Buttons of a plugin").
import type { OpenClawConfig, OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";
import { z } from "zod";
import type { Route } from "../../state/session-map.ts";
import { BUTTON_NAMESPACE } from "../jobs/buttons.ts";
import type { JobPress, JobPressed } from "../jobs/press.ts";
import { NAMESPACE, type Presses } from "../permission/presses.ts";
import { mayApprove } from "./approvers.ts";

/** The channels whose presses are known to come back so; in others people are asked in words and by the host's own approvals. */
const CHANNELS = ["telegram"];
// What Telegram takes as one message.
const LONGEST = 4_000;

type Rows = { text: string; callback_data: string }[][];
type Change = (o: { text: string; buttons?: Rows }) => Promise<void>;
const change = z.custom<Change>((value) => typeof value === "function");
const pressed = z.looseObject({
  accountId: z.string(),
  senderId: z.string().optional(),
  senderUsername: z.string().optional(),
  threadId: z.union([z.string(), z.number()]).nullish(),
  auth: z.looseObject({ isAuthorizedSender: z.boolean() }),
  isGroup: z.boolean().optional(),
  callback: z.looseObject({
    payload: z.string(),
    chatId: z.string(),
    messageId: z.union([z.string(), z.number()]),
    messageText: z.string().optional(),
  }),
  respond: z.looseObject({ reply: change, editMessage: change }),
});

export function hasButtons(channel: string): boolean {
  return CHANNELS.includes(channel);
}

interface Buttons {
  presses: Presses;
  config: () => OpenClawConfig;
  /** A press under a notice of a job; never rejects. */
  job: (press: JobPress) => Promise<JobPressed>;
}

/** To be called while the plugin registers: what comes later the host does not hear. */
export function registerButtons(
  api: Pick<OpenClawPluginApi, "registerInteractiveHandler">,
  o: Buttons,
): void {
  for (const channel of CHANNELS)
    for (const [namespace, handle] of [
      [NAMESPACE, handleQuestion],
      [BUTTON_NAMESPACE, handleJob],
    ] as const)
      api.registerInteractiveHandler({
        channel,
        namespace,
        handler: async (context: unknown) => {
          const read = pressed.safeParse(context);
          // A press of a form we do not know does nothing.
          if (read.success) await handle(whoPressed(channel, read.data, o), read.data, o);
          return { handled: true };
        },
      });
}

interface Presser {
  place: Route;
  approver: boolean;
  by: string;
  name: string;
}

function whoPressed(
  channel: string,
  { accountId, senderId, senderUsername, auth, callback, threadId }: z.infer<typeof pressed>,
  o: Buttons,
): Presser {
  const approver =
    senderId !== undefined &&
    auth.isAuthorizedSender &&
    mayApprove({ cfg: o.config(), channel, accountId, senderId });
  return {
    place: { channel, to: callback.chatId, accountId, ...(threadId == null ? {} : { threadId }) },
    approver,
    by: `${channel}:${senderId ?? "unknown"}`,
    name: senderUsername ? `@${senderUsername}` : `user ${senderId ?? "unknown"}`,
  };
}

async function handleJob(
  { place, approver, name }: Presser,
  context: z.infer<typeof pressed>,
  o: Buttons,
): Promise<void> {
  const { respond } = context;
  const { payload, messageText = "" } = context.callback;
  const to = place.to.startsWith(`${place.channel}:`) ? place.to : `${place.channel}:${place.to}`;
  const message = editable(place, context);
  const { outcome, reply } = await o.job({ payload, place: { ...place, to }, approver, name, message });
  if (outcome !== undefined) await respond.editMessage({ text: withOutcome(messageText, outcome) });
  if (reply !== undefined) await respond.reply({ text: reply });
}

// The host's `respond` goes on working after the press (measured): it is the one way to edit a message of ours.
function editable(
  { channel, accountId }: Route,
  { callback, isGroup = false, respond }: z.infer<typeof pressed>,
): JobPress["message"] {
  return {
    key: [channel, accountId, callback.chatId, callback.messageId].join("|"),
    crowded: isGroup,
    edit: async ({ text, buttons }) => {
      const row = buttons.map(({ label, value }) => ({ text: label, callback_data: value }));
      await respond.editMessage({ text, buttons: row.length === 0 ? [] : [row] });
    },
  };
}

async function handleQuestion(
  presser: Presser,
  { callback, respond }: z.infer<typeof pressed>,
  o: Buttons,
): Promise<void> {
  const result = o.presses.press({ payload: callback.payload, ...presser });
  if (result.is === "refused") {
    if (result.reply !== undefined) await respond.reply({ text: result.reply });
  } else await respond.editMessage({ text: withOutcome(callback.messageText ?? "", result.outcome) });
}

// The message becomes plain text: what was code then must not turn into links. Its beginning is what a reader looks for.
function withOutcome(text: string, outcome: string): string {
  const inert = text
    .replace(/(?<=[a-z]):(?=\/\/)|\.(?=[a-z])/gi, "$&\u2060")
    .replace(/@(?=\w)|\/(?=[a-z])/gi, "$&\u2060");
  const question = inert.replace(/\n(?:Reply y |Press a button, or send |To allow all edits )[^\n]*/g, "");
  const room = LONGEST - outcome.length - 3;
  return `${question.length > room ? `${question.slice(0, room)}…` : question}\n${outcome}`;
}
