// The settings of Claude Code as a harness; `harness` among those of the plugin.
import { z } from "zod";
import { absolutePath } from "../../common/absolute-path.ts";

const variableName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: "must be the name of an environment variable" });

export const claudeSettings = z.strictObject({
  package: z
    .enum(["claude-agent-acp", "claude-code-acp"])
    .default("claude-agent-acp")
    .describe(
      "Which adapter speaks to Claude Code: claude-agent-acp, or claude-code-acp, its older package.",
    ),
  path: absolutePath
    .exactOptional()
    .describe(
      "Folder of an adapter package that is already on this machine (the folder with its package.json); without it, the one that `openclaw contractor-agents setup` installed is used.",
    ),
  claude: absolutePath
    .exactOptional()
    .describe("Your own Claude Code executable, used instead of the one that comes with the adapter."),
  command: z
    .tuple([absolutePath], z.string())
    .exactOptional()
    .describe(
      "A custom ACP adapter: the absolute path of its program, then its arguments, a word each; used instead of package and path, and run without a shell.",
    ),
  settingSources: z
    .array(z.enum(["user", "project", "local"]))
    .default(["user", "project", "local"])
    .describe(
      "Which of Claude Code's own settings files apply: user (~/.claude), project (.claude/settings.json) and local (.claude/settings.local.json) together behave as in a terminal; the last two only in a directory that brings nothing that would run, or that an owner trusts (contractor-agents trust list).",
    ),
  env: z
    .record(variableName, z.string())
    .default({})
    .describe("Extra environment variables for Claude, by name; never shown in logs or errors."),
  passEnv: z
    .array(variableName)
    .default([])
    .describe(
      "Names of the gateway's own environment variables that Claude may see, beyond the few it needs to run and to log in; the rest are withheld, because they can hold the gateway's secrets.",
    ),
});

export type ClaudeConfig = Readonly<z.output<typeof claudeSettings>>;
