// A Document is one JSON file of ours that several processes read and write: validated, locked, atomic, durable,
// and set aside when it is bad. It belongs to whoever opened it; session-map.ts and rules.ts are its users.
import { Low } from "lowdb";
import type { z } from "zod";
import { deepFreeze, type Salvage, validated } from "./content.ts";
import { resolveFile, resolveFileForWriting } from "./durable-file.ts";
import { JsonFile, type JsonFileOptions, type OnCorrupt } from "./json-file.ts";
import { exclusively, type Lock } from "./lock.ts";

export interface Document<T> {
  /** The current value, frozen, because readers share it. Costs one `lstat` while the file stays as it was. */
  read(): Promise<T>;
  /**
   * Changes a draft of what is on disk now, or returns the next value; resolves with the new, frozen value when it is
   * durable. Updates that wait together share one write. `change` must be synchronous and may run more than once
   * (when another one of the same write failed), so it has no effects outside the draft but assignments. What it
   * throws rejects this update only, and writes nothing of it. Throws a StateError for a file that cannot be used.
   */
  update(change: Change<T>): Promise<T>;
}

type Change<T> = ((draft: T) => void) | ((draft: T) => T);
type Job<T> = { change: Change<T>; resolve: (value: T) => void; reject: (error: unknown) => void };

/**
 * Opens the document without touching the disk. A file that does not parse or does not fit `schema` is renamed to
 * `<file>.corrupt-<time>` and work goes on with `empty()`, or, where `salvage` can read a part of it, with that part
 * while a copy is kept. A higher `version` in the file is refused with a StateError and never rewritten.
 */
export function openDocument<T>(o: {
  file: string;
  schema: z.ZodType<T>;
  empty: () => T;
  version: number;
  lock: Lock;
  onCorrupt?: OnCorrupt | undefined;
  salvage?: Salvage<T> | undefined;
  /** What a change may write to, made of the current value [a deep copy]; a shallower one where changes replace, not write. */
  draft?: ((value: T) => T) | undefined;
}): Document<T> {
  return new LockedDocument(o);
}

/** Updates the document and resolves with what `change` gave, once that is durable. */
export async function updateGiving<T, R>(document: Document<T>, change: (draft: T) => R): Promise<R> {
  let given = (): R => {
    throw new Error("the change did not run");
  };
  await document.update((draft): void => {
    const value = change(draft);
    given = () => value;
  });
  return given();
}

type Options<T> = Parameters<typeof openDocument<T>>[0];

class LockedDocument<T> implements Document<T> {
  readonly #o: Options<T>;
  #file: JsonFile<T> | undefined;
  #waiting: Job<T>[] = [];
  #committing = false;

  constructor(o: Options<T>) {
    this.#o = o;
  }

  async read(): Promise<T> {
    const path = await resolveFile(this.#o.file);
    if (path === undefined) return this.#empty();
    const file = this.#at(path);
    const seen = await file.peek();
    if (seen.kind === "good") return seen.value;
    if (seen.kind === "absent") return this.#empty();
    return exclusively(this.#o.lock, path, async () => (await file.read()) ?? this.#empty());
  }

  update(change: Change<T>): Promise<T> {
    const done = new Promise<T>((resolve, reject) => this.#waiting.push({ change, resolve, reject }));
    if (!this.#committing) void this.#commitWaiting();
    return done;
  }

  async #commitWaiting(): Promise<void> {
    this.#committing = true;
    while (this.#waiting.length > 0) {
      const taken: { batch?: Job<T>[]; settle?: () => void } = {};
      try {
        const path = await resolveFileForWriting(this.#o.file);
        await exclusively(this.#o.lock, path, async () => {
          // Taken only now, so that whoever came while we waited for the lock shares this write.
          taken.batch = this.#waiting.splice(0);
          taken.settle = await this.#commit(this.#at(path), taken.batch);
        });
      } catch (error) {
        // After the commit this is a lock that could not be released: the write is durable all the same.
        for (const job of taken.settle ? [] : (taken.batch ?? this.#waiting.splice(0))) job.reject(error);
      }
      taken.settle?.();
    }
    this.#committing = false;
  }

  async #commit(file: JsonFile<T>, batch: Job<T>[]): Promise<() => void> {
    const low = new Low<T>(file, this.#empty());
    await low.read();
    const draft = this.#o.draft ?? ((value: T) => structuredClone(value));
    const valid = (next: T) => validated(next, this.#o);
    const { value, failed } = applyAll({ base: low.data, batch, valid, draft });
    if (failed.size < batch.length) {
      low.data = deepFreeze(value);
      await low.write();
    }
    return () => {
      for (const job of batch) {
        if (failed.has(job)) job.reject(failed.get(job));
        else job.resolve(low.data);
      }
    };
  }

  #at(path: string): JsonFile<T> {
    const { schema, version, onCorrupt, salvage } = this.#o;
    const options: JsonFileOptions<T> = { path, schema, version, onCorrupt, salvage };
    if (this.#file?.path !== path) this.#file = new JsonFile(options);
    return this.#file;
  }

  #empty(): T {
    return deepFreeze(this.#o.empty());
  }
}

type Batch<T> = { base: T; batch: Job<T>[]; valid: (value: T) => T; draft: (value: T) => T };
type Applied<T> = { value: T; failed: Map<Job<T>, unknown> };

// Nearly always every change is good, and then one copy of the whole document serves them all.
function applyAll<T>({ base, batch, valid, draft }: Batch<T>): Applied<T> {
  const failed = new Map<Job<T>, unknown>();
  try {
    return { value: valid(batch.reduce((value, job) => applied(job, value), draft(base))), failed };
  } catch {
    return applyEach({ base, batch, valid, draft });
  }
}

// One change is bad: each gets its own copy, so that what the bad one left half done disappears with it.
function applyEach<T>({ base, batch, valid, draft }: Batch<T>): Applied<T> {
  const failed = new Map<Job<T>, unknown>();
  let value = base;
  for (const job of batch) {
    try {
      value = valid(applied(job, draft(value)));
    } catch (error) {
      failed.set(job, error);
    }
  }
  return { value, failed };
}

function applied<T>(job: Job<T>, draft: T): T {
  return job.change(draft) ?? draft;
}
