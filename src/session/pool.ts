// The pool owns the adapter processes: it starts them, seats sessions in them, and ends those nobody sits in.
import { type Connection, connect } from "../../adapters/connection.ts";
import { Failure } from "../../adapters/failure.ts";
import type { Harness } from "../../adapters/harness.ts";

/** A session's place in an adapter process. */
export interface Seat {
  readonly connection: Connection;
  /** Gives the place back; the process ends when it was the last one. */
  leave(): Promise<void>;
}

/** Where a live adapter is written down, so that it can be found and ended after we crashed. */
export interface LeaseBook {
  /** `command` is the argv it was started with, joined with spaces. */
  take(adapter: { pid: number; command: string }): Promise<void>;
  release(pid: number): Promise<void>;
}

interface Adapter {
  connection: Connection;
  capacity: number;
  seats: number;
}

export interface PoolOptions {
  harness: Harness;
  sessionsPerAdapter: number;
  startMs: number;
  /** How long a process may take to end by itself before it is killed. */
  endGraceMs: number;
  leases: LeaseBook;
}

export class Pool {
  readonly #options: PoolOptions;
  readonly #adapters = new Set<Adapter>();
  #starting: Promise<Adapter> | undefined;
  #stopped = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** Finds or makes a place. Throws the Failure the harness could not be started with, or `closed` after stop(). */
  async seat(): Promise<Seat> {
    for (;;) {
      if (this.#stopped) throw new Failure({ code: "closed", message: "The gateway is shutting down." });
      const adapter = this.#vacant() ?? (await this.#start());
      if (!adapter.connection.alive || adapter.seats >= adapter.capacity) continue;
      adapter.seats += 1;
      return this.#seatIn(adapter);
    }
  }

  adapters(): { pid: number; sessions: number }[] {
    return [...this.#adapters].map(({ connection, seats }) => ({ pid: connection.pid, sessions: seats }));
  }

  /** Ends every adapter process; nothing can be seated afterwards. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#starting?.catch(() => undefined);
    await Promise.all([...this.#adapters].map((adapter) => adapter.connection.end(this.#options.endGraceMs)));
  }

  #vacant(): Adapter | undefined {
    return [...this.#adapters].find(
      ({ connection, seats, capacity }) => connection.alive && seats < capacity,
    );
  }

  // Two sessions that start at once share one start: the second is seated beside the first.
  async #start(): Promise<Adapter> {
    this.#starting ??= this.#launch().finally(() => {
      this.#starting = undefined;
    });
    return await this.#starting;
  }

  async #launch(): Promise<Adapter> {
    const { harness, startMs, leases, sessionsPerAdapter } = this.#options;
    const connection = await connect({
      launch: await harness.launch(),
      startMs,
      extensions: harness.extensions,
    });
    // Without `session/close` a session can only be let go together with its process.
    const closes = connection.agent.agentCapabilities?.sessionCapabilities?.close !== undefined;
    const adapter: Adapter = { connection, capacity: closes ? sessionsPerAdapter : 1, seats: 0 };
    this.#adapters.add(adapter);
    await leases.take(connection);
    void connection.exited.then(async () => {
      this.#adapters.delete(adapter);
      await leases.release(connection.pid);
    });
    return adapter;
  }

  #seatIn(adapter: Adapter): Seat {
    let seated = true;
    return {
      connection: adapter.connection,
      leave: async () => {
        if (!seated) return;
        seated = false;
        adapter.seats -= 1;
        if (adapter.seats > 0 || !adapter.connection.alive) return;
        this.#adapters.delete(adapter);
        await adapter.connection.end(this.#options.endGraceMs);
      },
    };
  }
}
