// Makes the Claude Code harness from its settings: where its adapter is, and the environment it runs in.
import { homedir } from "node:os";
import path from "node:path";
import type { Harness } from "../harness.ts";
import type { Launch } from "../process.ts";
import { isExecutable } from "../provision/claude-executable.ts";
import { locate } from "../provision/locate.ts";
import { claudeHarness, IDLE_COMPACTION_DELAY } from "./claude-harness.ts";
import { claudeEnvironment } from "./environment.ts";
import { latestLogin } from "./latest-login.ts";
import { authStatusShim, lowMemoryNodeArgs } from "./launch-tuning.ts";
import { askLogin } from "./login.ts";
import { harnessPackages } from "./packages.ts";
import { findClaude } from "./program.ts";
import type { ClaudeConfig } from "./settings.ts";

// The older adapter reads nothing of Claude Code between two prompts: what a background task makes it say there is given
// out as the answer to the next prompt, and every later answer comes one prompt late. So it has none.
const QUIRKS: Partial<Record<ClaudeConfig["package"], Record<string, string>>> = {
  "claude-code-acp": { CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: "1" },
};

// No turn that nobody asked for: the newer one would send /compact itself when a large context has been idle for 54 minutes.
// The longest delay a timer knows is never; who wants it sets another one in `harness.env`.
const NO_IDLE_COMPACTION = { [IDLE_COMPACTION_DELAY]: "2147483647" };

// The older one tells its commands nothing, and has one session.
const SESSION_VARIABLES: Partial<Record<ClaudeConfig["package"], string>> = {
  "claude-agent-acp": "CLAUDE_CODE_SESSION_ID",
};

/** `root` is where setup installs harnesses; `from` is the environment of this process. */
export function createClaude(o: {
  /** Read at every start, so that a changed setting holds from the next one on. */
  config: () => ClaudeConfig;
  root: string;
  from: Readonly<Record<string, string | undefined>>;
  /** Files and folders Claude may neither read nor write [none]; absolute. */
  closed?: () => readonly string[];
}): Harness {
  const home = path.dirname(o.root);
  const env = () => claudeEnvironment({ from: o.from, pass: o.config().passEnv, set: o.config().env });
  const launch = async (): Promise<Launch> => {
    const config = o.config();
    if (config.command) {
      const [command, ...args] = config.command;
      return { command, args, env: { ...NO_IDLE_COMPACTION, ...env() }, cwd: homedir() };
    }
    const harness = harnessPackages[config.package];
    const found = await locate({ root: o.root, harness, path: config.path, claude: config.claude });
    const quirks = QUIRKS[config.package] ?? {};
    const given = env();
    const claude = found.claude ?? given.CLAUDE_CODE_EXECUTABLE;
    const chosen = await executable({
      name: config.package,
      entry: found.entry,
      claude,
      run: path.join(home, "run"),
    });
    const sessionVariable = SESSION_VARIABLES[config.package];
    return {
      command: process.execPath,
      args: [...lowMemoryNodeArgs(path.join(home, "cache")), found.entry],
      env: { ...NO_IDLE_COMPACTION, ...quirks, ...given, ...chosen },
      cwd: homedir(),
      ...(sessionVariable === undefined ? {} : { sessionVariable }),
    };
  };
  const readLogin = latestLogin(async (signal) => {
    const settings = o.config();
    // Where a program of the user's own is logged in, it knows itself.
    if (settings.command) return undefined;
    const program = await findClaude({ root: o.root, settings, env: { ...o.from } });
    return program && (await askLogin(program, signal));
  });
  return claudeHarness({
    launch,
    env,
    readLogin,
    settingSources: () => o.config().settingSources,
    closed: o.closed ?? (() => []),
    // A program of the user's own may run it on another machine, in a container or as another user.
    elsewhere: () => o.config().command !== undefined,
  });
}

// Both adapters use the Claude Code they bring along unless this names another (docs/adapter-notes.md#versions-and-executables).
async function executable(o: {
  name: keyof typeof harnessPackages;
  entry: string;
  claude: string | undefined;
  run: string;
}): Promise<Record<string, string>> {
  const { name, entry, claude, run } = o;
  if (name === "claude-code-acp") return claude === undefined ? {} : { CLAUDE_CODE_EXECUTABLE: claude };
  const used = claude ?? (await bundledClaude(entry, harnessPackages[name].bundled));
  return used === undefined ? {} : await authStatusShim({ claude: used, dir: run });
}

// The one that came along; undefined where there are two (glibc and musl), between which the adapter chooses.
async function bundledClaude(entry: string, bundled: readonly string[]): Promise<string | undefined> {
  const folders: string[] = [];
  for (let at = path.dirname(entry); at !== path.dirname(at); at = path.dirname(at))
    folders.push(path.join(at, "node_modules"));
  for (const folder of folders) {
    const files = bundled.map((file) => path.join(folder, file));
    const runnable = await Promise.all(files.map(isExecutable));
    const found = files.filter((_, at) => runnable[at]);
    if (found.length > 0) return found.length === 1 ? found[0] : undefined;
  }
  return undefined;
}
