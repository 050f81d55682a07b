// A file that is written once, for its owner alone, and never in place of another.
import { mkdir, open, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { errnoOf } from "./error.ts";

/** Writes a new file (0600) that survives a power cut. False, and nothing is touched, where there is something of that name. */
export async function writeNewFile(o: { file: string; bytes: Buffer }): Promise<boolean> {
  try {
    const handle = await open(o.file, "wx", 0o600);
    try {
      await handle.writeFile(o.bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    return true;
  } catch (error) {
    if (errnoOf(error) === "EEXIST") return false;
    throw error;
  }
}

/** The same in a folder (0700) that keeps the last `keep` files of that ending; their names sort by time. */
export async function writeDated(o: {
  dir: string;
  name: string;
  ending: string;
  bytes: Buffer;
  keep: number;
}): Promise<string> {
  await mkdir(o.dir, { recursive: true, mode: 0o700 });
  for (let count = 1; ; count += 1) {
    const file = join(o.dir, `${o.name}${count === 1 ? "" : `-${count}`}${o.ending}`);
    if (!(await writeNewFile({ file, bytes: o.bytes }))) continue;
    const older = (await readdir(o.dir)).filter((name) => name.endsWith(o.ending)).sort();
    for (const name of older.slice(0, -o.keep)) await rm(join(o.dir, name), { force: true });
    return file;
  }
}
