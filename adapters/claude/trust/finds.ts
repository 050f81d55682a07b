// What was found in a directory's own files, gathered by the readers of each kind; they read files of strangers, so every read is bounded.
import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { open, readdir, stat } from "node:fs/promises";
import { isAbsolute, join, relative } from "node:path";
import type { Brought } from "../../harness.ts";

/** A thing that was found, with all of it that must stay as it is for an answer about it to hold. */
interface Find extends Brought {
  whole: string;
}

export interface Finds {
  /** The directory asked about; files are named from there where they lie in it. */
  readonly root: string;
  /** `whole` is the find's identity where `detail` does not show all of it. */
  add(find: { file: string; does: string; detail?: string | undefined; whole?: string | undefined }): void;
  /** What is read of a file; undefined where there is none. A file that cannot be read in full is a find of its own. */
  read(file: string): Promise<string | undefined>;
  /** The names in a folder, sorted; none where there is no such folder. */
  names(folder: string): Promise<string[]>;
  all(): Find[];
}

const MAX_BYTES = 1_000_000;
const MAX_NAMES = 2_000;
export const TOO_MANY = "holds too many files to look through";
const UNREADABLE = "cannot be read, so what it does is unknown";

export function findsIn(root: string): Finds {
  const found: Find[] = [];
  const add: Finds["add"] = ({ file, does, detail, whole }) => {
    const name = nameIn(root, file);
    found.push({
      file: name,
      does,
      ...(detail === undefined ? {} : { detail }),
      whole: whole ?? detail ?? "",
    });
  };
  return {
    root,
    add,
    read: async (file) => {
      const text = await readBounded(file);
      if (text !== null) return text;
      add({ file, does: UNREADABLE, whole: await stampOf(file) });
      return undefined;
    },
    names: async (folder) => {
      const names = await readdir(folder).catch((error: unknown) => {
        if (isAbsence(error)) return [];
        add({ file: folder, does: UNREADABLE, whole: String(error) });
        return [];
      });
      if (names.length > MAX_NAMES) add({ file: folder, does: TOO_MANY });
      return names.toSorted().slice(0, MAX_NAMES);
    },
    all: () => found,
  };
}

/** The hash of a file's content; of one that cannot be read, what is known of it. */
export async function contentHash(file: string): Promise<string> {
  const text = await readBounded(file);
  return typeof text === "string" ? hashOf(text) : await stampOf(file);
}

export function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

// Undefined for none, null for one that cannot be read: too large, not a file, not allowed. Opening a pipe would wait forever.
async function readBounded(file: string): Promise<string | undefined | null> {
  try {
    if (!(await stat(file)).isFile()) return null;
    const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const known = await handle.stat();
      return known.isFile() && known.size <= MAX_BYTES ? await handle.readFile("utf8") : null;
    } finally {
      await handle.close();
    }
  } catch (error) {
    return isAbsence(error) ? undefined : null;
  }
}

async function stampOf(file: string): Promise<string> {
  const known = await stat(file).catch(() => undefined);
  return known ? `${known.size} ${known.mtimeMs}` : "unknown";
}

function isAbsence(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
}

function nameIn(root: string, file: string): string {
  const path = isAbsolute(file) ? file : join(root, file);
  const within = relative(root, path);
  return within === "" || within.startsWith("..") || isAbsolute(within) ? path : within;
}
