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

/** `root` is where setup installs harnesses; `from` is the environment of this process. */
export function createClaude(o: {
  config: ClaudeConfig;
  root: string;
  from: Readonly<Record<string, string | undefined>>;
}): Harness {
  const { config, root } = o;
  const env = claudeEnvironment({ from: o.from, pass: config.passEnv, set: config.env });
  const launch = async (): Promise<Launch> => {
    if (config.command) {
      const [command, ...args] = config.command;
      return { command, args, env, cwd: homedir() };
    }
    const harness = harnessPackages[config.package];
    const found = await locate({ root, harness, path: config.path, claude: config.claude });
    // Both adapters use the Claude Code they bring along unless this names another (acp-adapters.md, head).
    const claude = found.claude === undefined ? {} : { CLAUDE_CODE_EXECUTABLE: found.claude };
    return { command: process.execPath, args: [found.entry], env: { ...env, ...claude }, cwd: homedir() };
  };
  return claudeHarness({ launch, env, settingSources: config.settingSources });
}
