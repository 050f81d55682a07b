// The host's reply_dispatch hook, translated for the door: which session a message is for, and what the host says about it.
import type { OpenClawConfig } from "openclaw/plugin-sdk/plugin-entry";
import { z } from "zod";
import type { Identity } from "../../state/identity.ts";
import type { Route } from "../../state/session-map.ts";
import type { Attachment } from "../door/attachments.ts";
import type { Gates, Inbound } from "../door/door.ts";
import { mayApprove } from "./approvers.ts";
import { isOwner } from "./owners.ts";
import { sourceOfMessage } from "./turn-source.ts";

const policy = z.looseObject({
  allow: z.array(z.unknown()).optional(),
  deny: z.array(z.unknown()).optional(),
});
const messageId = z.union([z.string(), z.number(), z.bigint()]).nullish();

const repliedMedia = z.looseObject({
  mediaPath: z.string().nullish(),
  mediaKind: z.string().nullish(),
  mediaType: z.string().nullish(),
});

/** The parts of the hook's event that we read; the host hands over more. */
const dispatchEvent = z.looseObject({
  sessionKey: z.string().optional(),
  sendPolicy: z.string(),
  suppressUserDelivery: z.boolean().optional(),
  suppressReplyLifecycle: z.boolean().optional(),
  sourceReplyDeliveryMode: z.string().optional(),
  isTailDispatch: z.boolean().optional(),
  toolsAllow: z.array(z.string()).optional(),
  images: z.array(z.unknown()).nullish(),
  originatingChannel: z.string().optional(),
  originatingTo: z.string().optional(),
  originatingAccountId: z.string().optional(),
  originatingThreadId: z.union([z.string(), z.number()]).optional(),
  ctx: z.looseObject({
    AgentId: z.string().optional(),
    agentText: z.string().default(""),
    commandText: z.string().default(""),
    CommandAuthorized: z.boolean().optional(),
    GatewayClientScopes: z.array(z.string()).nullish(),
    GatewayClientCaps: z.array(z.string()).nullish(),
    ChatType: z.string().nullish(),
    SenderId: z.union([z.string(), z.number()]).nullish(),
    SenderUsername: z.string().nullish(),
    SenderName: z.string().nullish(),
    ForwardedFrom: z.string().nullish(),
    ForwardedDate: z.number().nullish(),
    ReplyToId: z.union([z.string(), z.number()]).nullish(),
    ReplyToBody: z.string().nullish(),
    ReplyToSender: z.string().nullish(),
    ReplyToQuoteText: z.string().nullish(),
    ReplyToForwardedFrom: z.string().nullish(),
    ReplyChain: z.array(repliedMedia).nullish(),
    Sticker: z.looseObject({ emoji: z.string().nullish() }).nullish(),
    ProviderMessageTimestamp: z.number().nullish(),
    InboundEventKind: z.string().optional(),
    ConversationToolPolicy: policy.nullish(),
    MessageSidFull: messageId,
    MessageSid: messageId,
    MessageSidFirst: messageId,
    MessageSidLast: messageId,
    AccountId: z.string().optional(),
    MessageThreadId: z.union([z.string(), z.number()]).nullish(),
    media: z
      .array(
        z.looseObject({
          path: z.string().nullish(),
          contentType: z.string().nullish(),
          fileName: z.string().nullish(),
          kind: z.string().nullish(),
        }),
      )
      .nullish(),
  }),
});
export type DispatchEvent = z.infer<typeof dispatchEvent>;

export const WEBCHAT = "webchat";
const APPROVES: ReadonlySet<string> = new Set(["operator.approvals", "operator.admin"]);
// Pages that show a running turn by themselves, and callers that wait for its result.
const HELD_CHANNELS = new Set([WEBCHAT, "internal", "cli", "node"]);

/** Reads the hook's event; undefined when it does not have the form we know, which leaves the message to the host. */
export function readEvent(raw: unknown): DispatchEvent | undefined {
  const read = dispatchEvent.safeParse(raw);
  return read.success ? read.data : undefined;
}

/** The message in the door's words. `harness` is the id the session was made with, which `acp.allowedAgents` names. */
export async function toInbound(o: {
  event: DispatchEvent;
  identity: Identity;
  harness: string;
  cfg: OpenClawConfig;
  hasControlCommand: (text: string, cfg: OpenClawConfig) => boolean;
  freshId: () => string;
  reply: (text: string) => void;
}): Promise<Inbound> {
  const { event, identity } = o;
  const command = event.ctx.commandText.trim();
  const written = event.ctx.agentText.trim();
  const route = routeOf(event);
  const place = placeOf(event);
  const sender = senderOf(event);
  const { channel = "", group = false } = route ?? {};
  return {
    identity,
    source: sourceOfMessage(event.ctx, route && { channel, by: sender.name, group }),
    id: idOf(event) ?? o.freshId(),
    // A sticker says what its emoji says.
    text: written === "" ? (event.ctx.Sticker?.emoji?.trim() ?? "") : written,
    command,
    authorized: event.ctx.CommandAuthorized === true,
    owner: await isOwnersMessage(event, o.cfg),
    approver: event.ctx.CommandAuthorized === true && isApprover(o),
    ...sender,
    ...originOf(event),
    hostCommand: isHostCommand(command, o) || o.hasControlCommand(command, o.cfg),
    gates: gatesOf(o),
    attachments: attachmentsOf(event),
    pictures: (event.images ?? []).length > 0,
    reply: o.reply,
    ...(route ? { route } : {}),
    ...(place ? { conversation: place } : {}),
  };
}

/** Whether an owner of the gateway wrote it. */
export async function isOwnersMessage(
  { ctx, originatingChannel, ...event }: DispatchEvent,
  cfg: OpenClawConfig,
): Promise<boolean> {
  return await isOwner({
    cfg,
    channel: originatingChannel?.toLowerCase(),
    accountId: event.originatingAccountId ?? ctx.AccountId,
    senderId: ctx.SenderId === undefined || ctx.SenderId === null ? undefined : String(ctx.SenderId),
    scopes: ctx.GatewayClientScopes ?? undefined,
  });
}

function isApprover({ event, cfg }: Parameters<typeof toInbound>[0]): boolean {
  const { originatingChannel: channel, originatingAccountId, ctx } = event;
  if (channel === undefined) return true;
  // As for the host's own form there.
  if (channel.toLowerCase() === WEBCHAT)
    return (ctx.GatewayClientScopes ?? []).some((scope) => APPROVES.has(scope));
  const senderId = ctx.SenderId === undefined || ctx.SenderId === null ? undefined : String(ctx.SenderId);
  return mayApprove({
    cfg,
    channel: channel.toLowerCase(),
    accountId: originatingAccountId ?? ctx.AccountId,
    senderId,
  });
}

function senderOf({ ctx, originatingChannel }: DispatchEvent): { by?: string; name?: string } {
  const sender = ctx.SenderId ?? undefined;
  if (sender === undefined) return {};
  const name = ctx.SenderUsername ? `@${ctx.SenderUsername}` : ctx.SenderName || `user ${sender}`;
  return { by: [originatingChannel, sender].filter(Boolean).join(":"), name };
}

function originOf({ ctx }: DispatchEvent): Pick<Inbound, "forwarded" | "replyTo" | "sentAt" | "context"> {
  const replied = (ctx.ReplyToId ?? undefined) !== undefined || Boolean(ctx.ReplyToBody);
  const sentAt = ctx.ProviderMessageTimestamp ?? undefined;
  const forwarded = Boolean(ctx.ForwardedFrom) || (ctx.ForwardedDate ?? undefined) !== undefined;
  const first = ctx.ReplyToForwardedFrom;
  const sender = [ctx.ReplyToSender, first ? `forwarded from ${first}` : ""].filter(Boolean).join(", ");
  const quote = ctx.ReplyToQuoteText ?? "";
  return {
    forwarded,
    context: {
      ...speakerOf(ctx),
      ...(replied
        ? { replyTo: { text: quote || (ctx.ReplyToBody ?? ""), sender, quote: quote !== "" } }
        : {}),
      ...(forwarded ? { forwarded: { sender: ctx.ForwardedFrom ?? undefined } } : {}),
    },
    ...(replied ? { replyTo: ctx.ReplyToBody ?? "" } : {}),
    ...(sentAt === undefined ? {} : { sentAt }),
  };
}

// Alone with Claude nobody needs to say who they are.
function speakerOf({ ChatType, SenderName, SenderUsername }: DispatchEvent["ctx"]): { speaker?: string } {
  if (!isGroup(ChatType)) return {};
  const handle = SenderUsername ? `@${SenderUsername}` : "";
  const speaker = SenderName && handle ? `${SenderName} (${handle})` : SenderName || handle;
  return speaker ? { speaker } : {};
}

function gatesOf({ event, cfg, harness }: Parameters<typeof toInbound>[0]): Gates {
  const allowed = (cfg.acp?.allowedAgents ?? []).map((id) => id.trim().toLowerCase()).filter(Boolean);
  return {
    acpEnabled: cfg.acp?.enabled !== false,
    dispatchEnabled: cfg.acp?.dispatch?.enabled !== false,
    agentAllowed: allowed.length === 0 || allowed.includes(harness.toLowerCase()),
    sendAllowed: event.sendPolicy !== "deny",
    toolsUnrestricted: !restrictsTools(event),
    visible: isVisible(event),
  };
}

/** Whether the host lets an answer of ours be seen where the message came from. */
export function mayAnswer(event: DispatchEvent): boolean {
  return event.sendPolicy !== "deny" && isVisible(event);
}

function isVisible(event: DispatchEvent): boolean {
  return (
    !event.suppressUserDelivery &&
    // Only about typing where we post nothing: the host shows the turn, and our answers to commands.
    !(event.suppressReplyLifecycle && routeOf(event)) &&
    !event.isTailDispatch &&
    event.sourceReplyDeliveryMode !== "message_tool_only" &&
    event.ctx.InboundEventKind !== "room_event"
  );
}

function restrictsTools(event: DispatchEvent): boolean {
  const { toolsAllow, ctx } = event;
  if (toolsAllow !== undefined && !toolsAllow.some((entry) => entry.trim() === "*")) return true;
  const conversation = ctx.ConversationToolPolicy;
  return (conversation?.allow?.length ?? 0) > 0 || (conversation?.deny?.length ?? 0) > 0;
}

// dist/dispatch-acp-command-bypass: what the host never sends to an ACP session, besides its control commands. A `!` is one
// where its owner has turned the host's shell on (`commands.bash`), and a message like any other everywhere else.
function isHostCommand(text: string, { cfg, event }: Parameters<typeof toInbound>[0]): boolean {
  if (text.startsWith("!")) return cfg.commands?.bash === true && event.ctx.CommandAuthorized === true;
  return /^\/(?:new|reset|acp)(?:[\s@]|$)/i.test(text);
}

/** The conversation as it can be bound to a session: where answers go, or a page of webchat, which is named by its session. */
export function placeOf(event: DispatchEvent): Route | undefined {
  const { originatingChannel, originatingTo: to } = event;
  const channel = originatingChannel?.toLowerCase();
  return routeOf(event) ?? (channel === WEBCHAT && to ? { channel, to } : undefined);
}

/** Where answers to a message go; undefined where there is no conversation to post into. */
function routeOf(event: DispatchEvent): Route | undefined {
  const channel = event.originatingChannel?.toLowerCase();
  const to = event.originatingTo;
  if (!channel || !to || HELD_CHANNELS.has(channel)) return undefined;
  const accountId = event.originatingAccountId ?? event.ctx.AccountId;
  const threadId = event.originatingThreadId ?? event.ctx.MessageThreadId ?? undefined;
  return {
    channel,
    to,
    ...(accountId === undefined ? {} : { accountId }),
    ...(threadId === undefined ? {} : { threadId }),
    ...(isGroup(event.ctx.ChatType) ? { group: true } : {}),
  };
}

function isGroup(chatType: string | null | undefined): boolean {
  return chatType === "group" || chatType === "channel";
}

/** What the host calls the turn of this message where it runs it (dist/dispatch-acp: resolveAcpRequestId). */
export function requestIdOf({ ctx }: DispatchEvent): string | undefined {
  const id = ctx.MessageSidFull ?? ctx.MessageSid ?? ctx.MessageSidFirst ?? ctx.MessageSidLast;
  return id === undefined || id === null ? undefined : String(id).trim();
}

// Message ids are a chat's own, and several chats may talk to one session.
function idOf(event: DispatchEvent): string | undefined {
  const text = requestIdOf(event) ?? "";
  const { channel, accountId, to } = routeOf(event) ?? {};
  return text === "" ? undefined : [channel, accountId, to, text].filter(Boolean).join(":");
}

// The host puts the files of what is replied to among those of the message. One of theirs that it has not fetched is not
// missed by anybody, nor is a moving sticker, which it never fetches.
function attachmentsOf({ ctx }: DispatchEvent): Attachment[] {
  const referred = (ctx.ReplyChain ?? []).filter(({ mediaPath, mediaKind }) => mediaPath || mediaKind);
  const paths = new Set(referred.map(({ mediaPath }) => mediaPath).filter(Boolean));
  const unfetched = referred.filter(({ mediaPath }) => !mediaPath).map((one) => one.mediaKind);
  return (ctx.media ?? []).flatMap(({ path, contentType, fileName, kind }) => {
    if (!path && kind === "sticker") return [];
    const at = path ? -1 : unfetched.indexOf(kind);
    if (at !== -1) {
      unfetched.splice(at, 1);
      return [];
    }
    const file = { path: path ?? undefined, name: fileName ?? undefined, mimeType: mimeOf(contentType) };
    return [{ ...file, ...(paths.has(path) ? { referred: true } : {}) }];
  });
}

function mimeOf(contentType: string | null | undefined): string {
  return contentType?.split(";", 1)[0]?.trim().toLowerCase() ?? "";
}
