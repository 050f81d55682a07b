// The pool owns the adapter processes: it starts them, assigns slots in them, and stops the empty ones. I12 (docs/architecture.md).
import { type Connection, connect, crashFailure } from "../../../adapters/connection.ts";
import type { FrameRings } from "../../../adapters/frame-ring.ts";
import type { Harness } from "../../../adapters/harness.ts";
import type { ExitReport } from "../../../adapters/process.ts";
import { Failure } from "../../../common/failure.ts";
import { type Log, logError } from "../../../common/log.ts";
import type { SlotRequest, Slots } from "./slots.ts";

/** A session's place in an adapter process. */
export interface SessionSlot {
  readonly connection: Connection;
  /**
   * Releases the slot. With `linger` an adapter that becomes empty is kept for a while, for the next session; without, it
   * has `graceMs` to end by itself [the pool's own].
   */
  leave(o: { linger: boolean; graceMs?: number | undefined }): Promise<void>;
  /** Keeps others from being opened in this adapter until the returned function is called. */
  quarantine(): () => void;
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
  slots: number;
  /** How many of its sessions may take it down with them. */
  doubts: number;
  /** Ends the adapter when nobody has taken a slot in it by then. */
  lingering: NodeJS.Timeout | undefined;
}

export interface PoolOptions {
  harness: Harness;
  /** How many sessions may be live at once, here and elsewhere. */
  slots: Slots;
  frames: FrameRings;
  sessionsPerAdapter: number;
  startMs: number;
  /** How long a process may take to end by itself before it is killed. */
  endGraceMs: number;
  /** How long an empty adapter is kept after a reset or close. */
  lingerMs: number;
  leases: LeaseBook;
  log: Log;
}

export class Pool {
  readonly slots: Slots;
  readonly #options: PoolOptions;
  readonly #adapters = new Set<Adapter>();
  #starting: Promise<Adapter> | undefined;
  readonly #stopped = new AbortController();
  #used = false;
  /** Adapters that are on their way out, whoever sent them there: `stop` waits for them too. */
  readonly #endings = new Set<Promise<void>>();

  constructor(options: PoolOptions) {
    this.#options = options;
    this.slots = options.slots;
  }

  /** True once a session has been live: from then on the next ones may be warmed. */
  get used(): boolean {
    return this.#used;
  }

  /**
   * Finds or makes a place, waiting for a free slot where there is none.
   * Throws the Failure the harness could not be started with, `closed` after refuse(), or the signal's reason.
   */
  async slot(request: SlotRequest): Promise<SessionSlot> {
    await this.slots.take(request);
    try {
      return this.#slotIn(await this.#place());
    } catch (error) {
      this.slots.give();
      throw error;
    }
  }

  /** Asks an adapter something that is about no live session; starts one where none runs. */
  async visit<T>(ask: (connection: Connection) => Promise<T>, signal: AbortSignal): Promise<T> {
    const slot = await this.slot({ signal, onWait: () => {} });
    try {
      return await ask(slot.connection);
    } finally {
      await slot.leave({ linger: true });
    }
  }

  adapters(): { pid: number; sessions: number }[] {
    return [...this.#adapters].map(({ connection, slots }) => ({ pid: connection.pid, sessions: slots }));
  }

  /** Nothing can be opened from now on, and what is being started is given up. */
  refuse(): void {
    this.#stopped.abort(new Failure({ code: "closed", message: "The gateway is shutting down." }));
  }

  /** Ends every adapter process. Call `refuse` first, or another may be started meanwhile. */
  async stop(): Promise<void> {
    await this.#starting?.catch(() => undefined);
    for (const adapter of [...this.#adapters]) void this.#end(adapter);
    await Promise.all(this.#endings);
  }

  async #place(): Promise<Adapter> {
    for (;;) {
      this.#stopped.signal.throwIfAborted();
      const adapter = this.#vacant() ?? (await this.#start());
      // The adapter died between the check and now: fail instead of looping.
      if (!adapter.connection.alive) throw crashFailure(await adapter.connection.exited);
      if (adapter.slots >= adapter.capacity) continue;
      clearTimeout(adapter.lingering);
      adapter.slots += 1;
      this.#used = true;
      return adapter;
    }
  }

  #vacant(): Adapter | undefined {
    return [...this.#adapters].find(
      ({ connection, slots, capacity, doubts }) => connection.alive && slots < capacity && doubts === 0,
    );
  }

  // Two sessions that start at once share one start: the second is opened beside the first.
  async #start(): Promise<Adapter> {
    this.#starting ??= this.#launch().finally(() => {
      this.#starting = undefined;
    });
    return await this.#starting;
  }

  async #launch(): Promise<Adapter> {
    const { harness, startMs, leases, frames, sessionsPerAdapter, log } = this.#options;
    const connection = await connect({
      launch: await harness.launch(),
      startMs,
      signal: this.#stopped.signal,
      extensions: harness.signs?.extensions ?? [],
      frames,
    });
    // Without `session/close` a session can only be let go together with its process.
    const closes = connection.agent.agentCapabilities?.sessionCapabilities?.close !== undefined;
    const adapter: Adapter = {
      connection,
      capacity: closes ? sessionsPerAdapter : 1,
      slots: 0,
      doubts: 0,
      lingering: undefined,
    };
    this.#adapters.add(adapter);
    log.info(`adapter ${connection.pid} started`);
    void connection.exited.then(async (report) => {
      log.info(`adapter ${connection.pid} ended (${exitText(report)})`);
      clearTimeout(adapter.lingering);
      this.#adapters.delete(adapter);
      // One that stays names a dead process, and is cleared away at the next start.
      await leases.release(connection.pid).catch((error: unknown) => {
        log.warn(`the lease of adapter ${connection.pid} could not be released: ${logError(error)}`);
      });
    });
    await leases.take(connection);
    return adapter;
  }

  #slotIn(adapter: Adapter): SessionSlot {
    let opened = true;
    return {
      connection: adapter.connection,
      quarantine: () => {
        adapter.doubts += 1;
        return () => {
          adapter.doubts -= 1;
        };
      },
      leave: async ({ linger, graceMs }) => {
        if (!opened) return;
        opened = false;
        adapter.slots -= 1;
        this.slots.give();
        if (adapter.slots > 0 || !adapter.connection.alive) return;
        if (linger && adapter.capacity > 1 && !this.#stopped.signal.aborted) this.#linger(adapter);
        else await this.#end(adapter, graceMs);
      },
    };
  }

  #linger(adapter: Adapter): void {
    adapter.lingering = setTimeout(() => {
      if (adapter.slots === 0) void this.#end(adapter);
    }, this.#options.lingerMs);
    adapter.lingering.unref();
  }

  #end(adapter: Adapter, graceMs = this.#options.endGraceMs): Promise<void> {
    this.#adapters.delete(adapter);
    const ending = adapter.connection.end(graceMs).finally(() => this.#endings.delete(ending));
    this.#endings.add(ending);
    return ending;
  }
}

function exitText({ code, signal }: ExitReport): string {
  return signal ? `signal ${signal}` : `exit code ${code}`;
}
