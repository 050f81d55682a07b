// Makes the Claude Code harness from its settings: where its adapter is, and the environment it runs in.
import { homedir } from "node:os";
import type { Harness } from "../harness.ts";
import type { Launch } from "../process.ts";
import { locate } from "../provision/locate.ts";
import { claudeEnvironment } from "./environment.ts";
import { claudeHarness } from "./harness.ts";
import { harnessPackages } from "./packages.ts";

export interface ClaudeConfig {
  package: keyof typeof harnessPackages;
  path?: string;
  claude?: string;
  command?: readonly [string, ...string[]];
  settingSources: readonly string[];
  env: Readonly<Record<string, string>>;
  passEnv: readonly string[];
}

// The older adapter reads nothing of Claude Code between two prompts: what a background task makes it say there is given
// out as the answer to the next prompt, and every later answer comes one prompt late. So it has none.
const QUIRKS: Partial<Record<ClaudeConfig["package"], Record<string, string>>> = {
  "claude-code-acp": { CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: "1" },
};

/** `root` is where setup installs harnesses; `from` is the environment of this process. */
export function createClaude(o: {
  /** Read at every start, so that a changed setting holds from the next one on. */
  config: () => ClaudeConfig;
  root: string;
  from: Readonly<Record<string, string | undefined>>;
}): Harness {
  const env = () => claudeEnvironment({ from: o.from, pass: o.config().passEnv, set: o.config().env });
  const launch = async (): Promise<Launch> => {
    const config = o.config();
    if (config.command) {
      const [command, ...args] = config.command;
      return { command, args, env: env(), cwd: homedir() };
    }
    const harness = harnessPackages[config.package];
    const found = await locate({ root: o.root, harness, path: config.path, claude: config.claude });
    // Both adapters use the Claude Code they bring along unless this names another (acp-adapters.md, head).
    const claude = found.claude === undefined ? {} : { CLAUDE_CODE_EXECUTABLE: found.claude };
    const quirks = QUIRKS[config.package] ?? {};
    return {
      command: process.execPath,
      args: [found.entry],
      env: { ...quirks, ...env(), ...claude },
      cwd: homedir(),
    };
  };
  return claudeHarness({ launch, env, settingSources: () => o.config().settingSources });
}
