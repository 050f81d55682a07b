// A reset that the host makes without asking the backend: for us it is one like any other.
import type { Identity } from "../../state/identity.ts";

export interface ResetPorts {
  /** The agent a session key without an owner belongs to. */
  ownerOf(sessionKey: string): string;
  isContractor(agentId: string): boolean;
  /** Whether the host still knows it as a session of ours. */
  isOurs(identity: Identity): Promise<boolean>;
  reset(identity: Identity, reason: string): Promise<void>;
  /** Makes the host know it as ours again. */
  ensure(identity: Identity): Promise<unknown>;
}

/**
 * `/new` in a conversation that is itself an ACP session (webchat) gives it a new id and forgets that it was one
 * (docs/host-notes.md#new-and-reset); nobody asks the backend.
 */
export async function followReset(
  ports: ResetPorts,
  ended: { sessionKey?: string | undefined; reason?: string | undefined; agentId: string | undefined },
): Promise<void> {
  const { sessionKey, reason } = ended;
  if (sessionKey === undefined || (reason !== "new" && reason !== "reset")) return;
  const identity = { agentId: ended.agentId ?? ports.ownerOf(sessionKey), sessionKey };
  if (!ports.isContractor(identity.agentId) || (await ports.isOurs(identity))) return;
  await ports.reset(identity, reason);
  await ports.ensure(identity);
}
