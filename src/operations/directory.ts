// A directory as people name it in a chat: whole, or from their home on.
import { stat } from "node:fs/promises";
import { homedir } from "node:os";
import { resolve } from "node:path";
import { Failure } from "../../common/failure.ts";

/** The absolute path. Throws Failure `invalid` for a relative path (relative to what?), `directory-missing` for none. */
export async function directoryAt(named: string): Promise<string> {
  const path = named.trim().replace(/^~(?=\/|$)/, homedir());
  if (!path.startsWith("/")) {
    throw new Failure({
      code: "invalid",
      message: `"${named.trim()}" is not a whole path.`,
      next: { say: "Begin it with / or ~." },
    });
  }
  const wanted = resolve(path);
  if ((await stat(wanted).catch(() => undefined))?.isDirectory()) return wanted;
  throw new Failure({
    code: "directory-missing",
    message: `There is no directory ${wanted}.`,
    next: { say: "Create it first." },
  });
}
