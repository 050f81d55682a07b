// The catalog: where sessions are looked up and handled by whoever is not in their conversation (command line, chat command, tool).

import type { Harness, KnownSession } from "../../adapters/harness.ts";
import { Failure } from "../../common/failure.ts";
import { type Identity, identityKey, identityOf } from "../../state/identity.ts";
import type { Route, SessionEntry } from "../../state/session-map.ts";
import { closed, killed, replaced } from "../session/sentences.ts";
import type { Session } from "../session/session.ts";
import type { Sessions } from "../session/sessions.ts";
import { type IndexedEntry, readIndex, type SessionIndex } from "./session-index.ts";
import { type Found, findRef, sameName, unknownRef } from "./session-ref.ts";
import { type Origin, originOf } from "./transcript-ref.ts";

export interface CatalogParts {
  sessions: Sessions;
  /** Every agent that may have sessions of ours. */
  agents: () => string[];
  /** Ends what the conversation of a session has under way, on disk too. */
  forgotten: (identity: Identity) => Promise<void>;
}

export interface Listed {
  entry: IndexedEntry;
  session: Session;
  /** What was said to it last; looked up in its transcript. */
  lastPrompt(): Promise<string | undefined>;
}

/** A session a harness has a transcript of; `number` where it is one of ours. */
export interface TerminalSession extends KnownSession {
  lastPrompt?: string;
  number?: number;
}

interface By {
  /** The conversation it was asked for in, which knows; others are told what became of the turn they wait for. */
  here?: Identity | undefined;
  /** The same as an address: the other conversations of the session are told as well. */
  place?: Route | undefined;
}

interface Move extends By {
  ref: string;
  into: Identity | undefined;
}

export class SessionCatalog {
  readonly #parts: CatalogParts;
  #resumed: Promise<unknown> = Promise.resolve();

  constructor(parts: CatalogParts) {
    this.#parts = parts;
  }

  /** Every session in the maps of all agents, the most recently active first, and what keeps others out. */
  async list(): Promise<{ listed: Listed[]; problems: string[] }> {
    const { entries, problems } = await this.#index();
    const newestFirst = entries.toSorted((a, b) => b.lastActivityAt.localeCompare(a.lastActivityAt));
    const listed = newestFirst.map((entry) => ({
      entry,
      session: this.session(identityOf(entry)),
      lastPrompt: () => this.#lastPrompt(entry),
    }));
    return { listed, problems };
  }

  session(identity: Identity): Session {
    return this.#parts.sessions.of(identity);
  }

  /** The name itself, or with a number behind it where another session has it. */
  async freeName(wanted: string, identity: Identity): Promise<string> {
    const others = (await this.#index()).entries.filter((entry) => !same(identityOf(entry), identity));
    for (let number = 1; ; number += 1) {
      const name = number === 1 ? wanted : `${wanted}-${number}`;
      if (!others.some((entry) => sameName(entry.name, name))) return name;
    }
  }

  /**
   * The conversation that is meant. Throws Failure `invalid` when the reference means none or several, or a harness session
   * the conversation is not in any more.
   */
  async find(ref: string): Promise<Found> {
    const index = await this.#index();
    const found = findRef(ref, index.entries);
    if (!found) throw unknownRef(ref, index);
    if (found.retired && found.entry.state !== "closed") throw formerly(ref, found.entry);
    return found;
  }

  /** The sessions a harness has transcripts of in this directory, those of a terminal too. */
  async terminal(cwd: string, signal: AbortSignal): Promise<TerminalSession[]> {
    const { sessions } = this.#parts;
    const lists = [...this.#kinds()].map(async ([agentId, { transcripts }]) => {
      if (!transcripts) return [];
      const known = await sessions.visit(agentId, (connection) => transcripts.list(connection, cwd), signal);
      const said = ({ sessionId }: KnownSession) => transcripts.lastPrompt({ cwd, sessionId });
      return await Promise.all(known.map(async (one) => ({ ...one, lastPrompt: await said(one) })));
    });
    const known = (await Promise.all(lists)).flat();
    const { entries } = await this.#index();
    const ours = new Map(entries.map(({ claudeSessionId, number }) => [claudeSessionId, number]));
    return known.map(({ lastPrompt, ...one }) => {
      const number = ours.get(one.sessionId);
      return { ...one, ...(number ? { number } : {}), ...(lastPrompt ? { lastPrompt } : {}) };
    });
  }

  /**
   * Puts a harness session behind a conversation: an earlier one of ours, or one of a terminal. What was there is kept.
   * Throws Failure `transcript-missing` when there is no transcript of it.
   */
  async resume(o: Move): Promise<SessionEntry> {
    // One after the other: two at the same moment would both find the session free.
    const resumed = this.#resumed.then(() => this.#resume(o));
    this.#resumed = resumed.catch(() => {});
    return await resumed;
  }

  /**
   * Opens a closed session again, with what was said in it; every other stays as it is. Throws Failure `transcript-missing`
   * where that is gone: with no memory it would be another one.
   */
  async openAgain({ identity, entry, claudeSessionId }: Found): Promise<void> {
    if (entry.state !== "closed") return;
    const past = claudeSessionId ?? entry.retired[0]?.claudeSessionId;
    if (past === undefined) return await this.reopen(identity);
    await this.resume({ ref: past, into: identity, here: identity });
  }

  /** A conversation goes on with a copy of a session's past; the original stays as it is. */
  async fork(o: Move): Promise<SessionEntry> {
    const { claudeSessionId, identity, cwd } = await this.#origin(o.ref);
    const target = o.into ?? identity;
    if (!target) throw homeless(claudeSessionId);
    const session = this.session(target);
    const fork = () => session.record.fork({ claudeSessionId, cwd });
    return await session.replace(fork, { settleWith: unlessHere(target, o.here, replaced), place: o.place });
  }

  /** A new session behind the same conversation, in the same or another directory. */
  async restart(
    identity: Identity,
    o: { reason: string; cwd?: string | undefined } & By,
  ): Promise<SessionEntry> {
    const session = this.session(identity);
    await session.ensure({});
    const retire = () => session.record.retire(o.reason, o.cwd);
    return await session.replace(retire, {
      settleWith: unlessHere(identity, o.here, replaced),
      place: o.place,
    });
  }

  /** Closes for good: the next message there begins a new session. The transcript stays. */
  async close(identity: Identity, o: { reason: string } & By): Promise<void> {
    const settleWith = unlessHere(identity, o.here, closed);
    await this.session(identity).close({ discard: true, reason: o.reason, settleWith });
  }

  /** What was closed takes the next message as the first of a new session. */
  async reopen(identity: Identity): Promise<void> {
    await this.session(identity).ensure({});
  }

  /** Ends the process; the next message resumes the session. */
  async kill(identity: Identity, { here }: By): Promise<void> {
    const settleWith = unlessHere(identity, here, killed);
    await this.session(identity).close({ discard: false, reason: "killed", settleWith });
  }

  /** Closes it and drops it from the map, as if it had never been; the transcript stays. */
  async forget(identity: Identity, { here }: By): Promise<void> {
    await this.close(identity, { reason: "forgotten", here });
    await this.#parts.forgotten(identity);
    await this.#parts.sessions.mapOf(identity.agentId).remove(identity);
  }

  async #resume(o: Move): Promise<SessionEntry> {
    const origin = await this.#origin(o.ref);
    const target = o.into ?? origin.identity;
    if (!target) throw homeless(origin.claudeSessionId);
    const { claudeSessionId, identity, cwd } = origin;
    if (origin.current && identity && !same(identity, target)) throw inUse(o.ref);
    const session = this.session(target);
    if ((await session.record.read())?.claudeSessionId === claudeSessionId) return await session.ensure({});
    const adopt = () => session.record.adopt({ claudeSessionId, cwd, reason: "resumed another" });
    return await session.replace(adopt, { settleWith: unlessHere(target, o.here, replaced), place: o.place });
  }

  // Every harness in use, by one agent that runs it.
  #kinds(): Map<string, Harness> {
    const { sessions, agents } = this.#parts;
    const all = agents().map((agentId) => [agentId, sessions.harnessOf(agentId)] as const);
    return new Map([...new Map(all.map((one) => [one[1].kind, one])).values()]);
  }

  async #index(): Promise<SessionIndex> {
    const { sessions, agents } = this.#parts;
    return await readIndex([...new Set(agents().map((agentId) => sessions.mapOf(agentId)))]);
  }

  async #lastPrompt({ agentId, cwd, claudeSessionId }: IndexedEntry): Promise<string | undefined> {
    if (claudeSessionId === undefined) return undefined;
    const { transcripts } = this.#parts.sessions.harnessOf(agentId);
    return await transcripts?.lastPrompt({ cwd, sessionId: claudeSessionId });
  }

  // Where somebody goes on from: a session of ours, now or before, or one of a terminal.
  async #origin(ref: string): Promise<Origin> {
    const { sessions } = this.#parts;
    const harnessOf = (agentId: string) => sessions.harnessOf(agentId);
    return await originOf({ ref, index: await this.#index(), harnessOf, all: [...this.#kinds().values()] });
  }
}

function unlessHere(
  identity: Identity,
  here: Identity | undefined,
  settleWith: () => Failure,
): Failure | undefined {
  return here && same(here, identity) ? undefined : settleWith();
}

function same(one: Identity, other: Identity): boolean {
  return identityKey(one) === identityKey(other);
}

// Two conversations in one Claude session would take it from each other, and each miss what the other said.
function inUse(ref: string): Failure {
  return new Failure({
    code: "refused",
    message: `The session "${ref}" is the one of another conversation.`,
    next: [
      { lead: "To let it answer in a chat too", run: "here", args: "SESSION" },
      { lead: "To go on with a copy of it", run: "fork", args: "SESSION --into SESSION" },
    ],
  });
}

function formerly(ref: string, { number, name, openclawSessionKey }: IndexedEntry): Failure {
  return new Failure({
    code: "invalid",
    message: `"${ref.trim()}" is an earlier session of #${number} (${name ?? openclawSessionKey}), not the one it is in now.`,
    next: [
      { say: `To mean that conversation say ${number}.` },
      { lead: "To go back to the earlier one", run: "resume", args: ref.trim() },
    ],
  });
}

function homeless(claudeSessionId: string): Failure {
  return new Failure({
    code: "invalid",
    message: `The session ${claudeSessionId} belongs to no conversation yet.`,
    next: [{ say: "Say into which one, with --into <session>." }, { lead: "See them with", run: "sessions" }],
  });
}
