// A live session: opened in an adapter, listened to, set as the user wants it, and ready for prompts.

import { readConfigured } from "../../../adapters/acp/wire.ts";
import type {
  Harness,
  OpenedSession,
  ProjectUse,
  SessionOptions,
  SessionSource,
  TranscriptMark,
} from "../../../adapters/harness.ts";
import { requireDirectory } from "../../../adapters/process.ts";
import type { RawUpdate, SessionListener } from "../../../adapters/router.ts";
import { Failure } from "../../../common/failure.ts";
import { elapsed } from "../../../common/waiting.ts";
import { toldMode } from "../events.ts";
import { isLooser } from "../record/session-options.ts";
import type { SessionSlot } from "./pool.ts";

export interface LiveRequest {
  harness: Harness;
  slot: SessionSlot;
  cwd: string;
  project: ProjectUse;
  from: SessionSource;
  options: SessionOptions;
  /** A mode the user set by name; wins over the one of the permission profile. */
  mode: string | undefined;
  /** Further options by the harness's own ids. */
  extras: Readonly<Record<string, string>>;
  reader: SessionListener;
  /** How long the harness may take to open it, in milliseconds. */
  openMs: number;
  /** Told of a choice the harness does not take (any more); absent where the session is not to open without it. */
  onUnsupported?: (choice: Choice) => void;
}

/** Something the user set: `model`, `thinking`, `mode`, or another option by the harness's own id. */
export interface Choice {
  key: string;
  value: string;
}

/** How it is let go, `withinMs` of it in the harness at most; then the adapter is killed. */
interface End {
  withinMs: number;
  /** Whether an adapter left empty is kept for a while, and how long it may take to end where not [the pool's own]. */
  adapter: { is: "kept" } | { is: "ended"; graceMs?: number };
  /** The harness has lost the session: what it had running is ended as well. */
  lost?: boolean;
}

export class LiveSession {
  readonly slot: SessionSlot;
  readonly #harness: Harness;
  readonly #stopListening: () => void;
  readonly #cwd: string;
  readonly #options: SessionOptions;
  #mark: Promise<TranscriptMark | undefined> | undefined;
  #opened: OpenedSession;
  // The mode it is in, where the harness went there by itself.
  #ownMode: string | undefined;
  #leaving: Promise<void> | undefined;

  private constructor(o: {
    slot: SessionSlot;
    harness: Harness;
    opened: OpenedSession;
    stopListening: () => void;
    cwd: string;
    options: SessionOptions;
  }) {
    this.slot = o.slot;
    this.#harness = o.harness;
    this.#opened = o.opened;
    this.#stopListening = o.stopListening;
    this.#cwd = o.cwd;
    this.#options = o.options;
  }

  /**
   * Opens or resumes the session and sets it. When that fails, nothing of it stays behind.
   * Throws Failure `timed-out` when the harness does not answer within `openMs`; its process is then killed.
   */
  static async open(request: LiveRequest): Promise<LiveSession> {
    const { harness, slot, reader, openMs } = request;
    let replaying = false;
    let stopListening = () => {};
    let live: LiveSession | undefined;
    const listener: SessionListener = {
      update: (update) => {
        if (replaying) return;
        if (live) live.#heard(update);
        reader.update(update);
      },
      permission: (question, withdrawn) => reader.permission(question, withdrawn),
      elicitation: (question, withdrawn) => reader.elicitation(question, withdrawn),
      extension: (method, params) => reader.extension(method, params),
    };
    const opening = harness.open(slot.connection, {
      cwd: request.cwd,
      project: request.project,
      options: request.options,
      from: request.from,
      onReplay: (now) => {
        replaying = now;
      },
      listen: (sessionId) => {
        stopListening = slot.connection.listen(sessionId, listener);
      },
    });
    const ready = opening.then(async (opened) => {
      const { cwd, options } = request;
      live = new LiveSession({ slot, harness, opened, stopListening, cwd, options });
      await live.#apply(request);
      return live;
    });
    try {
      return await inTime({ ready, slot, openMs, name: harness.name });
    } catch (error) {
      await live?.release(openMs);
      stopListening();
      await slot.leave({ linger: true });
      throw error;
    }
  }

  get sessionId(): string {
    return this.#opened.sessionId;
  }

  get opened(): OpenedSession {
    return this.#opened;
  }

  get alive(): boolean {
    return this.#leaving === undefined && this.slot.connection.alive;
  }

  /** False where its directory is gone: the harness would go on, and make what it writes in its place. */
  async inPlace(): Promise<boolean> {
    return await requireDirectory(this.#cwd).then(yes, () => false);
  }

  /** Whether it was opened with the same folders and fallback model, which hold from its opening on. */
  openedWith({ folders = [], fallbackModel }: Partial<SessionOptions>): boolean {
    const own = this.#options;
    return (
      JSON.stringify(own.folders ?? []) === JSON.stringify(folders) && own.fallbackModel === fallbackModel
    );
  }

  async words(text: string): Promise<string> {
    return (await this.#harness.mentions?.guard(text, this.#cwd)) ?? text;
  }

  /** A turn is over: whatever is written to the transcript from now on is not of ours. */
  turnEnded(): void {
    this.#mark = this.#harness.transcripts?.mark(this.#place()).catch(() => undefined);
  }

  /** A turn begins: what is written to the transcript is its. */
  turnStarted(): void {
    this.#mark = undefined;
  }

  /** How far the transcript was written when the last turn was over; undefined while one runs. */
  async transcriptMark(): Promise<TranscriptMark | undefined> {
    return await this.#mark;
  }

  /** True when another program went on with this session since; this process knows nothing of that, and would fork it. */
  async hasExternalWrites(): Promise<boolean> {
    const mark = await this.transcriptMark();
    if (mark === undefined) return false;
    const there = this.#harness.transcripts?.hasExternalWrites(this.#place(), mark);
    return (await there?.catch(() => false)) ?? false;
  }

  #place() {
    return { cwd: this.#cwd, sessionId: this.sessionId };
  }

  /** Asks for it even where it is thought to be set: the harness changes its mode by itself, as after a plan. */
  async setMode(mode: string): Promise<void> {
    const opened = await this.#harness.setMode(this.slot.connection, this.#opened, mode);
    this.#ownMode = undefined;
    this.#opened = opened;
  }

  /** Sets a model, a thinking level or another option; false where the harness has no such option here. */
  async setOption(key: string, value: string): Promise<boolean> {
    const { options } = this.#harness;
    const option = options?.find(this.#opened, key);
    if (!options || !option) return false;
    const wanted = option.id === "model" ? options.modelOf(this.#opened, value) : value;
    if (option.currentValue === wanted) return true;
    this.#opened = await options.set(this.slot.connection, this.#opened, {
      id: option.id,
      value: wanted,
    });
    return true;
  }

  /** The same where the harness has not told that it is in this mode already. */
  async ensureMode(mode: string): Promise<void> {
    if (this.#opened.mode !== mode) await this.setMode(mode);
  }

  /**
   * Right before a prompt (I16, docs/architecture.md): sets the mode, unless the harness has gone into a stricter one by
   * itself, as when it begins to plan. Throws what `setMode` throws; the prompt must not leave then.
   */
  async guardMode(mode: string): Promise<void> {
    const { profileOf } = this.#harness.modes;
    const [wanted, own] = [profileOf(mode), this.#ownMode && profileOf(this.#ownMode)];
    if (wanted && own && isLooser(wanted, own)) return;
    await this.ensureMode(mode);
  }

  /** Whether this mode can be had without opening the session anew. */
  offers(mode: string): boolean {
    return this.#opened.mode === mode || this.#opened.modes.includes(mode);
  }

  // ACP `current_mode_update` and `config_option_update`: the harness changes what it is set to by itself, too.
  #heard(update: RawUpdate): void {
    if (update.sessionUpdate === "config_option_update")
      this.#opened = { ...this.#opened, configOptions: readConfigured(update) ?? this.#opened.configOptions };
    const mode = toldMode(update);
    if (mode === undefined || mode === this.#opened.mode) return;
    this.#ownMode = mode;
    this.#opened = { ...this.#opened, mode };
  }

  /** Lets go of it, and keeps an adapter it leaves empty for the next one. From now on nothing of it is heard any more. */
  release(withinMs: number, o: { lost?: boolean } = {}): Promise<void> {
    return this.#end({ withinMs, adapter: { is: "kept" }, ...o });
  }

  /** The same, and an adapter it leaves empty ends. */
  stop(withinMs: number): Promise<void> {
    return this.#end({ withinMs, adapter: { is: "ended" } });
  }

  /**
   * The same for one whose turn is not over: no other is opened beside it meanwhile, since its adapter may have to be
   * killed. `graceMs`: how long an adapter it leaves empty may take to end; without it, such a one is kept.
   */
  async abandon(withinMs: number, o: { graceMs?: number } = {}): Promise<void> {
    const { graceMs } = o;
    const adapter: End["adapter"] = graceMs === undefined ? { is: "kept" } : { is: "ended", graceMs };
    const lift = this.slot.quarantine();
    await this.#end({ withinMs, adapter }).finally(lift);
  }

  // Resolves when the harness has let go or is dead, for whoever asked and however often.
  #end(end: End): Promise<void> {
    this.#leaving ??= this.#leave(end);
    return this.#leaving;
  }

  async #leave({ withinMs, adapter, lost = false }: End): Promise<void> {
    this.#stopListening();
    const { connection } = this.slot;
    if (connection.alive) {
      // A refusal is an answer as well: the harness may have lost the session before us.
      const answer = this.#harness.release(connection, this.sessionId).then(yes, yes);
      const answered = await Promise.race([answer, elapsed(withinMs)]);
      if (!answered) await connection.kill();
      else if (lost) await connection.killLeftovers(this.sessionId);
    } else await connection.kill();
    if (adapter.is === "kept") await this.slot.leave({ linger: true });
    else await this.slot.leave({ linger: false, graceMs: adapter.graceMs });
  }

  // A transcript can bring back the permission mode of another day (docs/adapter-notes.md#transcripts-and-modes): it is set right before the first prompt.
  async #apply(request: LiveRequest): Promise<void> {
    const { options, mode, extras } = request;
    const usual = this.#harness.modes.of(options.profile);
    if (mode === undefined) await this.ensureMode(usual);
    else if (!(await this.#took(request, { key: "mode", value: mode }))) await this.ensureMode(usual);
    const chosen = { model: options.model, thinking: options.thinking, ...extras };
    for (const [key, value] of Object.entries(chosen))
      if (value !== undefined) await this.#took(request, { key, value });
  }

  // A session with a past goes on without what Claude does not have any more, as a model that was retired.
  async #took({ onUnsupported }: LiveRequest, choice: Choice): Promise<boolean> {
    const { key, value } = choice;
    try {
      if (key === "mode") await this.ensureMode(value);
      else await this.setOption(key, value);
      return true;
    } catch (error) {
      if (!onUnsupported || !this.alive) throw error;
      onUnsupported(choice);
      return false;
    }
  }
}

// An adapter that does not answer here would hold up every session in it, so it is not kept.
async function inTime(o: {
  ready: Promise<LiveSession>;
  slot: SessionSlot;
  openMs: number;
  /** What the harness is called. */
  name: string;
}): Promise<LiveSession> {
  const live = await Promise.race([o.ready, elapsed(o.openMs)]);
  if (live) return live;
  o.ready.catch(() => {});
  await o.slot.connection.kill();
  throw new Failure({
    code: "timed-out",
    message: `${o.name} did not open a session within ${Math.round(o.openMs / 1000)} s.`,
    next: [{ say: "Send your message again." }, { lead: "If it happens again", run: "doctor" }],
  });
}

function yes(): true {
  return true;
}
