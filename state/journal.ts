// A Journal is one file of ours that changes often: a first line with all there was, and a line for each change since.
// A change is appended, which takes a third of the time of replacing a file under the lock; the lock is only for making
// the file, mending it and making it short again. Several processes may read and write it.
import type { z } from "zod";
import { deepFreeze, type Salvage, validated } from "./content.ts";
import {
  appendDurably,
  readSnapshot,
  replaceAppended,
  resolveFile,
  resolveFileForWriting,
  type Stamp,
  sameStamp,
  setAside,
  stampOf,
  sweepTemporaries,
  writeDurably,
} from "./durable-file.ts";
import { StateError } from "./error.ts";
import { contentOfLines } from "./journal-lines.ts";
import type { OnCorrupt } from "./json-file.ts";
import { inTurn, type Lock } from "./lock.ts";

export interface Journal<S, E> {
  /** The state as it is on disk, frozen. Costs one `lstat` while the file stays as it was. */
  read(): Promise<S>;
  /**
   * Appends what `decide` gives for the state on disk, and resolves with its result when that is durable. Those that wait
   * together share one write. Two processes may decide by the same state: what `fold` makes of both is what holds.
   * `decide` must be synchronous and have no effects; `again` says that its entries of a first
   * attempt may or may not be in the state, because another process made the file short in that moment.
   */
  append<R>(decide: (state: S, again: boolean) => { entries: E[]; result: R }): Promise<R>;
  /** Takes out of the file, now, what is over with. */
  shorten(): Promise<void>;
}

export type JournalOptions<S, E> = {
  file: string;
  /** The format written; the first line of older ones must fit `schema` too, and may be a whole file of JSON. */
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
  onCorrupt?: OnCorrupt | undefined;
};

/** Opens a journal without touching the disk. Bad files are set aside as a Document's are; so are copies of those with bad lines. */
export function openJournal<S extends object, E>(o: JournalOptions<S, E>): Journal<S, E> {
  return new AppendedJournal(o);
}

/** `ragged`: no line can be appended to it as it is. `base`: bytes of the first line. */
type Known<S> = { path: string; stamp: Stamp; state: S; ragged: boolean; base: number };
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
      await inTurn(path, () => this.#repair(path, { make: false }));
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
    const path = await resolveFile(this.#o.file);
    if (path !== undefined) await inTurn(path, () => this.#repair(path, { make: false }));
  }

  async #commitWaiting(): Promise<void> {
    this.#committing = true;
    while (this.#waiting.length > 0) {
      let batch: Job<S, E>[] = [];
      try {
        const path = await resolveFileForWriting(this.#o.file);
        await inTurn(path, async () => {
          batch = this.#waiting.splice(0);
          await this.#commit(path, batch);
        });
        this.#shortenIfLong();
      } catch (error) {
        for (const job of batch.length > 0 ? batch : this.#waiting.splice(0)) job.reject(error);
      }
    }
    this.#committing = false;
  }

  async #commit(path: string, batch: Job<S, E>[]): Promise<void> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const now = await this.#ready(path);
      const { state, lines, settle } = this.#decideAll(now.state, batch, attempt > 0);
      if (lines.length === 0 || (await this.#write(now, Buffer.from(lines), state))) return settle();
    }
    throw meddled(path, "is replaced again and again");
  }

  #decideAll(before: S, batch: Job<S, E>[], again: boolean) {
    const settles: (() => void)[] = [];
    let state = before;
    let lines = "";
    for (const { decide, reject } of batch) {
      try {
        const { entries, settle } = decide(state, again);
        const valid = entries.map((entry) => validated(entry, { ...this.#o, schema: this.#o.entry }));
        state = valid.reduce(this.#o.fold, state);
        for (const entry of valid) lines += `${JSON.stringify(entry)}\n`;
        settles.push(settle);
      } catch (error) {
        settles.push(() => reject(error));
      }
    }
    const settle = () => {
      for (const one of settles) one();
    };
    return { state, lines, settle };
  }

  // False when the file was replaced meanwhile.
  async #write(now: Known<S>, bytes: Buffer, state: S): Promise<boolean> {
    const stamp = await appendDurably({ file: now.path, bytes });
    if (stamp?.ino !== now.stamp.ino) return false;
    // Of another length, somebody else's lines came between: then it is read anew.
    const alone = stamp.size === now.stamp.size + BigInt(bytes.length);
    this.#known = alone ? { ...now, stamp, state: deepFreeze(state) } : undefined;
    return true;
  }

  async #ready(path: string): Promise<Known<S>> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const seen = await this.#look(path);
      if (seen.kind === "good" && !seen.ragged) return seen;
      await this.#repair(path, { make: true });
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
    const { content, ragged, base } = contentOfLines(snapshot.bytes, { ...this.#o, path });
    if (content.kind !== "good") return { kind: "broken" };
    this.#known = { path, stamp: snapshot.stamp, state: content.value, ragged, base };
    return { kind: "good", ...this.#known };
  }

  // What is bad is set aside; what is good is written as a single line. Without `make` nothing is written where nothing is.
  #repair(path: string, { make }: { make: boolean }): Promise<void> {
    return this.#o.lock(path, async () => {
      if (!this.#swept) await sweepTemporaries(path);
      this.#swept = true;
      const snapshot = await readSnapshot(path);
      const content = snapshot && contentOfLines(snapshot.bytes, { ...this.#o, path }).content;
      const kept =
        content && content.kind !== "good"
          ? await setAside({ file: path, how: content.kind === "bad" ? "move" : "copy" })
          : undefined;
      if (content && content.kind !== "bad") await this.#rewrite(path);
      else if (make) await writeDurably({ file: path, bytes: this.#firstLine(this.#o.empty()) });
      if (kept !== undefined && content && content.kind !== "good")
        this.#o.onCorrupt?.({ file: path, kept, reason: content.reason });
    });
  }

  #rewrite(path: string): Promise<void> {
    const make = (bytes: Buffer) => {
      const { content } = contentOfLines(bytes, { ...this.#o, path });
      return content.kind === "bad" ? bytes : this.#firstLine(content.value);
    };
    return replaceAppended({ file: path, make });
  }

  #shortenIfLong(): void {
    const { longBytes, isIdle } = this.#o;
    const known = this.#known;
    if (known === undefined || known.stamp.size < longBytes) return;
    if (!isIdle(known.state) && known.stamp.size < longBytes + 2 * known.base) return;
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
