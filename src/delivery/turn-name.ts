// What a turn is called for ever: its posts and its lines in the host's record are recognised by it, also after a restart.
import { createHash } from "node:crypto";
import { type Identity, identityKey } from "../../state/identity.ts";

/** Channel message ids repeat from chat to chat, so a turn is named after its session as well. */
export function turnName(identity: Identity, prompt: { id: string; acceptedAt: string }): string {
  const owner = createHash("sha256").update(identityKey(identity)).digest("hex").slice(0, 16);
  return `${owner}:${prompt.id}:${prompt.acceptedAt}`;
}
