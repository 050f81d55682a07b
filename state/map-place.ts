// Where the session map of a workspace is: the one that counts, and the copy for people.
import { createHash } from "node:crypto";
import { join } from "node:path";

/** Where people find the map of an agent's workspace. */
export function sessionMapPath(workspace: string): string {
  return join(workspace, ".openclaw", "contractor-agent", "session-map.json");
}

/** Where it is kept: `home` is `<OpenClaw state dir>/contractor`; one for each workspace, whatever characters its path has. */
export function keptAt(home: string, workspace: string): string {
  return join(home, "sessions", `${createHash("sha256").update(workspace).digest("hex").slice(0, 24)}.json`);
}
