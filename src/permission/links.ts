// Links: whether a path leads somewhere else than it says.
import { lstat, realpath } from "node:fs/promises";
import { dirname } from "node:path";

/** True where a part of the path that exists is a symbolic link, also one that leads nowhere yet. */
export async function isLinked(path: string): Promise<boolean> {
  for (let part = path; ; part = dirname(part)) {
    const found = await lstat(part).catch(() => undefined);
    if (found?.isSymbolicLink()) return true;
    // What does not exist leads nowhere; the folder it would be made in may.
    if (found) return (await realpath(part).catch(() => undefined)) !== part;
    if (part === dirname(part)) return false;
  }
}
