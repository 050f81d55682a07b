// The Claude Code program an adapter uses, and how it is run by itself.
import path from "node:path";
import { type HarnessLocation, locate } from "../provision/locate.ts";
import { findBundled } from "../provision/verify-install.ts";
import { claudeEnvironment } from "./environment.ts";
import { harnessPackages } from "./packages.ts";
import type { ClaudeConfig } from "./settings.ts";

export interface ClaudeProgram {
  file: string;
  /** Its argv, with Node in front where it is a script. */
  command: string[];
  env: Record<string, string>;
}

/** Where to look: `root` is where setup installs harnesses, `env` the environment of this process. */
export interface ClaudePlace {
  root: string;
  settings: {
    package: ClaudeConfig["package"];
    path?: string | undefined;
    claude?: string | undefined;
    env: Readonly<Record<string, string>>;
    passEnv: readonly string[];
  };
  env: NodeJS.ProcessEnv;
}

/** Undefined where the adapter has none. Throws what `locate` throws where there is no adapter. */
export async function findClaude(place: ClaudePlace): Promise<ClaudeProgram | undefined> {
  const { root, settings } = place;
  const harness = harnessPackages[settings.package];
  const found = await locate({ root, harness, path: settings.path, claude: settings.claude });
  return await claudeOf(found, place);
}

/** The same of an adapter that was found. */
export async function claudeOf(
  found: HarnessLocation,
  { settings, env: from }: Pick<ClaudePlace, "settings" | "env">,
): Promise<ClaudeProgram | undefined> {
  const harness = harnessPackages[settings.package];
  const packageDir = path.dirname(path.dirname(found.entry));
  const file = found.claude ?? (await findBundled({ packageDir, harness }));
  if (file === undefined) return undefined;
  const env = claudeEnvironment({ from, pass: settings.passEnv, set: settings.env });
  return { file, env, command: file.endsWith(".js") ? [process.execPath, file] : [file] };
}
