// A message in a conversation that is not ours: only a command or phrase of ours, or the answer to a question of ours
// there. Everything else is the host's.
import type { Route } from "../../state/session-map.ts";
import type { AwaitedReplies } from "../permission/awaited-replies.ts";
import { readOwnCommand } from "./commands.ts";

export interface UnboundMessage {
  /** What was typed, as the host reads it for commands. */
  text: string;
  route: Route;
  /** A command the host has of its own, which looks like a path and is none. */
  hostCommand: boolean;
  /** Whether an owner of the gateway wrote it. */
  owner(): Promise<boolean>;
}

export interface UnboundParts {
  replies: AwaitedReplies;
  commands: { phrases: () => boolean };
  /** Runs what stands behind `/cc`, in a conversation without a session; resolves to the answer. */
  runUnbound(command: string, from: { route: Route; owner: boolean }): Promise<string>;
}

/** What makes the answer; undefined where the message is none of ours. The sender may give commands here. */
export async function receiveUnbound(
  parts: UnboundParts,
  message: UnboundMessage,
): Promise<(() => Promise<string>) | undefined> {
  const { text, route } = message;
  const command = readOwnCommand(text, parts.commands.phrases());
  if (command !== undefined)
    return async () => await parts.runUnbound(command, { route, owner: await message.owner() });
  if (message.hostCommand || !parts.replies.waits({ route })) return undefined;
  // Who may not start Claude may not say where either.
  if (!(await message.owner())) return undefined;
  const heard = parts.replies.hear({ route }, { text, authorized: true });
  const reply = heard.is === "answer" ? heard.reply : undefined;
  return reply && (() => reply);
}
