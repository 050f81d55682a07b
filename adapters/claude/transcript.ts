// Where Claude Code keeps the transcript of a session: $CLAUDE_CONFIG_DIR/projects/<cwd with dashes>/<id>.jsonl
import { readdir, stat } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";

const SESSION_ID = /^[A-Za-z0-9_-]{1,128}$/;

/**
 * True when Claude Code has a transcript of this session, in the folder of its directory or in any other (Claude finds
 * a session by id wherever it was started). `env` is the environment Claude runs in.
 */
export async function hasTranscript(o: {
  env: Readonly<Record<string, string>>;
  cwd: string;
  sessionId: string;
}): Promise<boolean> {
  if (!SESSION_ID.test(o.sessionId)) return false;
  const projects = path.join(
    o.env.CLAUDE_CONFIG_DIR ?? path.join(o.env.HOME ?? homedir(), ".claude"),
    "projects",
  );
  const file = `${o.sessionId}.jsonl`;
  if (await isFile(path.join(projects, projectFolder(o.cwd), file))) return true;
  const folders = await readdir(projects).catch(() => []);
  const found = await Promise.all(folders.map((folder) => isFile(path.join(projects, folder, file))));
  return found.includes(true);
}

/** The folder name Claude Code makes of a working directory. */
export function projectFolder(cwd: string): string {
  return cwd.replace(/[^A-Za-z0-9]/g, "-");
}

async function isFile(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined))?.isFile() ?? false;
}
