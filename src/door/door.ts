// The door: whose message is this, may it enter, and which room gets it. In doubt the host decides.

import { HARNESS } from "../../adapters/kinds.ts";
import { describe, diskFailure, Failure } from "../../common/failure.ts";
import { type Log, logError, logName } from "../../common/log.ts";
import { type MessageContext, withContext } from "../../common/marked-context.ts";
import type { Identity } from "../../state/identity.ts";
import type { Route } from "../../state/session-map.ts";
import type { Conversations } from "../delivery/conversations.ts";
import type { AwaitedReplies } from "../permission/awaited-replies.ts";
import { endedWith, NEW_SESSION } from "../session/sentences.ts";
import { isPage, type TurnSource } from "../session/source.ts";
import { type Attachment, takeIn } from "./attachments.ts";
import { readCommand } from "./commands.ts";
import { readReset } from "./reset.ts";

/** A message for one of our sessions, as the host hands it over, in our words. */
export interface Inbound {
  identity: Identity;
  /** Where it was written, and by whom, for the other places that show the session. */
  source: TurnSource;
  /** The channel's message id, or a fresh one where it has none. */
  id: string;
  /** What the user wrote, as the host lets the agent see it. */
  text: string;
  /** The same as the host reads it for commands, without what it adds for the agent. */
  command: string;
  /** True when the host lets this sender give commands here. */
  authorized: boolean;
  /** True for an owner of the gateway. */
  owner: boolean;
  /** True when the host takes this sender's word for what Claude may do. */
  approver: boolean;
  /** Who wrote it, as the channel names them. */
  by?: string;
  /** The same as people read it. */
  name?: string;
  /** Passed on from somebody else. */
  forwarded: boolean;
  /** What it is a reply to, as the channel shows that. */
  replyTo?: string;
  /** What the harness must know to understand it: what it is a reply to, whose words were passed on. */
  context?: MessageContext;
  /** When it was written, by the channel's clock; ms since the epoch. */
  sentAt?: number;
  /** Where answers go; absent where there is no conversation to post into (webchat, CLI). */
  route?: Route;
  /** The conversation as it can be bound to a session: the route, or a page of webchat. */
  conversation?: Route;
  gates: Gates;
  /** One of the host's own commands (`/acp`, `/new`, `/status`, `!…`), which it handles itself. */
  hostCommand: boolean;
  attachments: readonly Attachment[];
  /** Pictures of a page, which only the host can hand over. */
  pictures: boolean;
  /** Answers the message at once, as the host answers a command. */
  reply(text: string): void;
}

/** The host's own conditions for an ACP turn (its tryDispatchAcpReplyCore); a hook that claims a message must keep them. */
export interface Gates {
  acpEnabled: boolean;
  dispatchEnabled: boolean;
  agentAllowed: boolean;
  sendAllowed: boolean;
  toolsUnrestricted: boolean;
  /** The channel shows what is posted: not a private turn, an observed room, or a suppressed reply. */
  visible: boolean;
}

/** `host` leaves the message to the host's own dispatch, with `text` in place of what the user wrote where it is given. */
export type Verdict = { is: "accepted" } | { is: "answered" } | { is: "host"; text?: string };

/** Our chat commands, as the door needs them. */
export interface Commands {
  /** Whether plain phrases are commands too. */
  phrases: () => boolean;
  /** Runs what stands behind `/claude`; resolves to the answer, empty where there is none to give. */
  run(command: string, inbound: Inbound): Promise<string>;
  /** Why a command of the harness itself cannot be handed over; undefined where it can. */
  refuse(command: string, inbound: Inbound): string | undefined;
  /** Tells Claude at once where the user wants that and it is at work; false otherwise. */
  interject(inbound: Inbound): Promise<boolean>;
}

export interface DoorParts {
  conversations: Conversations;
  replies: AwaitedReplies;
  commands: Commands;
  /** False where the user set `turns: held`. */
  released: () => boolean;
  /** Whether Claude is told who writes, where several people do. */
  senderNames: () => boolean;
  /** How large a file may be. */
  maxMegabytes: () => number;
  log: Log;
}

/** Accepts the message as a prompt of a released turn, answers it, or leaves it to the host's own dispatch. */
export async function receive(parts: DoorParts, inbound: Inbound): Promise<Verdict> {
  const closed = Object.entries(inbound.gates).flatMap(([gate, open]) => (open ? [] : [gate]));
  const verdict: Verdict = closed.length > 0 ? { is: "host" } : await judged(parts, inbound);
  const why = closed.length > 0 ? ` (${closed.join(", ")} closed)` : "";
  parts.log.debug(`${logName(inbound.identity)} a message was ${SAID[verdict.is]}${why}`);
  return verdict;
}

const SAID = { accepted: "accepted", answered: "answered", host: "left to the host" } as const;

// What cannot be taken up is said: the host would only log what its hook throws, and the chat would wait for ever.
async function judged(parts: DoorParts, inbound: Inbound): Promise<Verdict> {
  try {
    return await judge(parts, inbound);
  } catch (error) {
    parts.log.error(`${logName(inbound.identity)} a message could not be taken up: ${logError(error)}`);
    inbound.reply(untaken(error));
    return { is: "answered" };
  }
}

// A page that waits for an answer is given one.
const TOLD = `Told ${HARNESS.name}.`;

/** Why a message was not taken up, for its sender. */
export function untaken(error: unknown): string {
  const says = error instanceof Failure ? error : diskFailure(error);
  const again = says && says.next.length > 0 ? "" : " Send it again in a moment.";
  return `⚠️ I could not take your message up. ${describe(error, "chat")}${again}`;
}

// What becomes of a message that the host's own conditions let in.
async function judge(parts: DoorParts, inbound: Inbound): Promise<Verdict> {
  const command = readCommand(inbound.command, parts.commands.phrases());
  if (command !== undefined) return await runCommand(parts, inbound, command);
  const heard = routeReply(parts, inbound);
  if (heard) return heard;
  const reset = inbound.authorized ? readReset(inbound.command) : undefined;
  if (reset) return await resetSession(parts, inbound, reset.rest);
  if (inbound.hostCommand) return { is: "host" };
  return await prompt(parts, inbound);
}

async function runCommand(parts: DoorParts, inbound: Inbound, command: string): Promise<Verdict> {
  const { commands } = parts;
  if (!inbound.authorized) {
    inbound.reply("Only people who may give commands here can do that.");
    return { is: "answered" };
  }
  // A command of the harness itself goes to it as it is.
  if (command.startsWith("/")) {
    const refusal = commands.refuse(command, inbound);
    if (refusal === undefined) return await prompt(parts, { ...inbound, text: command });
    inbound.reply(refusal);
    return { is: "answered" };
  }
  // Where the host holds the turns, nothing can reach one that runs: this comes after it, and is a message like any other.
  const steered =
    inbound.route === undefined ? /^steer\s+(?!--session\b)([\s\S]+)$/.exec(command)?.[1] : undefined;
  if (steered !== undefined) return await prompt(parts, { ...inbound, text: steered });
  const answer = await commands.run(command, inbound);
  if (answer !== "") inbound.reply(answer);
  return { is: "answered" };
}

// While a question waits, what is typed is its answer or is kept for later; commands are commands all the same.
function routeReply(parts: DoorParts, inbound: Inbound): Verdict | undefined {
  // A file is never an answer: it waits for its turn as a message does. One of the question that is replied to is none of it.
  const sendsFile = inbound.attachments.some(({ referred }) => !referred);
  const onPage = inbound.route === undefined && isPage(inbound.source);
  if (inbound.hostCommand || sendsFile || (inbound.route === undefined && !onPage)) return undefined;
  const { approver, by, name, forwarded, replyTo, sentAt, identity } = inbound;
  // The host may put what is replied to around the words for the agent; the answer is what the person typed.
  const text = replyTo === undefined && !forwarded ? inbound.text : inbound.command;
  const message = {
    text,
    whole: told(parts, inbound),
    authorized: approver,
    by,
    name,
    forwarded,
    replyTo,
    sentAt,
  };
  const heard = parts.replies.hear({ identity, route: inbound.route, onPage }, message);
  if (heard.is === "unheard") return undefined;
  if (heard.is === "kept") inbound.reply(heard.say);
  return { is: "answered" };
}

// The host's own path fails on Telegram and unbinds on webchat (docs/host-notes.md#new-and-reset), so resets are answered here.
async function resetSession(parts: DoorParts, inbound: Inbound, rest: string): Promise<Verdict> {
  const ended = endedWith(await parts.conversations.of(inbound.identity).reset(inbound.route));
  if (rest === "" || ended !== "") inbound.reply(`${NEW_SESSION}${ended}`);
  if (rest === "") {
    return { is: "answered" };
  }
  return await prompt(parts, { ...inbound, text: rest });
}

async function prompt(parts: DoorParts, inbound: Inbound): Promise<Verdict> {
  const { route, id, identity, attachments } = inbound;
  const empty = inbound.text === "" && attachments.length === 0;
  const text = told(parts, inbound);
  if (!parts.released() || empty) return { is: "host", text };
  if (attachments.length === 0 && (await parts.commands.interject({ ...inbound, text }))) {
    if (route !== undefined) return { is: "accepted" };
    inbound.reply(TOLD);
    return { is: "answered" };
  }
  // While the host holds a turn it lets no message of the session through: one of its pages must not make a chat deaf.
  if (route === undefined && !(isPage(inbound.source) && attachments.length === 0 && !inbound.pictures))
    return { is: "host", text };
  const conversation = parts.conversations.of(identity);
  const source = { ...inbound.source, words: inbound.source.words ?? inbound.text };
  if (attachments.length > 0 && (await conversation.knows(id))) return { is: "accepted" };
  const { images, text: whole, faults } = await withAttachments(parts, { ...inbound, text });
  if (faults.length > 0 && route) conversation.notify(faults.join("\n"), route);
  if (whole !== "" || images.length > 0)
    await conversation.accept({ id, text: whole, images, ...(route ? { route } : {}) }, source);
  return { is: "accepted" };
}

// A command of the harness is one only where it begins the prompt, and means the same whatever it is a reply to.
function told(
  { senderNames }: Pick<DoorParts, "senderNames">,
  { text, context, forwarded }: Inbound,
): string {
  if (context === undefined || (text.startsWith("/") && !forwarded)) return text;
  return withContext(text, senderNames() ? context : { ...context, speaker: undefined });
}

async function withAttachments(parts: DoorParts, { identity, text, attachments }: Inbound) {
  if (attachments.length === 0) return { images: [], text, faults: [] };
  const cwd = await parts.conversations.of(identity).cwd();
  const { images, lines, faults } = await takeIn({ attachments, cwd, maxMegabytes: parts.maxMegabytes() });
  const named = [text, lines.join("\n")].filter((part) => part !== "").join("\n\n");
  return { images, text: named, faults };
}
