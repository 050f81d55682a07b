// Watchers: conversations that are shown what a job says, block by block. Each knows the newest block it has posted, across
// restarts, and goes on behind it; no turn waits for any of them.
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type Log, logError } from "../../common/log.ts";
import type { Block } from "../../state/job-output.ts";
import type { Job, JobStore, WatcherRecord } from "../../state/jobs.ts";
import type { Route } from "../../state/session-map.ts";
import { isLive, sessionOf } from "./job.ts";
import type { JobBook, Watching } from "./job-book.ts";
import type { Telling } from "./telling.ts";
import { greetingOf, newsOf } from "./watcher-text.ts";

export interface WatchersParts {
  store: Pick<JobStore, "read" | "append">;
  telling: Pick<Telling, "put">;
  book: Pick<JobBook, "job" | "output" | "placeOf">;
  /** Names a conversation, however its route is written. */
  keyOf: (route: Route) => string;
  /** True when nothing is posted any more: the next gateway goes on. */
  stopping: () => boolean;
  now: () => Date;
  log: Log;
}

interface Watcher {
  record: WatcherRecord;
  /** Set while a look at the job waits to be posted first; `lines` of what was missed. */
  greeting: { lines: number } | undefined;
  /** Runs while there is something to post. */
  posting: Promise<void> | undefined;
  /** True where there may be more than `posting` has looked at. */
  again: boolean;
  /** Aborted when it is detached: what has not been posted by then is missed. */
  left: AbortController;
}

// What comes within this time goes out as one message: a channel takes about one a second.
const GATHER_MS = 350;
/** How long a gateway that stops waits for what is being posted. */
const LAST_POSTS_MS = 1_000;

export class Watchers implements Watching {
  readonly #parts: WatchersParts;
  readonly #watchers: Watcher[] = [];
  readonly #unsaved = new Set<Watcher>();
  #saving: Promise<void> | undefined;
  #loaded: Promise<void> | undefined;

  constructor(parts: WatchersParts) {
    this.#parts = parts;
  }

  /** What is on disk. */
  load(): Promise<void> {
    this.#loaded ??= this.#load();
    return this.#loaded;
  }

  /** Goes on where the last gateway stopped. */
  resume(): void {
    for (const watcher of this.#watchers) if (watcher.record.attached) void this.#post(watcher);
  }

  /** Shows the state of a job there, what was missed, and, while it works, what it says from now on. */
  async attach(job: Job, place: Route, lines: number): Promise<void> {
    await this.load();
    const watcher = this.#watcherAt(job, place);
    watcher.greeting = { lines };
    watcher.left = new AbortController();
    this.#change(watcher, { place, attached: isLive(job) });
    void this.#post(watcher);
  }

  /** Ends that for one job there [for all]; resolves to the ids of those that were shown. */
  async detach(place: Route, job?: Pick<Job, "id">): Promise<string[]> {
    await this.load();
    const where = this.#parts.keyOf(place);
    const leaving = this.#watchers.filter(
      ({ record }) => record.attached && record.where === where && (!job || record.job === job.id),
    );
    for (const watcher of leaving) {
      watcher.left.abort();
      watcher.greeting = undefined;
      this.#change(watcher, { attached: false });
    }
    return leaving.map(({ record }) => record.job);
  }

  /** There may be a new block of the job. Costs the caller nothing. */
  look(job: Pick<Job, "id">): void {
    for (const watcher of this.#watchers)
      if (watcher.record.job === job.id && watcher.record.attached) void this.#post(watcher);
  }

  watches(job: Pick<Job, "id">): boolean {
    return this.#watchers.some(({ record }) => record.job === job.id && record.attached);
  }

  places(job: Job): { place: Route; where: string; launchedHere: boolean }[] {
    const origin = this.#originOf(job);
    return this.#watchers
      .filter(({ record }) => record.job === job.id && record.attached)
      .map(({ record: { place, where } }) => ({ place, where, launchedHere: where === origin }));
  }

  caughtUp(job: Pick<Job, "id">, place: Route): Promise<void> | undefined {
    const where = this.#parts.keyOf(place);
    const watcher = this.#watchers.find(({ record }) => record.job === job.id && record.where === where);
    return watcher?.record.attached ? this.#post(watcher) : watcher?.posting;
  }

  /** Resolves when what was posted is noted on disk; to be called when nothing is posted any more. */
  async settle(): Promise<void> {
    const posting = Promise.all(this.#watchers.map((watcher) => watcher.posting));
    await Promise.race([posting, sleep(LAST_POSTS_MS, undefined, { ref: false })]);
    await this.#saving;
  }

  async #load(): Promise<void> {
    const { watchers } = await this.#parts.store.read();
    for (const record of watchers) this.#watchers.push(watcherOf(record));
  }

  #watcherAt(job: Job, place: Route): Watcher {
    const where = this.#parts.keyOf(place);
    const known = this.#watchers.find(({ record }) => record.job === job.id && record.where === where);
    if (known) return known;
    // Those of jobs that are forgotten are gone from the disk as well.
    const gone = this.#watchers.findIndex(({ record }) => !this.#parts.book.job(record.job));
    if (gone >= 0) this.#watchers.splice(gone, 1);
    const watcher = watcherOf({ job: job.id, where, place, seen: 0, attached: false });
    this.#watchers.push(watcher);
    return watcher;
  }

  // Resolves when all that the job has said so far is posted there, or nothing is posted any more; never rejects.
  #post(watcher: Watcher): Promise<void> {
    watcher.again = true;
    watcher.posting ??= this.#postAll(watcher);
    return watcher.posting;
  }

  async #postAll(watcher: Watcher): Promise<void> {
    const { book, log } = this.#parts;
    try {
      while (watcher.again) {
        if (!watcher.greeting) await sleep(GATHER_MS);
        watcher.again = false;
        const job = book.job(watcher.record.job);
        if (job) await this.#postNext(watcher, job);
      }
    } catch (error) {
      log.warn(`what a job says could not be posted where it is watched: ${logError(error)}`);
    } finally {
      // At once, so that nobody who comes now waits for one that has looked for the last time.
      watcher.posting = undefined;
    }
  }

  async #postNext(watcher: Watcher, job: Job): Promise<void> {
    const { book, stopping } = this.#parts;
    const blocks = await book.output(job).all();
    const { greeting, left } = watcher;
    watcher.greeting = undefined;
    if (stopping() || (!greeting && !watcher.record.attached)) return;
    const { text, upTo, key } = this.#nextFor(watcher, { job, blocks, greeting });
    const { place } = watcher.record;
    const posted =
      text === "" || (await this.#parts.telling.put(sessionOf(job), { place, key, text, over: left.signal }));
    // What the channel has refused for good is not tried for ever.
    if (!posted && (stopping() || left.signal.aborted)) return;
    if (upTo !== watcher.record.seen) this.#change(watcher, { seen: upTo });
    if (upTo < (blocks.at(-1)?.n ?? 0)) watcher.again = true;
    const ended = !isLive(book.job(job.id) ?? job);
    if (ended && !watcher.again && watcher.record.attached) this.#change(watcher, { attached: false });
  }

  #nextFor(
    { record }: Watcher,
    { job, blocks, greeting }: { job: Job; blocks: readonly Block[]; greeting: Watcher["greeting"] },
  ): { text: string; upTo: number; key: string } {
    const { where } = record;
    const last = blocks.at(-1)?.n ?? 0;
    // Fewer blocks than were seen are those of an output that was lost.
    const seen = Math.min(record.seen, last);
    // A question is posted where the job was launched, with its buttons.
    const asked = where === this.#originOf(job);
    const news = blocks.filter(({ n, kind }) => n > seen && !(asked && kind === "ask"));
    if (greeting) {
      const dropped = Math.max(0, (blocks[0]?.n ?? 1) - 1 - seen);
      const text = greetingOf(job, { now: this.#parts.now(), blocks: news, dropped, ...greeting });
      return { text, upTo: last, key: `job:${job.id}:fg:${randomBytes(6).toString("hex")}` };
    }
    const alone =
      this.#watchers.filter((one) => one.record.attached && one.record.where === where).length < 2;
    const { text, upTo } = newsOf(job, news, { alone });
    return { text, upTo: upTo ?? last, key: `job:${job.id}:watch:${where}:${seen + 1}-${upTo ?? last}` };
  }

  #originOf(job: Job): string | undefined {
    const origin = this.#parts.book.placeOf(job);
    return origin && this.#parts.keyOf(origin);
  }

  #change(watcher: Watcher, change: Partial<WatcherRecord>): void {
    watcher.record = { ...watcher.record, ...change };
    this.#unsaved.add(watcher);
    this.#saving ??= this.#save();
  }

  // What changes while the disk is written is written together after that.
  async #save(): Promise<void> {
    const { store, book, log } = this.#parts;
    while (this.#unsaved.size > 0) {
      const changed = [...this.#unsaved].filter(({ record }) => book.job(record.job));
      this.#unsaved.clear();
      await store
        .append(changed.map(({ record }) => ({ op: "watch", watcher: record })))
        .catch((error: unknown) =>
          log.error(`it could not be noted what was shown of a job: ${logError(error)}`),
        );
    }
    this.#saving = undefined;
  }
}

function watcherOf(record: WatcherRecord): Watcher {
  return { record, greeting: undefined, posting: undefined, again: false, left: new AbortController() };
}
