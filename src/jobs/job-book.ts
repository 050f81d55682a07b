// The book of jobs: each as it is on disk, what it said, and what is still to be told about it. A change is on disk before
// anybody is told of it.
import { randomBytes } from "node:crypto";
import { Failure } from "../../common/failure.ts";
import { type Log, logError, logName } from "../../common/log.ts";
import { type Identity, identityKey } from "../../state/identity.ts";
import { type JobOutput, openJobOutput } from "../../state/job-output.ts";
import type { Job, JobEntry, JobStore, Notice, Wake } from "../../state/jobs.ts";
import type { Route } from "../../state/session-map.ts";
import { buttonsOf } from "./buttons.ts";
import { type Destinations, destinationOf } from "./destination.ts";
import { isLive, sessionOf } from "./job.ts";
import { JobRun } from "./job-run.ts";
import { unknownJob } from "./refusals.ts";
import type { Telling } from "./telling.ts";
import { type NoticeKind, noticeOf } from "./wording.ts";

export interface BookParts {
  store: JobStore;
  /** The folder of what each job said. */
  outputDir: string;
  telling: Telling;
  destinations: () => Destinations;
  /** A name nobody else has. */
  freeName: (wanted: string, identity: Identity) => Promise<string>;
  now: () => Date;
  log: Log;
}

/** Who is shown what a job says, beside its notices. */
export interface Watching {
  /** Where it is watched now, each place once. */
  places(job: Job): readonly { place: Route; where: string; launchedHere: boolean }[];
  /** Resolves when what the job said so far is posted there; undefined where nothing is to be. */
  caughtUp(job: Pick<Job, "id">, place: Route): Promise<void> | undefined;
}

const SILENCED: ReadonlySet<NoticeKind> = new Set(["launched", "queued", "reminder", "responded"]);

export class JobBook {
  readonly #parts: BookParts;
  readonly #runs = new Map<string, JobRun>();
  readonly #outputs = new Map<string, JobOutput>();
  #writing: Promise<unknown> = Promise.resolve();
  #loaded: Promise<void> | undefined;
  #owed: readonly Notice[] = [];
  /** Set before anything is told. */
  watching: Watching | undefined;
  /** How many were ever launched. */
  launched = 0;
  /** The wake-ups that the last gateway had not settled. */
  wakes: readonly Wake[] = [];

  constructor(parts: BookParts) {
    this.#parts = parts;
  }

  /** What is on disk. */
  load(): Promise<void> {
    this.#loaded ??= this.#load();
    return this.#loaded;
  }

  /** Tells what the last gateway still owed. */
  tellOwed(): void {
    for (const notice of this.#owed) this.#tell(notice);
    this.#owed = [];
  }

  run(identity: Identity): JobRun | undefined {
    return this.#runs.get(identityKey(identity));
  }

  /** Throws Failure `invalid` where it is gone. */
  runOf(job: Job): JobRun {
    const run = this.run(sessionOf(job));
    if (!run) throw new Failure({ code: "invalid", message: `The job ${job.name} is gone.` });
    return run;
  }

  runs(): JobRun[] {
    return [...this.#runs.values()];
  }

  job(id: string): Job | undefined {
    return this.runs().find(({ job }) => job.id === id)?.job;
  }

  /** All that are remembered, the newest first. */
  all(): Job[] {
    return this.runs()
      .map(({ job }) => job)
      .sort((one, other) => other.createdAt.localeCompare(one.createdAt));
  }

  /** The job that is meant: by its id or the beginning of it, or its name. Throws Failure `invalid` where there is none, or several. */
  find(ref: string): Job {
    const wanted = ref.trim().toLowerCase();
    const jobs = this.all();
    const named = jobs.filter(({ id, name }) => id === wanted || name.toLowerCase() === wanted);
    const begun = wanted.length >= 4 ? jobs.filter(({ id }) => id.startsWith(wanted)) : [];
    const [job, other] = named.length > 0 ? named : begun;
    if (!job || other) throw unknownJob(ref, other ? [job, other].flatMap((one) => one ?? []) : [], jobs);
    return job;
  }

  output(job: Pick<Job, "id">): JobOutput {
    const known = this.#outputs.get(job.id);
    if (known) return known;
    const { outputDir: dir, now } = this.#parts;
    const output = openJobOutput({ dir, id: job.id, now });
    this.#outputs.set(job.id, output);
    return output;
  }

  /** A new one; it is not there where it could not be written. */
  async add(run: JobRun, notice: NoticeKind): Promise<void> {
    const key = identityKey(sessionOf(run.job));
    this.#runs.set(key, run);
    try {
      await this.#append([{ op: "job", job: run.job, launched: true }], this.#notices(run, notice));
    } catch (error) {
      this.#runs.delete(key);
      throw error;
    }
    this.launched += 1;
  }

  /** Writes the job as it is now, with what is told of it. */
  async write(run: JobRun, notice?: NoticeKind, words?: string): Promise<void> {
    const told = notice === undefined ? [] : this.#notices(run, notice, words);
    await this.#append([{ op: "job", job: run.job }], told);
  }

  /** The same for a change that may be lost: what cannot be written is on the log. */
  async note(run: JobRun, change: Partial<Job>, notice?: NoticeKind, words?: string): Promise<void> {
    run.job = { ...run.job, ...change };
    await this.write(run, notice, words).catch((error: unknown) =>
      this.warn(run, `its state could not be written: ${logError(error)}`),
    );
  }

  /** Nothing is remembered of it any more. */
  async forget(identity: Identity): Promise<void> {
    const run = this.run(identity);
    if (!run) return;
    this.#runs.delete(identityKey(identity));
    await this.#parts.store.append([{ op: "forgotten", id: run.job.id }]);
    await this.output(run.job).drop();
    this.#outputs.delete(run.job.id);
  }

  /** The oldest that ended go. */
  async prune(kept: number): Promise<void> {
    const ended = this.all().filter((job) => !isLive(job));
    for (const job of ended.slice(kept)) await this.forget(sessionOf(job));
  }

  placeOf(job: Job): Route | undefined {
    return destinationOf({ place: job.origin.place, cwd: job.cwd }, this.#parts.destinations());
  }

  async freeName(wanted: string, identity: Identity): Promise<string> {
    const taken = new Set(this.all().map(({ name }) => name.toLowerCase()));
    for (let number = 1; ; number += 1) {
      const name = number === 1 ? wanted : `${wanted}-${number}`;
      if (taken.has(name.toLowerCase())) continue;
      if ((await this.#parts.freeName(name, identity)) === name) return name;
    }
  }

  freshId(): string {
    const taken = new Set(this.all().map(({ id }) => id));
    for (;;) {
      const id = randomBytes(4).toString("hex");
      // All digits would read as a number of the list.
      if (!taken.has(id) && /[a-f]/.test(id)) return id;
    }
  }

  /** Resolves when all that is to be written is. */
  async settle(): Promise<void> {
    await this.#writing;
  }

  warn({ job }: JobRun, line: string): void {
    this.#parts.log.warn(`${logName(sessionOf(job))} the job ${job.id}: ${line}`);
  }

  async #load(): Promise<void> {
    const { jobs, owed, wakes, launched } = await this.#parts.store.read();
    for (const job of jobs) this.#runs.set(identityKey(sessionOf(job)), new JobRun(job));
    this.#owed = owed;
    this.wakes = wakes;
    this.launched = launched;
  }

  // The end is told where the job is watched, too; whoever watched has read the words.
  #notices(run: JobRun, kind: NoticeKind, words?: string): Notice[] {
    const { job } = run;
    if (job.moved || (job.quiet && SILENCED.has(kind))) return [];
    const place = this.placeOf(job);
    const watching = isLive(job) ? [] : (this.watching?.places(job) ?? []);
    // What a recovery has found was never shown.
    const read = run.outcome !== undefined;
    run.told += kind === "responded" ? 1 : 0;
    const number = kind === "responded" ? `:${run.told}` : "";
    const key = `job:${job.id}:${job.cycle}:${kind}${number}`;
    const notice = ({ brief, ...at }: { place: Route; key: string; brief: boolean }): Notice => {
      const { text, verbs } = noticeOf(kind, job, { now: this.#parts.now(), words, brief });
      return { ...at, job: job.id, text, buttons: buttonsOf(verbs, job) };
    };
    const here = watching.some(({ launchedHere }) => launchedHere);
    const elsewhere = watching.filter(({ launchedHere }) => !launchedHere);
    return [
      ...(place ? [notice({ place, key, brief: read && here })] : []),
      ...elsewhere.map((one) => notice({ place: one.place, key: `${key}@${one.where}`, brief: read })),
    ];
  }

  async #append(entries: readonly JobEntry[], owed: readonly Notice[]): Promise<void> {
    const all = [...entries, ...owed.map((notice) => ({ op: "owed" as const, notice }))];
    const written = this.#writing.then(() => this.#parts.store.append(all));
    this.#writing = written.catch(() => {});
    await written;
    for (const notice of owed) this.#tell(notice);
  }

  #tell(notice: Notice): void {
    const job = this.job(notice.job);
    const tell = () => this.#parts.telling.tell(job ? sessionOf(job) : NOBODY, notice);
    const before = job && this.watching?.caughtUp(job, notice.place);
    void (before ? before.then(tell) : tell());
  }
}

const NOBODY: Identity = { agentId: "", sessionKey: "" };
