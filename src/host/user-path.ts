// Paths as users type them on a command line.
import { homedir } from "node:os";
import { resolve } from "node:path";

/** `api.resolvePath` means a plugin's own folder, not the user's; this is the host's resolveUserPath (home-dir-*.mjs). */
export function userPath(typed: string): string {
  const home = process.env.OPENCLAW_HOME?.trim() || homedir();
  return resolve(typed.trim().replace(/^~(?=$|[\\/])/, () => home));
}
