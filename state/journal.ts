// A Journal is one file of ours that changes often: a first line with all there was, and a line for each change since.
// A change is appended, which takes a fifth of the time of replacing a file under the lock. One process owns it: that
// appends without the lock, and it alone replaces a file that is good, under it. Others may read it, and append under it.
import type { z } from "zod";
import { deepFreeze, type Salvage, validated } from "./content.ts";
import {
  appendDurably,
  readSnapshot,
  removeTemporaryFiles,
  resolveFile,
  resolveFileForWriting,
  type Stamp,
  sameStamp,
  setAside,
  stampOf,
  writeDurably,
} from "./durable-file.ts";
import { StateError } from "./error.ts";
import { contentOfLines } from "./journal-lines.ts";
import type { OnCorrupt } from "./json-file.ts";
import { exclusively, inTurn, type Lock } from "./lock.ts";

export interface Journal<S, E> {
  /** The state as it is on disk, frozen. Costs one `lstat` while the file stays as it was. */
  read(): Promise<S>;
  /**
   * Appends what `decide` gives for the state on disk, and resolves with its result when that is durable. Those that wait
   * together share one write. Two processes may decide from the same state; `fold` then applies the entries of both.
   * `decide` must be synchronous and have no effects; `again` says that its entries of an earlier attempt may or may not
   * be in the state, because another process changed the file in that moment.
   */
  append<R>(decide: (state: S, again: boolean) => { entries: E[]; result: R }): Promise<R>;
  /** Compacts the file now; does nothing if another process owns it. */
  shorten(): Promise<void>;
}

export type JournalOptions<S, E> = {
  file: string;
  version: number;
  schema: z.ZodType<S>;
  entry: z.ZodType<E>;
  empty: () => S;
  /** The state after an entry, without a change to the one before. */
  fold: (state: S, entry: E) => S;
  salvage: Salvage<S>;
  /** Whether all that was appended is over with: then a file of more than `longBytes` is made short. */
  isIdle: (state: S) => boolean;
  longBytes: number;
  lock: Lock;
  /** Whether this process owns the file: one at a time may. */
  owner: boolean;
  onCorrupt?: OnCorrupt | undefined;
};

/** Opens a journal without touching the disk. Bad files are set aside as a Document's are; so are copies of those with bad lines. */
export function openJournal<S extends object, E>(o: JournalOptions<S, E>): Journal<S, E> {
  return new AppendedJournal(o);
}

type Known<S> = { path: string; stamp: Stamp; state: S; truncatedTail: boolean; base: number };
type Seen<S> = ({ kind: "good" } & Known<S>) | { kind: "absent" | "broken" };
type Job<S, E> = {
  decide: (state: S, again: boolean) => { entries: E[]; settle: () => void };
  reject: (error: unknown) => void;
};

/** How often a file may be replaced under one change. Nobody replaces it without thousands of changes between. */
const ATTEMPTS = 5;

class AppendedJournal<S extends object, E> implements Journal<S, E> {
  readonly #o: JournalOptions<S, E>;
  #known: Known<S> | undefined;
  #waiting: Job<S, E>[] = [];
  #committing = false;
  #swept = false;

  constructor(o: JournalOptions<S, E>) {
    this.#o = o;
  }

  async read(): Promise<S> {
    const path = await resolveFile(this.#o.file);
    if (path === undefined) return deepFreeze(this.#o.empty());
    let seen = await this.#look(path);
    if (seen.kind === "broken") {
      await exclusively(this.#o.lock, path, () => this.#repair(path));
      seen = await this.#look(path);
    }
    return seen.kind === "good" ? seen.state : deepFreeze(this.#o.empty());
  }

  append<R>(decide: (state: S, again: boolean) => { entries: E[]; result: R }): Promise<R> {
    const done = new Promise<R>((resolve, reject) => {
      const job: Job<S, E> = {
        decide: (state, again) => {
          const { entries, result } = decide(state, again);
          return { entries, settle: () => resolve(result) };
        },
        reject,
      };
      this.#waiting.push(job);
    });
    if (!this.#committing) void this.#commitWaiting();
    return done;
  }

  async shorten(): Promise<void> {
    const path = this.#o.owner ? await resolveFile(this.#o.file) : undefined;
    if (path !== undefined) await exclusively(this.#o.lock, path, () => this.#repair(path));
  }

  async #commitWaiting(): Promise<void> {
    this.#committing = true;
    while (this.#waiting.length > 0) {
      let batch: Job<S, E>[] = [];
      try {
        const path = await resolveFileForWriting(this.#o.file);
        await inTurn(path, async () => {
          batch = this.#waiting.splice(0);
          const commit = () => this.#commit(path, batch);
          await (this.#o.owner ? commit() : this.#o.lock(path, commit));
        });
        this.#shortenIfLong();
      } catch (error) {
        for (const job of batch.length > 0 ? batch : this.#waiting.splice(0)) job.reject(error);
      }
    }
    this.#committing = false;
  }

  async #commit(path: string, batch: Job<S, E>[]): Promise<void> {
    const tried = new Set<Job<S, E>>();
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const now = await this.#ready(path);
      const { state, lines, settle } = this.#decideAll(now.state, batch, tried);
      if (lines === "" || (await this.#write(now, lines, state))) return settle();
    }
    throw meddled(path, "is replaced again and again");
  }

  #decideAll(before: S, batch: Job<S, E>[], tried: Set<Job<S, E>>) {
    const settles: (() => void)[] = [];
    let state = before;
    let lines = "";
    for (const job of batch) {
      try {
        const { entries, settle } = job.decide(state, tried.has(job));
        const valid = entries.map((entry) => validated(entry, { ...this.#o, schema: this.#o.entry }));
        state = valid.reduce((folded, entry) => this.#o.fold(folded, entry), state);
        for (const entry of valid) lines += `${JSON.stringify(entry)}\n`;
        if (valid.length > 0) tried.add(job);
        settles.push(settle);
      } catch (error) {
        settles.push(() => job.reject(error));
      }
    }
    const settle = () => {
      for (const one of settles) one();
    };
    return { state, lines, settle };
  }

  // False when nobody knows where the lines are.
  async #write(now: Known<S>, lines: string, state: S): Promise<boolean> {
    const { path } = now;
    const bytes = Buffer.from(now.truncatedTail ? `\n${lines}` : lines);
    const stamp = await appendDurably({ file: path, bytes });
    this.#known = undefined;
    if (stamp === undefined) return false;
    const isAlone =
      stamp.ino === now.stamp.ino &&
      stamp.size === now.stamp.size + BigInt(bytes.length) &&
      !now.truncatedTail;
    if (isAlone) this.#known = { ...now, stamp, state: deepFreeze(state) };
    // Somebody else's line came between; had it no end, ours would be the rest of it.
    return isAlone || ((await readSnapshot(path))?.bytes.includes(`\n${lines}`) ?? false);
  }

  async #ready(path: string): Promise<Known<S>> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const seen = await this.#look(path);
      if (seen.kind === "good" && !(seen.truncatedTail && this.#o.owner)) return seen;
      const make = () => this.#repair(path, { make: true });
      // Who does not own the file holds the lock already.
      await (this.#o.owner ? this.#o.lock(path, make) : make());
    }
    throw meddled(path, "is bad again each time it was made new");
  }

  async #look(path: string): Promise<Seen<S>> {
    const stamp = await stampOf(path);
    if (stamp === undefined) return { kind: "absent" };
    const known = this.#known;
    if (known?.path === path && sameStamp(stamp, known.stamp)) return { kind: "good", ...known };
    const snapshot = await readSnapshot(path);
    if (snapshot === undefined) return { kind: "absent" };
    const { content, truncatedTail, base } = contentOfLines(snapshot.bytes, { ...this.#o, path });
    if (content.kind !== "good") return { kind: "broken" };
    this.#known = { path, stamp: snapshot.stamp, state: content.value, truncatedTail, base };
    return { kind: "good", ...this.#known };
  }

  // Under the lock. What is bad is set aside; what is good is written as a single line; with `make`, there is a file then.
  async #repair(path: string, o: { make?: boolean } = {}): Promise<void> {
    if (!this.#swept) await removeTemporaryFiles(path);
    this.#swept = true;
    const snapshot = await readSnapshot(path);
    const content = snapshot && contentOfLines(snapshot.bytes, { ...this.#o, path }).content;
    if (content?.kind === "good" && !this.#o.owner) return;
    const broken = content?.kind === "good" ? undefined : content;
    const kept = broken && (await setAside({ file: path, how: broken.kind === "bad" ? "move" : "copy" }));
    const state = content?.kind === "bad" ? undefined : content?.value;
    if (state || o.make) await writeDurably({ file: path, bytes: this.#firstLine(state ?? this.#o.empty()) });
    if (broken && kept !== undefined) this.#o.onCorrupt?.({ file: path, kept, reason: broken.reason });
  }

  #shortenIfLong(): void {
    const { longBytes, isIdle, owner } = this.#o;
    const known = this.#known;
    if (!owner || known === undefined) return;
    // What it would be after that, and as much again, is not long.
    const least = (isIdle(known.state) ? 0 : longBytes) + 2 * known.base;
    if (known.stamp.size < Math.max(longBytes, least)) return;
    // A file that stays long is no harm, and the next change tries again.
    void this.shorten().catch(() => {});
  }

  #firstLine(state: S): Buffer {
    return Buffer.from(`${JSON.stringify({ ...state, version: this.#o.version })}\n`);
  }
}

function meddled(file: string, how: string): StateError {
  const message = `${file} cannot be written: it ${how}. Find out what else writes it.`;
  return new StateError({ code: "unwritable", file, message });
}
