// A Session is one conversation with the harness: absent, starting, ready, running or closed; one turn at a time.
import { Failure } from "../../adapters/failure.ts";
import type { ConfigOption } from "../../adapters/harness.ts";
import type { PermissionAnswer, PermissionRequest, RawUpdate } from "../../adapters/router.ts";
import type { SessionEntry } from "../../state/session-map.ts";
import type { Controls } from "./controls.ts";
import { Projector } from "./events.ts";
import type { Identity } from "./identity.ts";
import type { Live } from "./live.ts";
import { openSession } from "./opening.ts";
import type { SessionParts, SessionStatus } from "./parts.ts";
import { choicesOf, type EnsureWish, SessionRecord } from "./record.ts";
import { runPrompt } from "./run.ts";
import { type PromptInput, Turn } from "./turn.ts";

type State =
  | { is: "absent" }
  | { is: "starting"; turn: Turn }
  | { is: "ready"; live: Live }
  | { is: "running"; live: Live; turn: Turn }
  | { is: "closed" };

const CLOSED = "This session was closed.";

export class Session {
  readonly identity: Identity;
  readonly record: SessionRecord;
  readonly #parts: SessionParts;
  readonly #projector = new Projector();
  readonly #queue: Turn[] = [];
  #state: State = { is: "absent" };
  #pumping: Promise<void> | undefined;
  #usage: { used: number; size: number } | undefined;

  constructor(parts: SessionParts) {
    const { identity, map, now, harness } = parts;
    this.identity = identity;
    this.#parts = parts;
    this.record = new SessionRecord({
      identity,
      map,
      now,
      canResume: (session) => harness.hasTranscript(session),
    });
  }

  /** Makes sure the map knows this session, without starting anything; a closed one begins anew. */
  async ensure(wish: Omit<EnsureWish, "defaultCwd">): Promise<SessionEntry> {
    const entry = await this.record.ensure({ ...wish, defaultCwd: this.#parts.defaults().cwd });
    if (this.#state.is === "closed") this.#state = { is: "absent" };
    return entry;
  }

  /** Queues a prompt; it runs when those before it are settled. */
  prompt(input: PromptInput): Turn {
    const turn = new Turn(input);
    turn.signal.addEventListener("abort", () => this.#dropQueued(turn), { once: true });
    this.#queue.push(turn);
    this.#pumping ??= this.#pump().finally(() => {
      this.#pumping = undefined;
    });
    return turn;
  }

  /** Ends the running turn and drops the waiting ones; resolves when all are settled, within the cancel bound. */
  async cancel(reason: string): Promise<void> {
    const turns = [...(this.#turn ? [this.#turn] : []), ...this.#queue];
    for (const turn of turns) turn.cancel(reason);
    await Promise.all(turns.map((turn) => turn.result));
  }

  /** A fresh session behind the same identity: the old one is retired and nothing of it can reach the new one. */
  async reset(reason: string): Promise<void> {
    const live = this.#live;
    await this.cancel("The session was reset.");
    this.#state = { is: "absent" };
    await this.record.retire(reason);
    void live?.leave(this.#parts.cancelMs);
  }

  /** Stops the harness session. With `discard` it is closed for good; without, the next prompt resumes it. */
  async close(o: { discard: boolean; reason: string }): Promise<void> {
    const live = this.#live;
    await this.cancel(CLOSED);
    this.#state = o.discard ? { is: "closed" } : { is: "absent" };
    await live?.leave(this.#parts.cancelMs);
    if (o.discard) await this.record.close(o.reason);
  }

  /** Mode, options and permission profile: set now where the session is live, and at every start. */
  get controls(): Controls {
    const { harness, defaults } = this.#parts;
    return { harness, defaults: defaults(), record: this.record, live: this.#live };
  }

  /** The options of the live session; empty while none is live. */
  get options(): ConfigOption[] {
    return this.#live?.opened.configOptions ?? [];
  }

  async status(): Promise<SessionStatus> {
    const entry = await this.record.read();
    const live = this.#live;
    const asleep = this.#state.is === "absent" && entry?.claudeSessionId !== undefined;
    return {
      state: asleep ? "parked" : this.#state.is,
      queued: this.#queue.length,
      running: this.#projector.running(),
      entry,
      ...(live ? { adapterPid: live.seat.connection.pid } : {}),
      ...(this.#usage ? { usage: this.#usage } : {}),
    };
  }

  get #live(): Live | undefined {
    return this.#state.is === "ready" || this.#state.is === "running" ? this.#state.live : undefined;
  }

  get #turn(): Turn | undefined {
    return this.#state.is === "starting" || this.#state.is === "running" ? this.#state.turn : undefined;
  }

  #dropQueued(turn: Turn): void {
    const at = this.#queue.indexOf(turn);
    if (at === -1) return;
    this.#queue.splice(at, 1);
    turn.settleCancelled();
  }

  async #pump(): Promise<void> {
    for (let turn = this.#queue.shift(); turn; turn = this.#queue.shift()) await this.#run(turn);
  }

  async #run(turn: Turn): Promise<void> {
    const { harness, cancelMs } = this.#parts;
    if (this.#state.is === "closed")
      return turn.settleFailed(new Failure({ code: "closed", message: CLOSED }));
    try {
      const live = await this.#start(turn);
      if (!live || this.#turn !== turn) return this.#abandon(turn, live);
      this.#state = { is: "running", live, turn };
      await runPrompt({
        live,
        turn,
        harness,
        cancelMs,
        onSubmitted: () => this.record.note({ prompted: true }),
      });
    } catch (error) {
      turn.settleFailed(harness.failure(error));
    } finally {
      this.#afterTurn(turn);
    }
  }

  // The session was reset or closed while this turn was starting: what it started belongs to nobody.
  #abandon(turn: Turn, live: Live | undefined): void {
    void live?.leave(this.#parts.cancelMs);
    turn.settleCancelled();
  }

  // A session that was reset or closed under the turn has moved on already, and is left alone.
  #afterTurn(turn: Turn): void {
    this.#projector.clear();
    if (this.#turn !== turn) return;
    const live = this.#live;
    this.#state = live?.alive ? { is: "ready", live } : { is: "absent" };
    if (live && !live.alive) void live.leave(this.#parts.cancelMs);
  }

  /** The live session for this turn; undefined when the turn was cancelled before there was one. */
  async #start(turn: Turn): Promise<Live | undefined> {
    if (turn.signal.aborted) return undefined;
    const live = this.#state.is === "ready" && this.#state.live.alive ? this.#state.live : undefined;
    this.#state = { is: "starting", turn };
    if (live) return live;
    const opening = this.#open(turn);
    const cancelled = new Promise<undefined>((resolve) => {
      turn.signal.addEventListener("abort", () => resolve(undefined), { once: true });
    });
    const opened = await Promise.race([opening, cancelled]);
    if (!opened) void opening.then((late) => late.leave(this.#parts.cancelMs)).catch(() => undefined);
    return opened;
  }

  #open(turn: Turn): Promise<Live> {
    const { harness, pool, defaults } = this.#parts;
    return openSession({
      harness,
      pool,
      record: this.record,
      defaults: defaults(),
      reader: { update: (update) => this.#read(update), permission: (request) => this.#permission(request) },
      onFresh: (text) => turn.emit({ type: "notice", text }),
    });
  }

  #read(update: RawUpdate): void {
    const event = this.#projector.read(update);
    if (!event) return;
    if (event.type === "usage") this.#usage = { used: event.used, size: event.size };
    if (event.type === "mode") this.#live?.noteMode(event.mode);
    if (this.#state.is !== "running") return;
    const { turn } = this.#state;
    if (event.type === "text" && this.#parts.harness.echoesError(event.text)) turn.hold(event);
    else turn.emit(event);
  }

  async #permission(request: PermissionRequest): Promise<PermissionAnswer> {
    const turn = this.#turn;
    if (!turn) return { outcome: { outcome: "cancelled" } };
    const { harness, defaults } = this.#parts;
    const { profile } = choicesOf({ entry: await this.record.read(), defaults: defaults(), harness });
    const { identity } = this;
    const decision = await this.#parts.broker.decide({ identity, profile, request, signal: turn.signal });
    if (decision.notice) turn.emit({ type: "notice", text: decision.notice });
    return decision.answer;
  }
}
