// What a directory brings along: everything in files of its own that would run something, or change whom Claude trusts, before anybody is asked.
import { realpath } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import type { Bringings } from "../../harness.ts";
import { type Finds, findsIn, hashOf } from "./finds.ts";
import { type GitSetting, gitFolders, readGit } from "./git.ts";
import { readPrompts } from "./prompts.ts";
import { readServers } from "./servers.ts";
import { readSettings } from "./settings.ts";

export interface Looked extends Bringings {
  /** The settings of its repository that have git run something. */
  git: readonly GitSetting[];
}

/**
 * Looks through the directory, every directory above it (Claude Code reads `.mcp.json` and more up to the root), and the main
 * checkout of its repository. `sources` are the settings files that count at all. Never throws: what cannot be read counts.
 */
export async function lookInto(o: {
  cwd: string;
  sources: readonly string[];
  /** Claude's environment: its own configuration folder is the user's, and not the directory's. */
  env: Readonly<Record<string, string>>;
}): Promise<Looked> {
  const real = await realpath(o.cwd).catch(() => o.cwd);
  const own = o.env.CLAUDE_CONFIG_DIR ?? join(o.env.HOME ?? homedir(), ".claude");
  const users = await realpath(own).catch(() => own);
  const git = findsIn(real);
  const reads = (await places(o.cwd, real)).map(async (folder) => {
    const there = findsIn(real);
    await readPlace(there, { folder, users, sources: o.sources });
    return there.all();
  });
  const [settings, ...brought] = await Promise.all([readGit(git, real), ...reads]);
  const all = [...brought.flat(), ...git.all()];
  const marks = all.map(({ file, does, whole }) => JSON.stringify([file, does, whole])).toSorted();
  return { brought: all, hash: hashOf(marks.join("\n")), git: settings };
}

/** The newer Claude Code reads hooks and helper programs anew a second after these have changed. */
export function takenUp(cwd: string): readonly string[] {
  return ["settings.json", "settings.local.json"].map((name) => join(cwd, ".claude", name));
}

async function readPlace(
  finds: Finds,
  o: { folder: string; users: string; sources: readonly string[] },
): Promise<void> {
  const claude = join(o.folder, ".claude");
  const own = (await realpath(claude).catch(() => undefined)) === o.users;
  if (o.sources.includes("project") && !own) {
    await readSettings(finds, join(claude, "settings.json"));
    await readPrompts(finds, claude);
  }
  if (o.sources.includes("local") && !own) await readSettings(finds, join(claude, "settings.local.json"));
  if (o.sources.includes("project")) await readServers(finds, join(o.folder, ".mcp.json"));
}

// By its real path and by the one it was named with: the programs that look upwards go either way.
async function places(cwd: string, real: string): Promise<string[]> {
  const main = await gitFolders(real);
  const starts = [real, cwd, ...(main === undefined ? [] : [dirname(main.common)])];
  return [...new Set(starts.flatMap(upwards))];
}

function upwards(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...upwards(parent)];
}
