// The door: whose message is this, may it enter, and which room gets it. In doubt the host decides.
import type { InboxPrompt } from "../../state/inbox.ts";
import type { Route } from "../../state/session-map.ts";
import type { Conversations } from "../delivery/conversations.ts";
import type { Identity } from "../session/identity.ts";

/** A message for one of our sessions, as the host hands it over, in our words. */
export interface Inbound {
  identity: Identity;
  /** The channel's message id, or a fresh one where it has none. */
  id: string;
  /** What the user wrote, as the host lets the agent see it. */
  text: string;
  /** Where answers go; absent where there is no conversation to post into (webchat, CLI, cron). */
  route?: Route;
  gates: Gates;
  /** Reads the images sent along. */
  images(): Promise<InboxPrompt["images"]>;
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
  /** Not one of the host's own commands (`/acp`, `/new`, `/status`, `!…`). */
  notHostCommand: boolean;
  /** What was sent along are images; other files the host turns into text for us. */
  mediaReadable: boolean;
}

export type Verdict = "accepted" | "host";

export interface DoorParts {
  conversations: Conversations;
  /** False where the user set `turns: held`. */
  released: () => boolean;
}

/** Accepts the message as a prompt of a released turn, or leaves it to the host's own dispatch. */
export async function receive(parts: DoorParts, inbound: Inbound): Promise<Verdict> {
  const { route } = inbound;
  if (!parts.released() || route === undefined || !isOpen(inbound.gates)) return "host";
  const images = await inbound.images();
  if (inbound.text === "" && images.length === 0) return "host";
  const { id, text } = inbound;
  await parts.conversations.of(inbound.identity).accept({ id, text, images, route });
  return "accepted";
}

function isOpen(gates: Gates): boolean {
  return Object.values(gates).every(Boolean);
}
