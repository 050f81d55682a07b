// The desk: where sessions are looked up and handled by whoever is not in their conversation (command line, chat command, tool).
import { Failure } from "../../adapters/failure.ts";
import type { KnownSession } from "../../adapters/harness.ts";
import type { SessionEntry } from "../../state/session-map.ts";
import { type Identity, identityKey } from "./identity.ts";
import { type Found, findRef, identityOf, unknownRef } from "./refs.ts";
import type { Session } from "./session.ts";
import type { Sessions } from "./sessions.ts";

export interface DeskParts {
  sessions: Sessions;
  /** Every agent that may have sessions of ours. */
  agents: () => string[];
  /** Ends what the conversation of a session has under way, on disk too. */
  forgotten: (identity: Identity) => Promise<void>;
}

export interface Listed {
  /** As in `#3`: counted from 1 as they were made, so that use does not move it; only what is forgotten before it does. */
  number: number;
  entry: SessionEntry;
  session: Session;
}

export class Desk {
  readonly #parts: DeskParts;

  constructor(parts: DeskParts) {
    this.#parts = parts;
  }

  /** Every session in the maps of all agents, the most recently active first. */
  async list(): Promise<Listed[]> {
    const entries = await this.#entries();
    return entries
      .map((entry, index) => ({ number: index + 1, entry, session: this.#sessionOf(entry) }))
      .sort((a, b) => b.entry.lastActivityAt.localeCompare(a.entry.lastActivityAt));
  }

  session(identity: Identity): Session {
    return this.#parts.sessions.of(identity);
  }

  /** The name itself, or with a number behind it where another session has it. */
  async freeName(wanted: string, identity: Identity): Promise<string> {
    const others = (await this.#entries()).filter(
      (entry) => identityKey(identityOf(entry)) !== identityKey(identity),
    );
    const taken = new Set(others.map((entry) => entry.name?.toLowerCase()));
    for (let number = 1; ; number += 1) {
      const name = number === 1 ? wanted : `${wanted}-${number}`;
      if (!taken.has(name.toLowerCase())) return name;
    }
  }

  /** Throws Failure `invalid` when the reference means none or several. */
  async find(ref: string): Promise<Found & { session: Session }> {
    const entries = await this.#entries();
    const found = findRef(ref, entries);
    if (!found) throw unknownRef(ref, entries);
    return { ...found, session: this.#parts.sessions.of(found.identity) };
  }

  /** The sessions Claude has transcripts of in this directory, those of a terminal too. */
  async terminal(cwd: string, signal: AbortSignal): Promise<KnownSession[]> {
    const { sessions } = this.#parts;
    return await sessions.pool.visit((connection) => sessions.harness.list(connection, cwd), signal);
  }

  /**
   * Puts a harness session behind a conversation: an earlier one of ours, or one of a terminal. What was there is kept.
   * Throws Failure `transcript-missing` when there is no transcript of it.
   */
  async resume(o: {
    ref: string;
    into: Identity | undefined;
    cwd?: string | undefined;
  }): Promise<SessionEntry> {
    const origin = await this.#origin(o.ref);
    const target = o.into ?? origin.identity;
    if (!target) throw homeless(origin.claudeSessionId);
    const { claudeSessionId, identity } = origin;
    if (origin.current && identity && identityKey(identity) !== identityKey(target)) throw inUse(o.ref);
    const session = this.#parts.sessions.of(target);
    if ((await session.record.read())?.claudeSessionId === claudeSessionId) return await session.ensure({});
    const cwd = o.cwd ?? origin.cwd;
    return await session.replace(() =>
      session.record.adopt({ claudeSessionId, cwd, reason: "resumed another" }),
    );
  }

  /** A conversation goes on with a copy of a session's past; the original stays as it is. */
  async fork(o: { ref: string; into: Identity | undefined }): Promise<SessionEntry> {
    const { claudeSessionId, identity, cwd } = await this.#origin(o.ref);
    const target = o.into ?? identity;
    if (!target) throw homeless(claudeSessionId);
    const session = this.#parts.sessions.of(target);
    return await session.replace(() => session.record.fork({ claudeSessionId, cwd }));
  }

  /** A new session behind the same conversation, in the same or another directory. */
  async restart(identity: Identity, cwd: string | undefined): Promise<SessionEntry> {
    const session = this.#parts.sessions.of(identity);
    await session.ensure({});
    return await session.replace(async () => {
      await session.record.retire("restarted");
      if (cwd !== undefined) await session.record.note({ cwd });
      return await session.ensure({});
    });
  }

  /** Closes for good: the next message there begins a new session. The transcript stays. */
  async close(identity: Identity, reason: string): Promise<void> {
    await this.#parts.sessions.of(identity).close({ discard: true, reason });
  }

  /** What was closed takes the next message as the first of a new session. */
  async reopen(identity: Identity): Promise<void> {
    await this.#parts.sessions.of(identity).ensure({});
  }

  /** Ends the process; the next message resumes the session. */
  async kill(identity: Identity): Promise<void> {
    await this.#parts.sessions.of(identity).close({ discard: false, reason: "killed" });
  }

  /** Closes it and drops it from the map, as if it had never been; the transcript stays Claude's. */
  async forget(identity: Identity): Promise<void> {
    await this.close(identity, "forgotten");
    await this.#parts.forgotten(identity);
    await this.#parts.sessions.mapOf(identity.agentId).remove(identity);
  }

  async #entries(): Promise<SessionEntry[]> {
    const maps = new Map(
      this.#parts.agents().map((agentId) => [this.#parts.sessions.mapOf(agentId), agentId]),
    );
    const read = await Promise.all([...maps.keys()].map((map) => map.read()));
    return read.flatMap(({ sessions }) => sessions).sort((a, b) => a.createdAt.localeCompare(b.createdAt));
  }

  #sessionOf(entry: SessionEntry): Session {
    return this.#parts.sessions.of(identityOf(entry));
  }

  // A conversation that was closed or begun anew has nothing said in it: its session before that is meant.
  async #origin(ref: string): Promise<Origin> {
    const { harness } = this.#parts.sessions;
    const entries = await this.#entries();
    const found = findRef(ref, entries);
    const { entry, identity, retired } = found ?? {};
    const before = retired === false ? entry?.retired[0]?.claudeSessionId : undefined;
    for (const sessionId of found ? [found.claudeSessionId, before] : [ref.trim()]) {
      if (sessionId === undefined) continue;
      if (!(await harness.hasTranscript({ cwd: entry?.cwd ?? "/", sessionId }))) continue;
      const current = entry?.claudeSessionId === sessionId;
      const cwd = (await harness.beganElsewhere({ cwd: entry?.cwd ?? "/", sessionId })) ?? entry?.cwd;
      return { claudeSessionId: sessionId, identity, cwd, current };
    }
    if (!found) throw unknownRef(ref, entries);
    throw new Failure({
      code: "transcript-missing",
      message: `The session "${ref}" has no transcript on this machine, so there is nothing to go on with.`,
      next: "It was never used, or Claude's transcript of it was removed.",
    });
  }
}

interface Origin {
  claudeSessionId: string;
  identity: Identity | undefined;
  cwd: string | undefined;
  /** True where it is what a conversation of ours is in now. */
  current: boolean;
}

// Two conversations in one Claude session would take it from each other, and each miss what the other said.
function inUse(ref: string): Failure {
  return new Failure({
    code: "refused",
    message: `The session "${ref}" is the one of another conversation.`,
    next: "/cc here SESSION lets it answer here too, /cc fork SESSION goes on with a copy of it.",
  });
}

function homeless(claudeSessionId: string): Failure {
  return new Failure({
    code: "invalid",
    message: `The session ${claudeSessionId} belongs to no conversation yet.`,
    next: "Say into which one, with --into <session>; see them with: openclaw contractor-agents sessions",
  });
}
