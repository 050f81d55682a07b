// What a turn is called for ever: its posts and its lines in the host's record are recognised by it, also after a restart.
import { createHash } from "node:crypto";
import { type Identity, identityKey } from "../../state/identity.ts";

const ACCEPTED_AT = /:\d{4}-\d\d-\d\dT[\d:.]+Z$/;

/** Channel message ids repeat from chat to chat, so a turn is named after its session as well. */
export function turnName(identity: Identity, prompt: { id: string; acceptedAt: string }): string {
  return `${runningName(identity, prompt.id)}:${prompt.acceptedAt}`;
}

/** What a turn is called by those who only see it run: they do not know when its prompt was accepted. */
export function runningName(identity: Identity, id: string): string {
  const owner = createHash("sha256").update(identityKey(identity)).digest("hex").slice(0, 16);
  return `${owner}:${id}`;
}

/** The same, out of the whole name. */
export function runningNameIn(turnName: string): string {
  return turnName.replace(ACCEPTED_AT, "");
}
