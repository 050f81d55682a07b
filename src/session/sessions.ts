// All sessions of the gateway, by identity: made on first use, stopped together.
import type { Harness } from "../../adapters/harness.ts";
import type { SessionMap } from "../../state/session-map.ts";
import { type Identity, identityKey } from "./identity.ts";
import type { Broker, SessionDefaults } from "./parts.ts";
import type { Pool } from "./pool.ts";
import { Session } from "./session.ts";

export interface SessionsParts {
  harness: Harness;
  pool: Pool;
  broker: Broker;
  /** The session map of an agent. Throws Failure when the agent has no workspace we can write to. */
  mapOf: (agentId: string) => SessionMap;
  defaultsOf: (agentId: string) => SessionDefaults;
  cancelMs: number;
  now: () => Date;
}

export class Sessions {
  readonly #parts: SessionsParts;
  readonly #sessions = new Map<string, Session>();

  constructor(parts: SessionsParts) {
    this.#parts = parts;
  }

  of(identity: Identity): Session {
    const key = identityKey(identity);
    const known = this.#sessions.get(key);
    if (known) return known;
    const { harness, pool, broker, cancelMs, now, mapOf, defaultsOf } = this.#parts;
    const session = new Session({
      identity,
      harness,
      pool,
      broker,
      cancelMs,
      now,
      map: mapOf(identity.agentId),
      defaults: () => defaultsOf(identity.agentId),
    });
    this.#sessions.set(key, session);
    return session;
  }

  all(): Session[] {
    return [...this.#sessions.values()];
  }

  adapters(): { pid: number; sessions: number }[] {
    return this.#parts.pool.adapters();
  }

  /** Ends every turn and every process; each session stays resumable. */
  async stop(): Promise<void> {
    await Promise.all(
      this.all().map((session) => session.close({ discard: false, reason: "gateway stopped" })),
    );
    await this.#parts.pool.stop();
  }
}
