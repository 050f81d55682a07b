// A list document in a temporary folder, and everything a test of documents wants to know about it.
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { type Document, openDocument } from "../../../../state/document.ts";
import type { Lock } from "../../../../state/lock.ts";
import { tempDir } from "../../../support/poll.ts";

const schema = z.looseObject({ version: z.literal(1).default(1), items: z.array(z.string()).default([]) });
type List = z.infer<typeof schema>;

export type ListFile = {
  folder: string;
  file: string;
  corrupt: { file: string; kept: string; reason: string }[];
  /** How often the lock was taken. */
  locks(): number;
  open(lock?: Lock): Document<List>;
  given(content: string | Uint8Array): Promise<void>;
  onDisk(): Promise<unknown>;
  /** The names of all that lies beside the file, and its own. */
  names(): Promise<string[]>;
  remove(): Promise<void>;
};

/** The file is `<folder>/made/list.json`; neither it nor `made` is there yet. */
export async function listFile(): Promise<ListFile> {
  const temporary = await tempDir("document");
  const file = join(temporary.path, "made", "list.json");
  const corrupt: ListFile["corrupt"] = [];
  let locks = 0;
  const countingLock: Lock = (_file, task) => {
    locks++;
    return task();
  };
  return {
    folder: temporary.path,
    file,
    corrupt,
    locks: () => locks,
    open: (lock = countingLock) =>
      openDocument<List>({
        file,
        schema,
        empty: () => ({ version: 1, items: [] }),
        version: 1,
        lock,
        onCorrupt: (info) => corrupt.push(info),
      }),
    async given(content) {
      await mkdir(join(temporary.path, "made"), { recursive: true });
      await writeFile(file, content);
    },
    onDisk: async () => JSON.parse(await readFile(file, "utf8")),
    names: async () => (await readdir(join(temporary.path, "made"))).sort(),
    remove: () => temporary.remove(),
  };
}

/** A change that adds an item. */
export const add = (item: string) => (draft: List) => {
  draft.items.push(item);
};
