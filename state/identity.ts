// Whose session this is: the OpenClaw agent and the complete session key, never shortened, never one without the other.
import type { SessionEntry, SessionIdentity } from "./session-map.ts";

export type Identity = SessionIdentity;

/** One string for both halves; NUL occurs in neither. */
export function identityKey(identity: Identity): string {
  return `${identity.agentId}\0${identity.sessionKey}`;
}

export function identityOf(entry: SessionEntry): Identity {
  return { agentId: entry.agentId, sessionKey: entry.openclawSessionKey };
}
