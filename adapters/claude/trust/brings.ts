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
  /** Claude's environment: its `HOME` and its own configuration folder are the user's, and not the directory's. */
  env: Readonly<Record<string, string>>;
}): Promise<Looked> {
  const real = await realpath(o.cwd).catch(() => o.cwd);
  const finds = findsIn(real);
  const uses = new Set(o.sources);
  const home = o.env.HOME ?? homedir();
  const own = o.env.CLAUDE_CONFIG_DIR ?? join(home, ".claude");
  for (const folder of await places(o.cwd, real)) {
    const claude = join(folder, ".claude");
    const users = claude === own || folder === home;
    if (uses.has("project") && !users) await readProject(finds, claude);
    if (uses.has("local") && !users) await readSettings(finds, join(claude, "settings.local.json"));
    if (uses.has("project")) await readServers(finds, join(folder, ".mcp.json"));
  }
  const git = await readGit(finds, real);
  const brought = finds.all();
  const marks = brought.map(({ file, does, whole }) => JSON.stringify([file, does, whole])).toSorted();
  return { brought, hash: hashOf(marks.join("\n")), git };
}

/** The newer Claude Code reads hooks and helper programs anew a second after these have changed. */
export function takenUp(cwd: string): readonly string[] {
  return ["settings.json", "settings.local.json"].map((name) => join(cwd, ".claude", name));
}

async function readProject(finds: Finds, claude: string): Promise<void> {
  await readSettings(finds, join(claude, "settings.json"));
  await readPrompts(finds, claude);
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
