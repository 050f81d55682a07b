// A copy of a record for people to read, in a folder of theirs: written behind the record, one after the other, and never read by us.
import { mkdir, rename, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Document } from "./document.ts";

/** The document, with a copy at `file` of what `shown` makes of it, after each change. */
export function withCopy<T>(document: Document<T>, file: string, shown: (value: T) => unknown): Document<T> {
  const copy = new ReadableCopy(file);
  return {
    read: () => document.read(),
    update: async (change) => {
      const value = await document.update(change);
      copy.write(shown(value));
      return value;
    },
  };
}

class ReadableCopy {
  readonly #file: string;
  #value: unknown;
  #writing: Promise<void> | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  /** Written soon, the newest only. Where the folder it belongs to is gone or closed, there is no copy. */
  write(value: unknown): void {
    this.#value = value;
    this.#writing ??= this.#drain().finally(() => {
      this.#writing = undefined;
    });
  }

  async #drain(): Promise<void> {
    while (this.#value !== undefined) {
      const value = this.#value;
      this.#value = undefined;
      await this.#put(JSON.stringify(value, null, 2)).catch(() => {});
    }
  }

  // `<workspace>/.openclaw/contractor-agent/…`: a workspace that was moved away is not made anew for a copy.
  async #put(text: string): Promise<void> {
    const folder = dirname(this.#file);
    await stat(dirname(dirname(folder)));
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const fresh = `${this.#file}.${process.pid}.new`;
    await writeFile(fresh, `${text}\n`, { mode: 0o600 });
    await rename(fresh, this.#file);
  }
}
