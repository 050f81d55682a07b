// A Session is one conversation with the harness: absent, warming, starting, ready, running or closed; one turn at a time.
import type { HarnessName } from "../../adapters/harness.ts";
import type { Failure } from "../../common/failure.ts";
import { logError, logName } from "../../common/log.ts";
import type { Identity } from "../../state/identity.ts";
import type { Route, SessionEntry } from "../../state/session-map.ts";
import { type Audience, audienceAt } from "./audience.ts";
import { overBudget } from "./budget.ts";
import { type Controls, steer } from "./controls.ts";
import { Feed } from "./feed.ts";
import { Output } from "./output.ts";
import type { Activity, SessionParts } from "./parts.ts";
import type { LiveSession } from "./process/live-session.ts";
import { isCurrent, openSession } from "./process/open-session.ts";
import { abandoned, startLive } from "./process/start-live.ts";
import type { EnsureOptions } from "./record/entry.ts";
import { wantedMode } from "./record/session-options.ts";
import { SessionRecord } from "./record/session-record.ts";
import { runPrompt } from "./run.ts";
import { CLOSED, closed, NEW_SESSION, RESET, settingsChanged } from "./sentences.ts";
import type { Stopped } from "./source.ts";
import { liveOf, NEXT, type State } from "./state.ts";
import { type SessionStatus, statusOf } from "./status.ts";
import { type PlacesOf, type PromptInput, type SessionFeed, Turn } from "./turn.ts";
import { TurnQueue } from "./turn-queue.ts";
import { UpdateReader } from "./update-reader.ts";
import type { SessionUsage } from "./usage.ts";

export class Session {
  readonly identity: Identity;
  /** What it runs in. */
  readonly harness: HarnessName;
  readonly record: SessionRecord;
  /** Everything that happens here, for whoever wants to know. */
  readonly feed: SessionFeed;
  readonly output: Output;
  readonly #parts: SessionParts;
  #state: State = { is: "absent" };
  #queue: TurnQueue;
  #reader: UpdateReader;
  // Prompts that come while a reset is being written: they are the new session's, or the old one's where it fails.
  #replacing = 0;
  readonly #late: Turn[] = [];
  // What was found out while nobody was listening is told with the next turn.
  #pendingNotices: string[] = [];

  constructor(parts: SessionParts) {
    const { identity, map, now, harness, keptRetired, defaults, log } = parts;
    this.identity = identity;
    this.harness = harness;
    this.#parts = parts;
    this.feed = new Feed({
      onError: (error) => log.error(`${logName(identity)} a reader of the feed failed: ${logError(error)}`),
    });
    this.output = new Output(this.feed);
    const defaultCwd = () => defaults().cwd;
    this.record = new SessionRecord({ identity, map, now, keptRetired, harness, defaultCwd });
    this.#queue = this.#newQueue();
    this.#reader = this.#newReader(this.#queue);
    this.feed.read(({ event }) => {
      const { meter } = this.record;
      if (event.type === "said" && event.event.type === "usage") meter.heard(event.event);
      if (event.type === "asked") meter.asked();
      if (event.type === "answered") meter.answered();
    });
  }

  /** Makes sure the map knows this session; a closed one begins anew. */
  async ensure(wish: Omit<EnsureOptions, "defaultCwd">): Promise<SessionEntry> {
    const entry = await this.record.ensure({ ...wish, defaultCwd: this.#parts.defaults().cwd });
    if (this.#state.is === "closed") this.#move({ is: "absent" }, "wanted again");
    return entry;
  }

  /** Queues a prompt; it runs when those before it are settled. The harness's own word for a reset is one. */
  prompt(input: PromptInput): Turn {
    const { harness } = this.#parts;
    const turn = new Turn(input, this.feed, this.#places);
    if (harness.commands?.isReset(input.text))
      void turn.answer(this.reset("reset"), NEW_SESSION, harness.failure);
    else if (this.#replacing > 0) this.#late.push(turn);
    else this.#queue.add(turn);
    return turn;
  }

  /** Ends the running turn and drops the waiting ones; resolves when all are settled, within the cancel bound. */
  async cancel(reason: string | Stopped): Promise<void> {
    for (const turn of this.#late) turn.cancel(reason);
    await this.#queue.cancel(reason);
  }

  /** A fresh session behind the same identity; nothing of the old one can reach it, and it is not waited for. */
  async reset(reason: string, place?: Route): Promise<void> {
    await this.replace(() => this.record.retire(reason), { place });
  }

  /**
   * A reset by whatever `change` makes of the record: another harness session stands behind this one from then on. Where
   * its people did not ask for it, the turn they wait for is settled with `settleWith`; `place` is the conversation that did. When
   * the record cannot be written, nothing has changed, and what is under way goes on.
   */
  async replace<T>(
    change: () => Promise<T>,
    { settleWith, place }: { settleWith?: Failure | undefined; place?: Route | undefined } = {},
  ): Promise<T> {
    this.#replacing += 1;
    try {
      const changed = await change();
      void this.#abandonQueue(settleWith ?? RESET);
      this.#move({ is: "absent" }, "reset");
      this.feed.publish({ type: "reset", ...(place ? { place } : {}) });
      if (this.#late.length === 0) this.warmAgain();
      return changed;
    } finally {
      this.#replacing -= 1;
      if (this.#replacing === 0) for (const turn of this.#late.splice(0)) this.#queue.add(turn);
    }
  }

  /** Stops the harness session. With `discard` it is closed for good; without, the next prompt resumes it. `settleWith` as above. */
  async close(o: { discard: boolean; reason: string; settleWith?: Failure | undefined }): Promise<void> {
    const live = this.#live;
    const mark = live?.transcriptMark();
    const left = this.#abandonQueue(o.settleWith ?? CLOSED);
    this.#queue.ready = left;
    this.#move({ is: o.discard ? "closed" : "absent" }, o.reason);
    await left;
    if (o.discard) {
      await this.record.close(o.reason);
      this.feed.publish({ type: "closed" });
    } else if (live && this.#state.is === "absent") await this.record.park(await mark);
  }

  /**
   * Lets an idle session's process go; the next prompt resumes it. False when it is not idle, or has something running in
   * the background, which would end with it; unless `force` says that it must.
   */
  async park(o: { force?: boolean } = {}): Promise<boolean> {
    if (this.#state.is !== "ready" || !this.#queue.idle) return false;
    if (!o.force && this.#reader.inBackground.length > 0) return false;
    const { live } = this.#state;
    const mark = live.transcriptMark();
    this.#move({ is: "absent" }, o.force ? "parked for another" : "parked");
    const left = live.stop(this.#parts.cancelMs);
    this.#queue.ready = left;
    await left;
    if (this.#isAbsent()) await this.record.park(await mark);
    return true;
  }

  /** Opens the session ahead of its first prompt, where a slot is free; a failure is told when it is prompted. */
  warm(): void {
    if (this.#state.is !== "absent" || !this.#parts.pool.slots.free) return;
    const abandon = new AbortController();
    const opening = this.#open(this.#queue, (text) => this.#pendingNotices.push(text), abandon.signal);
    const warming: State = { is: "warming", opening, abandon };
    this.#move(warming, "ahead of its first prompt");
    opening.then(
      (live) => this.#became({ is: "ready", live, since: performance.now() }, warming),
      (error) => {
        this.#note("warn", `could not be opened ahead of its first prompt: ${logError(error)}`);
        this.#became({ is: "absent" }, warming);
      },
    );
  }

  /** The same where sessions of this kind have been live before: for whom nobody writes to, nothing is started. */
  warmAgain(): void {
    if (this.#parts.pool.used) this.warm();
  }

  #became(state: State, from: State): void {
    if (this.#state !== from) return;
    this.#move(state, "opened");
    this.feed.publish({ type: "idle" });
  }

  /** The one way from state to state: checked, on the log and in the feed. */
  #move(next: State, why: string): void {
    const from = this.#state.is;
    this.#state = next;
    if (from === next.is) return;
    if (!NEXT[from].includes(next.is))
      this.#note("error", `moved from ${from} to ${next.is}, which nobody expects`);
    const live = liveOf(next);
    const where = live ? ` in adapter ${live.slot.connection.pid}, harness session ${live.sessionId}` : "";
    this.#note(next.is === "closed" ? "info" : "debug", `${from} → ${next.is}${where} (${why})`);
    this.feed.publish({ type: "state", state: next.is });
  }

  #note(level: "debug" | "info" | "warn" | "error", line: string): void {
    this.#parts.log[level](`${logName(this.identity)} ${line}`);
  }

  /** Milliseconds since anything was heard of a live session without anything to do; undefined for every other. */
  get idleMs(): number | undefined {
    if (this.#state.is !== "ready" || !this.#queue.idle) return undefined;
    return performance.now() - Math.max(this.#state.since, this.#reader.heardAt);
  }

  /** Mode, options and permission profile: set now where the session is live, and at every start. */
  get controls(): Controls {
    const { harness, defaults } = this.#parts;
    return { harness, defaults: defaults(), record: this.record, live: this.#live, reader: this.#reader };
  }

  async status(): Promise<SessionStatus> {
    const entry = await this.record.read();
    const { context } = this.record.meter;
    const queued = this.#queue.waiting;
    return statusOf({ entry, is: this.#state.is, live: this.#live, queued, reader: this.#reader, context });
  }

  get activity(): Activity {
    const { asking, inBackground } = this.#reader;
    const running = this.#queue.running?.input;
    return { asking, inBackground, running, prompts: this.#queue.prompts + this.#late.length };
  }

  usage(): Promise<SessionUsage> {
    return this.record.usage();
  }

  /** Whom a turn speaks to that was begun there, or nowhere. */
  audience(route: Route | undefined): Audience {
    return (route ? undefined : this.#parts.audienceOf?.(this.identity)) ?? audienceAt(route);
  }

  /** The conversations that show it. */
  async places(o: Parameters<PlacesOf>[0] = {}): Promise<readonly Route[]> {
    return (await this.#places?.(o)) ?? (o.first ? [o.first] : []);
  }

  get #places(): PlacesOf | undefined {
    const { identity, record } = this;
    return this.#parts.places?.({ identity, read: () => record.read() });
  }

  #isAbsent(): boolean {
    return this.#state.is === "absent";
  }

  get #live() {
    return liveOf(this.#state);
  }

  #newQueue(): TurnQueue {
    return new TurnQueue({
      run: (turn, queue) => this.#run(turn, queue),
      onIdle: () => this.feed.publish({ type: "idle" }),
    });
  }

  // Who listens to the harness from now on; what it begins by itself comes first in the queue.
  #newReader(queue: TurnQueue): UpdateReader {
    const { harness, broker, defaults } = this.#parts;
    const { identity, record, feed } = this;
    const reader: UpdateReader = new UpdateReader({
      ...{ identity, harness, broker, defaults, record, feed, places: this.#places },
      audience: () => this.audience(record.route),
      begun: (turn) => {
        turn.begun();
        queue.unshift(turn);
      },
      hurried: () => queue.prompts > 0,
      tell: async (text, audience) => {
        if (!(await steer(this.controls, text))) feed.publish({ type: "follow-up", text, audience });
      },
      // Chosen in a session that was reset meanwhile, it is none of the next one's.
      adopt: async (mode) => {
        if (this.#reader === reader) await this.#live?.setMode(mode);
      },
    });
    return reader;
  }

  // I6 (docs/architecture.md): what still comes from the old harness session reaches a reader that nobody listens to.
  #abandonQueue(reason: string | Failure): Promise<void> {
    const old = this.#state;
    this.#pendingNotices = [];
    this.#queue.close(reason);
    this.#queue = this.#newQueue();
    this.#reader = this.#newReader(this.#queue);
    return this.#release(old);
  }

  // Resolves when whatever a session in this state has is gone, or after the cancel bound.
  async #release(state: State): Promise<void> {
    const { cancelMs } = this.#parts;
    if (state.is === "ready") return await this.#leave(state.live);
    if (state.is === "running") return await state.live.abandon(cancelMs);
    if (state.is !== "warming") return;
    state.abandon.abort();
    const leave = (live: LiveSession) => this.#leave(live);
    await abandoned({ opening: state.opening, leave, withinMs: cancelMs });
  }

  #leave(live: LiveSession, lost = false): Promise<void> {
    return live.release(this.#parts.cancelMs, { lost });
  }

  async #run(turn: Turn, queue: TurnQueue): Promise<void> {
    const { harness, cancelMs, stallMs } = this.#parts;
    if (this.#state.is === "closed") return turn.settleFailed(closed());
    if (!(await turn.admitted(harness.failure))) return;
    if (!turn.input.unsolicited) {
      const spent = await overBudget(this.record, this.#parts.defaults());
      if (spent) return turn.settleFailed(spent);
      turn.begun();
    }
    try {
      // A harness that has lost the session has not seen the prompt: the resumed one gets it, once.
      for (const first of [true, false]) {
        const live = turn.input.unsolicited ? this.#live : await this.#start(turn, queue);
        if (!live) return turn.settleCancelled();
        if (queue.closed) return await this.#leave(live);
        this.#move({ is: "running", live, turn }, turn.input.unsolicited ? "the harness goes on" : "prompt");
        live.turnStarted();
        const onSubmitted = () => this.record.prompted();
        const { meter: usage } = this.record;
        const reader = this.#reader;
        const log = (line: string) => this.#note("warn", line);
        const inMode = async () => live.guardMode(await this.#wantedMode());
        const run = {
          inMode,
          live,
          turn,
          harness,
          cancelMs,
          stallMs,
          reader,
          usage,
          onSubmitted,
          mayMove: first,
          log,
        };
        if ((await runPrompt(run)) === "settled") return;
        this.#move({ is: "absent" }, "the harness does not know the session any more");
        queue.ready = this.#leave(live, true);
      }
    } catch (error) {
      if (turn.signal.aborted) turn.settleCancelled();
      else turn.settleFailed(harness.failure(error));
    } finally {
      if (!queue.closed) this.#afterTurn(turn, queue);
    }
  }

  #afterTurn(turn: Turn, queue: TurnQueue): void {
    const live = this.#live;
    live?.turnEnded();
    const lives = live?.alive && !turn.lostSession;
    const { outcome } = turn;
    if (outcome?.status === "failed") this.#note("warn", `a turn failed: ${logError(outcome.failure)}`);
    this.#move(
      lives ? { is: "ready", live, since: performance.now() } : { is: "absent" },
      outcome?.status ?? "settled",
    );
    if (live && !lives) queue.ready = this.#leave(live, true);
  }

  /** The live session for this turn; undefined when the turn was cancelled before there was one. */
  async #start(turn: Turn, queue: TurnQueue): Promise<LiveSession | undefined> {
    if (turn.signal.aborted) return undefined;
    const before = this.#state;
    const { cancelMs, trust, defaults, harness } = this.#parts;
    this.#move({ is: "starting", turn }, "prompt");
    const live = await startLive({
      turn,
      live: before.is === "ready" ? before.live : undefined,
      means: (live) => isCurrent(live, { record: this.record, defaults: defaults(), harness, trust }),
      opening: before.is === "warming" ? before.opening : undefined,
      open: (note) => this.#open(queue, note, turn.signal),
      leave: (live) => this.#leave(live),
      abandon: (opening) => {
        queue.ready = abandoned({ opening, leave: (live) => this.#leave(live), withinMs: cancelMs });
      },
    });
    if (live) for (const text of this.#pendingNotices.splice(0)) turn.emit({ type: "notice", text });
    return live;
  }

  // A changed setting holds from the next prompt on, as a choice does.
  async #wantedMode(): Promise<string> {
    const { defaults, harness } = this.#parts;
    return wantedMode({ entry: await this.record.read(), defaults: defaults(), harness });
  }

  async #open(queue: TurnQueue, note: (text: string) => void, signal: AbortSignal): Promise<LiveSession> {
    const { defaults, ...parts } = this.#parts;
    const { record } = this;
    const reader = this.#reader;
    await queue.ready.catch(() => {});
    const live = await openSession({ ...parts, record, defaults: defaults(), reader, note, signal });
    parts.trust.guard(live, () => void (this.#live === live && this.#outdated()));
    return live;
  }

  // A turn is stopped before the harness takes the new settings up, an idle process goes, and a start looks for itself.
  async #outdated(): Promise<void> {
    const left: Promise<unknown> =
      this.#state.is === "running"
        ? this.close(settingsChanged(this.harness.name))
        : this.park({ force: true });
    await left.catch((error: unknown) => this.#note("warn", `could not be let go: ${logError(error)}`));
  }
}
