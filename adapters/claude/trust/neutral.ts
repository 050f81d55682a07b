// What a session is given beside its settings, so that nothing of a directory runs that no owner has trusted.
import { z } from "zod";
import type { ProjectUse } from "../../harness.ts";
import type { GitSetting } from "./git.ts";

/** Which of Claude Code's settings files apply, and the settings that win over all of them, as JSON. */
export interface SessionSettings {
  settingSources: readonly string[];
  settings: string;
}

const given = z.looseObject({
  permissions: z.looseObject({ ask: z.array(z.string()).optional() }).optional(),
  env: z.record(z.string(), z.string()).optional(),
});

/**
 * Without the directory's settings nothing of them is read (`settingSources`), and every git command is asked: git runs what
 * the repository's configuration names. Claude Code's own `git status` is left out, since it does the same: at the start, and
 * in plan mode where a model of its own decides what may run.
 */
export function sessionSettings(
  base: SessionSettings,
  o: {
    use: ProjectUse;
    /** The settings of the repository that have git run something. */
    git: readonly GitSetting[];
    /** The hooks of the user's own, for every repository. */
    hooks: string | undefined;
    /** The environment the session has. */
    env: Readonly<Record<string, string>>;
  },
): SessionSettings {
  if (o.use === "trusted") return base;
  const { permissions, env, ...rest } = given.parse(JSON.parse(base.settings));
  const variables = { ...env, ...gitVariables(o) };
  if (o.use === "harmless")
    return {
      ...base,
      settings: JSON.stringify({ ...rest, ...(permissions ? { permissions } : {}), env: variables }),
    };
  const ask = [...(permissions?.ask ?? []), "Bash(git:*)"];
  return {
    settingSources: base.settingSources.filter((source) => source === "user"),
    settings: JSON.stringify({
      ...rest,
      permissions: { ...permissions, ask },
      includeGitInstructions: false,
      useAutoModeDuringPlan: false,
      env: variables,
    }),
  };
}

// Settings in the environment win over those of any repository the session comes to, submodules included. An empty program is
// no program: git does without it, or fails.
function gitVariables(o: Parameters<typeof sessionSettings>[1]): Record<string, string> {
  const overrides = new Map([
    ["core.fsmonitor", "false"],
    ["core.hooksPath", o.hooks ?? "/dev/null"],
    ["safe.bareRepository", "explicit"],
  ]);
  for (const { key } of o.git) {
    const value = valueFor(key);
    if (value !== undefined && !/^core\.(fsmonitor|hookspath)$/i.test(key)) overrides.set(key, value);
  }
  const from = Number(o.env.GIT_CONFIG_COUNT ?? 0) || 0;
  const pairs = [...overrides].flatMap(([key, value], at) => [
    [`GIT_CONFIG_KEY_${from + at}`, key],
    [`GIT_CONFIG_VALUE_${from + at}`, value],
  ]);
  return { ...Object.fromEntries(pairs), GIT_CONFIG_COUNT: String(from + overrides.size) };
}

const FIXED: Readonly<Record<string, string>> = {
  "core.pager": "cat",
  "core.editor": "false",
  "sequence.editor": "false",
  "gpg.program": "false",
  "log.showsignature": "false",
};

// Undefined where nothing can be put over it: an included file is read all the same, and its settings are named one by one.
function valueFor(key: string): string | undefined {
  const name = key.toLowerCase();
  if (/^include(if)?\./.test(name)) return undefined;
  if (/\.required$/.test(name)) return "false";
  if (/^diff\..*\.textconv$/s.test(name)) return "cat";
  if (/^pager\./.test(name)) return "false";
  return FIXED[name] ?? "";
}
