// All sessions of the gateway, by identity: made on first use, parked when idle, stopped together.
import type { Harness } from "../../adapters/harness.ts";
import { type Identity, identityKey } from "../../state/identity.ts";
import type { Route, SessionMap } from "../../state/session-map.ts";
import type { Asker, Broker } from "../permission/question.ts";
import type { Trust } from "./folder-trust.ts";
import type { SessionDefaults } from "./parts.ts";
import { type LeaseBook, Pool } from "./process/pool.ts";
import { Session } from "./session.ts";
import type { Turn } from "./turn.ts";

export interface SessionsParts {
  harness: Harness;
  broker: Broker & Asker;
  trust: Trust;
  leases: LeaseBook;
  /** The session map of an agent. Throws Failure when the agent has no workspace we can write to. */
  mapOf: (agentId: string) => SessionMap;
  defaultsOf: (agentId: string) => SessionDefaults;
  limits: SessionLimits;
  /** A prompt of ours that is to follow the running turn, in the same conversation. */
  followUp: (identity: Identity, text: string, conversation: Route | undefined) => void;
  /** An unsolicited turn begins; whoever reads it must have subscribed before this returns. */
  onUnsolicitedTurn: (identity: Identity, turn: Turn) => void;
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

const END_GRACE_MS = 2_000;
const LINGER_MS = 60_000;
const LOOKS_PER_IDLE = 10;

export class Sessions {
  readonly pool: Pool;
  readonly harness: Harness;
  readonly #parts: SessionsParts;
  readonly #sessions = new Map<string, Session>();
  readonly #parking: NodeJS.Timeout;
  readonly #parkings = new Set<Promise<boolean>>();
  #leaving = 0;

  constructor(parts: SessionsParts) {
    const { harness, leases, limits } = parts;
    this.#parts = parts;
    this.harness = harness;
    this.pool = new Pool({
      harness,
      leases,
      sessionsPerAdapter: limits.sessionsPerAdapter,
      maxProcesses: limits.maxProcesses,
      startMs: limits.startMs,
      endGraceMs: END_GRACE_MS,
      lingerMs: Math.min(LINGER_MS, limits.idleMs),
      parkOne: () => this.#parkLongestIdle(),
    });
    const every = Math.min(60_000, Math.max(50, limits.idleMs / LOOKS_PER_IDLE));
    this.#parking = setInterval(() => this.#parkIdle(), every);
    this.#parking.unref();
  }

  of(identity: Identity): Session {
    const key = identityKey(identity);
    const known = this.#sessions.get(key);
    if (known) return known;
    const { harness, broker, trust, now, mapOf, defaultsOf, limits } = this.#parts;
    const session = new Session({
      identity,
      harness,
      broker,
      trust,
      now,
      pool: this.pool,
      map: mapOf(identity.agentId),
      defaults: () => defaultsOf(identity.agentId),
      cancelMs: limits.cancelMs,
      openMs: limits.startMs,
      stallMs: limits.stallMs,
      keptRetired: limits.maxPersistedSessions,
      onIdle: () => this.#makeRoom(),
      onUnsolicitedTurn: (turn) => this.#parts.onUnsolicitedTurn(identity, turn),
      followUp: (text, conversation) => this.#parts.followUp(identity, text, conversation),
      onClosed: () => this.#prune(identity.agentId),
    });
    this.#sessions.set(key, session);
    return session;
  }

  mapOf(agentId: string): SessionMap {
    return this.#parts.mapOf(agentId);
  }

  all(): Session[] {
    return [...this.#sessions.values()];
  }

  adapters(): { pid: number; sessions: number }[] {
    return this.pool.adapters();
  }

  /** Ends every turn and every process; each session stays resumable. */
  async stop(): Promise<void> {
    clearInterval(this.#parking);
    this.pool.refuse();
    await Promise.all(
      this.all().map((session) => session.close({ discard: false, reason: "gateway stopped" })),
    );
    await this.pool.stop();
    await Promise.all(this.all().map((session) => session.record.save().catch(() => {})));
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
    if (this.pool.slots.waiting <= this.#leaving) return;
    this.#leaving += 1;
    void this.#parkLongestIdle().finally(() => {
      this.#leaving -= 1;
    });
  }
}
