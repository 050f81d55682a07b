// All sessions of the gateway, by identity: made on first use, parked when idle, stopped together.
import type { Connection } from "../../adapters/connection.ts";
import { FrameRings } from "../../adapters/frame-ring.ts";
import type { Harness } from "../../adapters/harness.ts";
import { type Log, logError, logName } from "../../common/log.ts";
import { type Identity, identityKey } from "../../state/identity.ts";
import type { SessionMap } from "../../state/session-map.ts";
import type { Asker, Broker } from "../permission/question.ts";
import type { FeedEntry } from "./feed.ts";
import type { Trust } from "./folder-trust.ts";
import type { SessionDefaults, SessionParts } from "./parts.ts";
import { type LeaseBook, Pool } from "./process/pool.ts";
import { Slots } from "./process/slots.ts";
import { Session } from "./session.ts";
import type { Turn } from "./turn.ts";

export interface SessionsParts {
  /** What the sessions of an agent run in; one object for each kind. */
  harnessOf: (agentId: string) => Harness;
  broker: Broker & Asker;
  trustOf: (harness: Harness) => Trust;
  leases: LeaseBook;
  /** The session map of an agent. Throws Failure when the agent has no workspace we can write to. */
  mapOf: (agentId: string) => SessionMap;
  defaultsOf: (identity: Identity) => SessionDefaults;
  /** The conversations that show a session; without it each turn is shown in its own alone. */
  placesOf?: SessionParts["places"];
  /** Whom a turn speaks to that names no conversation; without it, nobody. */
  audienceOf?: SessionParts["audienceOf"];
  limits: SessionLimits;
  log: Log;
  now: () => Date;
}

/** Times in milliseconds. */
export interface SessionLimits {
  sessionsPerAdapter: number;
  maxProcesses: number;
  /** How many closed sessions a map keeps. */
  maxPersistedSessions: number;
  startMs: number;
  cancelMs: number;
  stallMs: number;
  idleMs: number;
}

/** What the sessions of one kind of harness share. */
interface Kind {
  harness: Harness;
  pool: Pool;
  trust: Trust;
}

export type SessionsReader = (identity: Identity, entry: FeedEntry, turn: Turn | undefined) => void;

const END_GRACE_MS = 2_000;
const LINGER_MS = 60_000;
const LOOKS_PER_IDLE = 10;

export class Sessions {
  /** How many may be live at once, whatever they run in. */
  readonly slots: Slots;
  /** What was said over each connection last, for a fault report. */
  readonly frames = new FrameRings();
  readonly #parts: SessionsParts;
  readonly #kinds = new Map<string, Kind>();
  readonly #sessions = new Map<string, Session>();
  readonly #parking: NodeJS.Timeout;
  readonly #parkings = new Set<Promise<boolean>>();
  readonly #readers = new Set<SessionsReader>();
  #pruning: Promise<void> = Promise.resolve();
  #leaving = 0;
  #stopped = false;

  constructor(parts: SessionsParts) {
    const { limits } = parts;
    this.#parts = parts;
    this.slots = new Slots({ limit: limits.maxProcesses, parkOne: () => this.#parkLongestIdle() });
    const every = Math.min(60_000, Math.max(50, limits.idleMs / LOOKS_PER_IDLE));
    this.#parking = setInterval(() => this.#parkIdle(), every);
    this.#parking.unref();
  }

  of(identity: Identity): Session {
    const key = identityKey(identity);
    const known = this.#sessions.get(key);
    if (known) return known;
    const { broker, now, mapOf, defaultsOf, placesOf, audienceOf, limits, log } = this.#parts;
    const session = new Session({
      ...this.#kindOf(identity.agentId),
      identity,
      broker,
      now,
      map: mapOf(identity.agentId),
      defaults: () => defaultsOf(identity),
      cancelMs: limits.cancelMs,
      openMs: limits.startMs,
      stallMs: limits.stallMs,
      keptRetired: limits.maxPersistedSessions,
      log,
      places: placesOf,
      audienceOf,
    });
    session.feed.read((entry, turn) => this.#heard(identity, entry, turn));
    this.#sessions.set(key, session);
    return session;
  }

  /** Calls the reader with each entry of every session from now on, at once, until the returned function is called. */
  read(reader: SessionsReader): () => void {
    this.#readers.add(reader);
    return () => this.#readers.delete(reader);
  }

  #heard(identity: Identity, entry: FeedEntry, turn: Turn | undefined): void {
    const { type } = entry.event;
    if (type === "idle") this.#makeRoom();
    if (type === "closed")
      this.#pruning = this.#pruning
        .then(() => this.#prune(identity.agentId))
        .catch((error) => this.#parts.log.warn(`closed sessions could not be pruned: ${logError(error)}`));
    for (const reader of this.#readers) reader(identity, entry, turn);
  }

  mapOf(agentId: string): SessionMap {
    return this.#parts.mapOf(agentId);
  }

  all(): Session[] {
    return [...this.#sessions.values()];
  }

  harnessOf(agentId: string): Harness {
    return this.#kindOf(agentId).harness;
  }

  /** Asks an adapter of this agent's harness something that is about no live session; starts one where none runs. */
  async visit<T>(
    agentId: string,
    ask: (connection: Connection) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    return await this.#kindOf(agentId).pool.visit(ask, signal);
  }

  adapters(): { pid: number; sessions: number }[] {
    return this.#pools().flatMap((pool) => pool.adapters());
  }

  #pools(): Pool[] {
    return [...this.#kinds.values()].map(({ pool }) => pool);
  }

  #kindOf(agentId: string): Kind {
    const { harnessOf, trustOf } = this.#parts;
    const harness = harnessOf(agentId);
    const known = this.#kinds.get(harness.kind);
    if (known) return known;
    const made: Kind = { harness, trust: trustOf(harness), pool: this.#poolOf(harness) };
    if (this.#stopped) made.pool.refuse();
    this.#kinds.set(harness.kind, made);
    return made;
  }

  #poolOf(harness: Harness): Pool {
    const { leases, limits, log } = this.#parts;
    return new Pool({
      harness,
      leases,
      slots: this.slots,
      frames: this.frames,
      sessionsPerAdapter: limits.sessionsPerAdapter,
      startMs: limits.startMs,
      endGraceMs: END_GRACE_MS,
      lingerMs: Math.min(LINGER_MS, limits.idleMs),
      log,
    });
  }

  /** Ends every turn and every process; each session stays resumable. */
  async stop(): Promise<void> {
    clearInterval(this.#parking);
    this.#stopped = true;
    for (const pool of this.#pools()) pool.refuse();
    await Promise.all(
      this.all().map((session) => session.close({ discard: false, reason: "gateway stopped" })),
    );
    await Promise.all(this.#pools().map((pool) => pool.stop()));
    await this.#pruning;
    await Promise.all(
      this.all().map((session) =>
        session.record.save().catch((error: unknown) => {
          this.#parts.log.warn(
            `${logName(session.identity)} its usage could not be saved: ${logError(error)}`,
          );
        }),
      ),
    );
  }

  #parkIdle(): void {
    const { idleMs } = this.#parts.limits;
    for (const session of this.all()) if ((session.idleMs ?? 0) >= idleMs) void this.#park(session, false);
  }

  // What runs in the background ends with its session, so such a one goes only where there is no other.
  async #parkLongestIdle(): Promise<boolean> {
    const idle = this.all().filter((session) => session.idleMs !== undefined);
    const tasks = (session: Session) => Math.min(1, session.activity.inBackground.length);
    const [first] = idle.sort((a, b) => tasks(a) - tasks(b) || (b.idleMs ?? 0) - (a.idleMs ?? 0));
    if (first) return await this.#park(first, true);
    // One that is on its way out gives its slot up as well.
    return this.#parkings.size > 0 && (await Promise.race(this.#parkings));
  }

  #park(session: Session, force: boolean): Promise<boolean> {
    const parking: Promise<boolean> = session
      .park({ force })
      .catch(() => false)
      .finally(() => this.#parkings.delete(parking));
    this.#parkings.add(parking);
    return parking;
  }

  // The map is the user's to read; what was closed long ago is not what they look for.
  async #prune(agentId: string): Promise<void> {
    const map = this.#parts.mapOf(agentId);
    const closed = (await map.read()).sessions.filter((entry) => entry.state === "closed");
    const newestFirst = closed.sort((a, b) => b.lastActivityAt.localeCompare(a.lastActivityAt));
    for (const { agentId: owner, openclawSessionKey } of newestFirst.slice(
      this.#parts.limits.maxPersistedSessions,
    )) {
      await map.remove({ agentId: owner, sessionKey: openclawSessionKey });
      this.#sessions.delete(identityKey({ agentId: owner, sessionKey: openclawSessionKey }));
    }
  }

  // Somebody waits for a slot, and a session has nothing more to do.
  #makeRoom(): void {
    if (this.slots.waiting <= this.#leaving) return;
    this.#leaving += 1;
    void this.#parkLongestIdle().finally(() => {
      this.#leaving -= 1;
    });
  }
}
