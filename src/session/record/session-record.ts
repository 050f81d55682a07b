// The record of a session in its agent's session map: what must survive a crash, changed in one place.
import type { Harness, PermissionProfile } from "../../../adapters/harness.ts";
import type { Identity } from "../../../state/identity.ts";
import type { Route, SessionEntry, SessionMap } from "../../../state/session-map.ts";
import { NO_USAGE, plus, type SessionUsage, UsageMeter } from "../usage.ts";
import { DebouncedWrite } from "./debounced-write.ts";
import { changes, type EnsureOptions, freshEntry, isOther, reopened, withChoice } from "./entry.ts";
import { adoptedId } from "./resumed-id.ts";
import { PROFILE_KEY } from "./session-options.ts";

const KEPT_PLACES = 20;

export class SessionRecord {
  readonly #identity: Identity;
  readonly #map: SessionMap;
  readonly #now: () => Date;
  readonly #keptRetired: number;
  /** What the session uses; written into its entry with whatever is written next. */
  readonly meter = new UsageMeter();
  readonly #later = new DebouncedWrite({ write: () => this.#alter((entry) => entry), withinMs: 30_000 });
  #route: Route | undefined;
  readonly #harness: Pick<Harness, "transcripts" | "name">;
  readonly #defaultCwd: () => string;

  constructor(o: {
    identity: Identity;
    map: SessionMap;
    now: () => Date;
    keptRetired: number;
    harness: Pick<Harness, "transcripts" | "name">;
    /** Where a session without an entry works. */
    defaultCwd: () => string;
  }) {
    this.#identity = o.identity;
    this.#map = o.map;
    this.#now = o.now;
    this.#keptRetired = o.keptRetired;
    this.#harness = o.harness;
    this.#defaultCwd = o.defaultCwd;
  }

  async read(): Promise<SessionEntry | undefined> {
    const entry = await this.#map.get(this.#identity);
    this.#route = entry?.route;
    return entry;
  }

  /** Where the session's people are, as last read or written. */
  get route(): Route | undefined {
    return this.#route;
  }

  async usage(): Promise<SessionUsage> {
    const { model, context, last } = this.meter;
    return { model, context, last, total: plus((await this.read())?.usage ?? NO_USAGE, this.meter.unsaved) };
  }

  /** The entry, made where there is none or only a closed one. Throws Failure `transcript-missing` for an unknown id to resume. */
  async ensure(wish: EnsureOptions): Promise<SessionEntry> {
    const before = await this.read();
    const adopted = await adoptedId({ wish, entry: before, harness: this.#harness });
    const settled = before?.state === "active" && adopted === undefined && !changes(before, wish);
    if (settled) return before;
    return await this.#change((entry) => {
      const next = entry && entry.state !== "closed" ? entry : reopened(entry, this.#fresh(wish));
      if (next.state === "orphaned" || next.state === "parked") next.state = "active";
      if (adopted !== undefined && adopted !== next.claudeSessionId) {
        this.#retireId(next, "resumed another");
        next.claudeSessionId = adopted;
        next.prompted = true;
      }
      if (wish.cwd !== undefined) next.cwd = wish.cwd;
      if (wish.model !== undefined) next.model = wish.model;
      if (wish.thinking !== undefined) next.thinking = wish.thinking;
      return next;
    });
  }

  /**
   * The harness session that now stands behind this one; written before its first prompt. Not where another process chose
   * otherwise since the entry was read that it was opened for.
   */
  async opened(sessionId: string, since?: SessionEntry): Promise<void> {
    await this.#change((entry) => {
      if (entry && since && isOther(entry, since)) return entry;
      const next = entry ?? this.#blank();
      return {
        ...next,
        claudeSessionId: sessionId,
        prompted: false,
        state: "active",
        lastActivityAt: this.#stamp(),
      };
    });
  }

  /** Whether the record still means this harness session. Where it knows nothing at all (any more), it does from now on. */
  async means(sessionId: string): Promise<boolean> {
    const entry = await this.read();
    if (!entry) await this.opened(sessionId);
    return !entry || entry.claudeSessionId === sessionId;
  }

  /** A prompt reached the harness: from now on there is a transcript, and a fork has one of its own. */
  async prompted(): Promise<void> {
    const known = await this.read();
    // From the second prompt on only the time is news, and no reason to write the map at every message.
    if (known?.prompted && known.forkOf === undefined && known.state === "active") {
      this.#map.touch(this.#identity, this.#stamp());
      return this.#later.schedule();
    }
    await this.#alter(({ forkOf: _, ...own }) => ({
      ...own,
      prompted: true,
      lastActivityAt: this.#stamp(),
    }));
  }

  /** Writes what may wait for a better moment: the time of the last activity, and what was used. */
  save(): Promise<void> {
    return this.#later.flush();
  }

  /** Another harness session stands behind this one from now on; the one before is retired. */
  async adopt(o: {
    claudeSessionId: string;
    cwd?: string | undefined;
    reason: string;
  }): Promise<SessionEntry> {
    return await this.#change((entry) => {
      const { claudeSessionId, cwd } = o;
      const own = this.#retireId(entry ?? this.#blank(), o.reason);
      own.retired = own.retired.filter((past) => past.claudeSessionId !== claudeSessionId);
      const adopted = { claudeSessionId, prompted: true, state: "parked" as const };
      return { ...own, ...adopted, cwd: cwd ?? own.cwd, generation: own.generation + 1 };
    });
  }

  /** The next prompt begins as a copy of this harness session; the one before is retired. */
  async fork(o: { claudeSessionId: string; cwd?: string | undefined }): Promise<SessionEntry> {
    return await this.#change((entry) => {
      const own = this.#retireId(entry ?? this.#blank(), "forked");
      const { claudeSessionId: forkOf, cwd = own.cwd } = o;
      return { ...own, forkOf, cwd, state: "active", generation: own.generation + 1 };
    });
  }

  /** The transcript behind the entry is gone: its id is retired as lost. */
  async orphan(): Promise<void> {
    await this.#alter((entry) => this.#retireId(entry, "transcript missing"));
  }

  /** A reset: the id is retired, the generation rises, and the next prompt begins anew, in the same directory or another. */
  async retire(reason: string, cwd?: string): Promise<SessionEntry> {
    return await this.#change((entry) => {
      const next = this.#retireId(entry ?? this.#blank(), reason);
      return { ...next, generation: next.generation + 1, state: "active", cwd: cwd ?? next.cwd };
    });
  }

  /** Its process was let go; the next prompt resumes it. */
  async park(readTo: SessionEntry["readTo"]): Promise<void> {
    await this.#alter((entry) => {
      if (entry.state !== "active" || entry.claudeSessionId === undefined) return entry;
      return { ...entry, state: "parked", ...(readTo ? { readTo } : {}) };
    });
  }

  async close(reason: string): Promise<void> {
    await this.#alter((entry) => ({ ...this.#retireId(entry, reason), state: "closed" }));
  }

  /** Somebody wrote from there, or it was bound there: the newest conversation of the session. */
  async noteRoute(route: Route): Promise<void> {
    await this.#alter(({ places = [], ...entry }) => {
      const others = places.filter((place) => !isSamePlace(place, route));
      return { ...entry, route, places: [route, ...others].slice(0, KEPT_PLACES) };
    });
  }

  /** Changes fields of the entry and its activity time; an undefined value removes the field. */
  async note(
    fields: {
      [Key in "mode" | "cwd" | "name" | "readTo" | "folders"]?: SessionEntry[Key] | undefined;
    },
  ): Promise<void> {
    await this.#alter((entry) => {
      Object.assign(entry, { ...fields, lastActivityAt: this.#stamp() });
      for (const [key, value] of Object.entries(fields))
        if (value === undefined) Reflect.deleteProperty(entry, key);
      return entry;
    });
  }

  /** A choice of the user's: `model`, `thinking`, `mode` or another option; undefined takes it back. */
  async noteOption(key: string, value: string | undefined): Promise<void> {
    await this.#alter((entry) => withChoice(entry, { key, value }));
  }

  /** Takes back what the user chose for this session; the settings hold again. */
  async clearOptions(): Promise<void> {
    await this.#alter(
      ({ model: _model, thinking: _thinking, mode: _mode, options: _options, ...own }) => own,
    );
  }

  noteProfile(profile: PermissionProfile): Promise<void> {
    return this.noteOption(PROFILE_KEY, profile);
  }

  #fresh(wish: EnsureOptions): SessionEntry {
    return freshEntry({ identity: this.#identity, cwd: wish.cwd ?? wish.defaultCwd, at: this.#stamp() });
  }

  #blank(): SessionEntry {
    return this.#fresh({ defaultCwd: this.#defaultCwd() });
  }

  #retireId(entry: SessionEntry, reason: string): SessionEntry {
    const { claudeSessionId, prompted } = entry;
    if (claudeSessionId !== undefined && prompted) {
      const past = { claudeSessionId, retiredAt: this.#stamp(), reason };
      entry.retired = [past, ...entry.retired].slice(0, this.#keptRetired);
    }
    delete entry.claudeSessionId;
    delete entry.prompted;
    delete entry.forkOf;
    delete entry.readTo;
    delete entry.usage;
    this.meter.forget();
    entry.lastActivityAt = this.#stamp();
    return entry;
  }

  async #change(change: (entry: SessionEntry | undefined) => SessionEntry): Promise<SessionEntry> {
    return await this.#write((used) => this.#map.upsert(this.#identity, (entry) => used(change(entry))));
  }

  // Nothing, where there is no entry (any more): somebody may have forgotten it.
  async #alter(change: (entry: SessionEntry) => SessionEntry): Promise<void> {
    await this.#write((used) => this.#map.change(this.#identity, (entry) => used(change(entry))));
  }

  async #write<T extends SessionEntry | undefined>(
    write: (used: (entry: SessionEntry) => SessionEntry) => Promise<T>,
  ): Promise<T> {
    let unsaved = NO_USAGE;
    this.#later.cancel();
    const entry = await write((next) => {
      unsaved = this.meter.unsaved;
      return unsaved === NO_USAGE ? next : { ...next, usage: plus(next.usage ?? NO_USAGE, unsaved) };
    });
    this.meter.saved(unsaved);
    this.#route = entry?.route;
    return entry;
  }

  #stamp(): string {
    return this.#now().toISOString();
  }
}

function isSamePlace(one: Route, other: Route): boolean {
  const named = ({ channel, accountId, to, threadId }: Route) =>
    JSON.stringify([channel, accountId, to, threadId]);
  return named(one) === named(other);
}
