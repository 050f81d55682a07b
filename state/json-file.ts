// The lowdb adapter behind a Document: one JSON file whose parsed content is kept as long as the disk says it is the same.
import type { Adapter } from "lowdb";
import { z } from "zod";
import {
  readSnapshot,
  type Snapshot,
  type Stamp,
  setAside,
  stampOf,
  sweepTemporaries,
  writeDurably,
} from "./durable-file.ts";
import { StateError } from "./error.ts";

/** What can still be used of parsed JSON that does not fit the schema; `undefined` when nothing can. */
export type Salvage<T> = (raw: unknown) => T | undefined;
export type JsonFileOptions<T> = {
  path: string;
  schema: z.ZodType<T>;
  version: number;
  salvage: Salvage<T> | undefined;
  onCorrupt: ((info: { file: string; kept: string; reason: string }) => void) | undefined;
};
type Good<T> = { kind: "good"; value: T };
type Content<T> = Good<T> | { kind: "salvaged"; value: T; reason: string } | { kind: "bad"; reason: string };
type Known<T> = { snapshot: Snapshot; value: T; trusted: boolean };

// Two writes within one tick of the file system's clock can share a stamp (git's "racy" index entries); a stamp is
// believed only when it was read this long after the file's own time.
const TRUST_AFTER_MS = 100;

export class JsonFile<T> implements Adapter<T> {
  readonly path: string;
  readonly #o: JsonFileOptions<T>;
  #known: Known<T> | undefined;
  // What the holder of the lock found; not #known, which a reader without the lock may set back for a moment.
  #locked: Buffer | undefined;
  #swept = false;

  constructor(o: JsonFileOptions<T>) {
    this.#o = o;
    this.path = o.path;
  }

  /** What is there, without the lock and without touching anything. */
  async peek(): Promise<Good<T> | { kind: "absent" } | { kind: "broken" }> {
    const known = this.#known;
    if (known?.trusted) {
      const stamp = await stampOf(this.path);
      if (stamp !== undefined && sameStamp(stamp, known.snapshot.stamp))
        return { kind: "good", value: known.value };
    }
    const snapshot = await readSnapshot(this.path);
    if (snapshot === undefined) return { kind: "absent" };
    const content = this.#contentOf(snapshot);
    return content.kind === "good" ? content : { kind: "broken" };
  }

  /** What is there, for the holder of the lock: always read anew, and a bad file is set aside first. */
  async read(): Promise<T | null> {
    const snapshot = await readSnapshot(this.path);
    this.#locked = undefined;
    if (snapshot === undefined) return null;
    const content = this.#contentOf(snapshot);
    if (content.kind === "good") {
      this.#locked = snapshot.bytes;
      return content.value;
    }
    const kept = await setAside({ file: this.path, how: content.kind === "bad" ? "move" : "copy" });
    if (content.kind === "salvaged") await this.write(content.value);
    this.#o.onCorrupt?.({ file: this.path, kept, reason: content.reason });
    return content.kind === "salvaged" ? content.value : null;
  }

  /** For the holder of the lock, after `read`. Writing what is already there costs nothing. */
  async write(value: T): Promise<void> {
    const bytes = Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
    if (this.#locked?.equals(bytes)) return;
    if (!this.#swept) await sweepTemporaries(this.path);
    this.#swept = true;
    this.#remember(await writeDurably({ file: this.path, bytes }), deepFreeze(value));
  }

  #contentOf(snapshot: Snapshot): Content<T> {
    const known = this.#known;
    if (known?.snapshot.bytes.equals(snapshot.bytes)) {
      this.#remember(snapshot, known.value);
      return { kind: "good", value: known.value };
    }
    const content = this.#parse(snapshot.bytes);
    if (content.kind === "good") this.#remember(snapshot, content.value);
    return content;
  }

  #remember(snapshot: Snapshot, value: T): void {
    const age = Date.now() - Number(snapshot.stamp.mtimeNs / 1_000_000n);
    this.#known = { snapshot, value, trusted: age > TRUST_AFTER_MS };
  }

  #parse(bytes: Buffer): Content<T> {
    const raw = parseJson(bytes);
    if (raw === undefined)
      return { kind: "bad", reason: bytes.length === 0 ? "it is empty" : "it is not valid JSON" };
    this.#refuseNewer(raw);
    try {
      return this.#fit(raw);
    } catch (error) {
      if (error instanceof RangeError) return { kind: "bad", reason: "it is nested too deeply" };
      throw error;
    }
  }

  #fit(raw: unknown): Content<T> {
    const result = this.#o.schema.safeParse(raw);
    if (result.success) return { kind: "good", value: deepFreeze(result.data) };
    const reason = firstIssue(result.error);
    const part = this.#o.salvage?.(raw);
    return part === undefined
      ? { kind: "bad", reason }
      : { kind: "salvaged", value: deepFreeze(part), reason };
  }

  #refuseNewer(raw: unknown): void {
    const versioned = z.looseObject({ version: z.number() }).safeParse(raw);
    if (!versioned.success || versioned.data.version <= this.#o.version) return;
    throw new StateError({
      code: "newer-version",
      file: this.path,
      message: `${this.path} was written by a newer contractor (format ${versioned.data.version}, this one knows ${this.#o.version}). Update openclaw-contractor, or move the file away to start anew.`,
    });
  }
}

/** The first reason why something does not fit its schema, without the value itself. */
export function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  if (issue === undefined) return "it has the wrong shape";
  const where = issue.path.length === 0 ? "the whole" : issue.path.join(".");
  return `${where} is wrong (${issue.message})`;
}

/** Freezes JSON data; what is frozen already is frozen to the bottom. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const child of Object.values(value)) deepFreeze(child);
  return value;
}

// Not JSON.parse's own message: it quotes the file.
function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

function sameStamp(one: Stamp, other: Stamp): boolean {
  return one.mtimeNs === other.mtimeNs && one.size === other.size && one.ino === other.ino;
}
