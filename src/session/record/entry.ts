// An entry of the session map, made: a new one, one that begins again, and what may be wished of one.
import { randomUUID } from "node:crypto";
import type { Identity } from "../../../state/identity.ts";
import type { SessionEntry } from "../../../state/session-map.ts";

export interface EnsureOptions {
  /** Where the session works; absent where the one it has is meant. */
  cwd?: string | undefined;
  /** Where a session works that has none yet. */
  defaultCwd: string;
  /** A harness session id to continue, as the host remembers it or the user named it. */
  resume?: string | undefined;
  /** True when somebody asked for that id: then it must exist. */
  resumeRequired?: boolean | undefined;
  model?: string | undefined;
  thinking?: string | undefined;
}

/** An entry of a session that has not begun; `at` is an ISO time. */
export function freshEntry(o: { identity: Identity; cwd: string; at: string }): SessionEntry {
  return {
    openclawSessionKey: o.identity.sessionKey,
    agentId: o.identity.agentId,
    backendSessionId: randomUUID(),
    cwd: o.cwd,
    state: "active",
    generation: 1,
    createdAt: o.at,
    lastActivityAt: o.at,
    retired: [],
  };
}

/** Whether the wish is for anything the entry does not have. */
export function changes(entry: SessionEntry, wish: EnsureOptions): boolean {
  return (
    (wish.cwd !== undefined && wish.cwd !== entry.cwd) ||
    (wish.model !== undefined && wish.model !== entry.model) ||
    (wish.thinking !== undefined && wish.thinking !== entry.thinking)
  );
}

// A closed session that is wanted again begins anew, in the directory it had: its people chose it, and nobody tells them of
// another one. Of the rest it remembers only what it was before.
export function reopened(closed: SessionEntry | undefined, fresh: SessionEntry): SessionEntry {
  if (!closed) return fresh;
  return {
    ...fresh,
    cwd: closed.cwd,
    generation: closed.generation + 1,
    retired: closed.retired,
    createdAt: closed.createdAt,
    ...(closed.number === undefined ? {} : { number: closed.number }),
  };
}

/** Whether another harness session was chosen for the entry, or none, since it was read so. */
export function isOther(entry: SessionEntry, since: SessionEntry): boolean {
  const { claudeSessionId: id, generation, state } = entry;
  return (
    state === "closed" ||
    generation !== since.generation ||
    (id !== undefined && id !== since.claudeSessionId)
  );
}

/** The entry with a choice of the user's: `model`, `thinking`, `mode` or another option; undefined takes it back. */
export function withChoice(
  entry: SessionEntry,
  { key, value }: { key: string; value: string | undefined },
): SessionEntry {
  if (key === "model" || key === "thinking" || key === "mode") {
    const { [key]: _, ...others } = entry;
    return value === undefined ? others : { ...others, [key]: value };
  }
  const { [key]: _, ...others } = entry.options ?? {};
  return { ...entry, options: value === undefined ? others : { ...others, [key]: value } };
}
