// Watchers: conversations that are shown what a job says, each from where it has read to. Nothing of a job waits for them.
import type { Block } from "../../state/job-output.ts";
import type { Job, JobStore, Watcher } from "../../state/jobs.ts";
import type { Route } from "../../state/session-map.ts";
import { isLive, sessionOf } from "./job.ts";
import type { Telling } from "./telling.ts";
import { blockLines, nameText } from "./wording.ts";

export interface WatchersParts {
  store: Pick<JobStore, "append">;
  telling: Pick<Telling, "say">;
  /** Names a conversation, however its route is written. */
  keyOf: (route: Route) => string;
  /** What could not be noted: after a restart a block may be shown again. */
  onUnnoted: (error: unknown) => void;
}

/** What a conversation missed of a job. */
export interface CatchUp {
  /** Blocks that it was not shown yet. */
  missed: number;
  lines: string[];
}

export class Watchers {
  readonly #parts: WatchersParts;
  readonly #watchers = new Map<string, Watcher>();

  constructor(parts: WatchersParts) {
    this.#parts = parts;
  }

  /** Goes on with what is on disk. */
  load(watchers: readonly Watcher[]): void {
    for (const watcher of watchers) this.#watchers.set(this.#keyOf(watcher), watcher);
  }

  /** Whether anybody watches it. */
  watched(job: Pick<Job, "id">): boolean {
    return this.#of(job).length > 0;
  }

  /** Where it is watched. */
  placesOf(job: Pick<Job, "id">): Route[] {
    return this.#of(job).map(({ place }) => place);
  }

  /** Shows the job in this conversation from now on, if it still works; resolves to what was missed there, the last `lines` of it. */
  async attach(job: Job, o: { place: Route; blocks: readonly Block[]; lines: number }): Promise<CatchUp> {
    const known = this.#watchers.get(this.#keyOf({ job: job.id, place: o.place }));
    const missed = o.blocks.filter(({ n }) => n > (known?.seen ?? 0));
    const seen = o.blocks.at(-1)?.n ?? known?.seen ?? 0;
    await this.#set({ job: job.id, place: o.place, seen, on: isLive(job) });
    const lines = missed.flatMap(({ kind, text }) => blockLines(kind, text));
    return { missed: missed.length, lines: lines.slice(-o.lines) };
  }

  /** Shows it there no more, or none where no job is given; what was read to is kept. Returns the ids of those that were shown. */
  async detach(place: Route, job?: Pick<Job, "id">): Promise<string[]> {
    const here = this.#parts.keyOf(place);
    const shown = [...this.#watchers.values()].filter(
      (one) => one.on && this.#parts.keyOf(one.place) === here && (!job || one.job === job.id),
    );
    for (const one of shown) await this.#set({ ...one, on: false });
    return shown.map((one) => one.job);
  }

  /** A block was said: everybody who watches is shown it, in their own time. */
  show(job: Job, block: Block): void {
    for (const watcher of this.#of(job)) {
      if (block.n <= watcher.seen) continue;
      const { place } = watcher;
      // A question stands there already, with its buttons.
      if (block.kind === "ask" && this.#isOwn(job, place)) continue;
      const prefix = this.#isAlone(watcher) ? "" : `[${nameText(job)}] `;
      const text = `${prefix}${blockLines(block.kind, block.text).join("\n")}`;
      const key = `job:${job.id}:${block.n}:shown:${this.#parts.keyOf(place)}`;
      void this.#set({ ...watcher, seen: block.n }).catch(this.#parts.onUnnoted);
      this.#parts.telling.say(sessionOf(job), { place, key, text });
    }
  }

  /** It has ended: nobody watches any more. */
  async ended(job: Pick<Job, "id">): Promise<void> {
    for (const watcher of this.#of(job)) await this.#set({ ...watcher, on: false });
  }

  #of({ id }: Pick<Job, "id">): Watcher[] {
    return [...this.#watchers.values()].filter(({ job, on }) => on && job === id);
  }

  #isOwn({ origin }: Job, place: Route): boolean {
    return origin.place !== undefined && this.#parts.keyOf(origin.place) === this.#parts.keyOf(place);
  }

  #isAlone({ place, job }: Watcher): boolean {
    const here = this.#parts.keyOf(place);
    return ![...this.#watchers.values()].some(
      (other) => other.on && other.job !== job && this.#parts.keyOf(other.place) === here,
    );
  }

  async #set(watcher: Watcher): Promise<void> {
    this.#watchers.set(this.#keyOf(watcher), watcher);
    await this.#parts.store.append([{ op: "watch", watcher }]);
  }

  #keyOf({ job, place }: Pick<Watcher, "job" | "place">): string {
    return `${job} ${this.#parts.keyOf(place)}`;
  }
}
