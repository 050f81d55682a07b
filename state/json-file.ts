// The lowdb adapter behind a Document: one JSON file whose parsed content is kept as long as the disk says it is the same.
import type { Adapter } from "lowdb";
import { type Content, contentOf, deepFreeze, type Good, type Shape } from "./content.ts";
import {
  readSnapshot,
  removeTemporaryFiles,
  type Snapshot,
  sameStamp,
  setAside,
  stampOf,
  writeDurably,
} from "./durable-file.ts";

export type JsonFileOptions<T> = Shape<T> & { onCorrupt: OnCorrupt | undefined };
/** Called once for every bad file that was kept beside. `reason` never quotes the file. */
export type OnCorrupt = (info: { file: string; kept: string; reason: string }) => void;
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
    if (!this.#swept) await removeTemporaryFiles(this.path);
    this.#swept = true;
    this.#remember(await writeDurably({ file: this.path, bytes }), deepFreeze(value));
  }

  #contentOf(snapshot: Snapshot): Content<T> {
    const known = this.#known;
    if (known?.snapshot.bytes.equals(snapshot.bytes)) {
      this.#remember(snapshot, known.value);
      return { kind: "good", value: known.value };
    }
    const content = contentOf(snapshot.bytes, this.#o);
    if (content.kind === "good") this.#remember(snapshot, content.value);
    return content;
  }

  #remember(snapshot: Snapshot, value: T): void {
    const age = Date.now() - Number(snapshot.stamp.mtimeNs / 1_000_000n);
    this.#known = { snapshot, value, trusted: age > TRUST_AFTER_MS };
  }
}
