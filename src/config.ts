// The settings a user gives under plugins.entries.contractor.config: one schema for the whole plugin.
// The manifest's configSchema (scripts/manifest.ts) and docs/configuration.md (scripts/docs.ts) are generated from it.
import { z } from "zod";
import { Failure } from "../adapters/failure.ts";

const pathError = { error: "must be an absolute path" };
const absolutePath = z.string(pathError).regex(/^(\/|[A-Za-z]:[\\/])/, pathError);
const text = z.string().min(1);
const variableName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: "must be the name of an environment variable" });
// The form the host gives every agent id (openclaw normalizeAgentId): an upper-case id here would never match.
const agentId = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, {
  error: "must be an agent id (lower-case letters, digits, - and _)",
});

const permissionMode = z.enum(["ask", "acceptEdits", "plan", "readOnly", "bypassPermissions"]);
const delivery = z.enum(["live", "final"]);

const harness = z.strictObject({
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
      "Which of Claude Code's own settings files apply: user (~/.claude), project (.claude/settings.json) and local (.claude/settings.local.json) together behave as in a terminal.",
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

const timeouts = z.strictObject({
  startSeconds: z
    .number()
    .min(1)
    .max(600)
    .default(60)
    .describe("How long a session may take to start, in seconds, before the user is told that it failed."),
  cancelSeconds: z
    .number()
    .min(0.1)
    .max(60)
    .default(3)
    .describe("How long Claude may take to stop a cancelled turn, in seconds, before its process is killed."),
});

const agent = z.strictObject({
  model: text.exactOptional().describe("The model of this agent's sessions, instead of `model`."),
  permissionMode: permissionMode
    .exactOptional()
    .describe("What this agent's Claude may do without asking, instead of `permissionMode`."),
  delivery: delivery
    .exactOptional()
    .describe("How this agent's answers reach the chat, instead of `delivery`."),
  cwd: absolutePath
    .exactOptional()
    .describe(
      "The directory this agent's new sessions work in, instead of the one the agent was added with.",
    ),
});

/** Every setting, with its default and a sentence that explains it. Unknown keys are refused. */
export const settingsSchema = z.strictObject({
  harness: harness
    .prefault({})
    .describe("How Claude Code is launched: which adapter, from where, and what it may see of this machine."),
  sessionsPerAdapter: z
    .int()
    .min(1)
    .max(32)
    .default(4)
    .describe(
      "How many sessions share one adapter process: more saves memory (about 105 MB for each further session), fewer means that a crash interrupts fewer conversations.",
    ),
  model: text
    .exactOptional()
    .describe(
      "The model of new sessions, as Claude Code names it (for example sonnet or opus), with or without a provider prefix; without it, Claude Code decides.",
    ),
  permissionMode: permissionMode
    .default("ask")
    .describe(
      "What Claude may do without asking: ask (reads only), acceptEdits (also edit files), plan (only plan), readOnly (refuse every change), bypassPermissions (everything: whoever can write to the chat can then run anything on this machine).",
    ),
  delivery: delivery
    .default("live")
    .describe(
      "How answers reach the chat: live posts each paragraph as it is complete, final posts once at the end.",
    ),
  timeouts: timeouts.prefault({}).describe("How long the plugin waits before it gives up on something."),
  turns: z
    .enum(["released", "held"])
    .default("released")
    .describe(
      "Whether a chat stays reachable while Claude works: released accepts messages at once, held makes the channel wait for each answer. Keep released, unless you are looking for a fault.",
    ),
  agents: z
    .record(agentId, agent)
    .default({})
    .describe("Settings of one agent that differ from those above, by agent id."),
});

export type Settings = z.output<typeof settingsSchema>;
export type AgentSettings = Omit<Settings, "agents"> & { cwd?: string };

/**
 * Reads the plugin's configuration as the host hands it over; nothing at all means every default.
 * @throws {Failure} "invalid", naming each wrong key and its allowed form. Values are never repeated: they can be secrets.
 */
export function parseSettings(raw: unknown): Settings {
  const result = settingsSchema.safeParse(raw ?? {}, { error: allowedForm });
  if (result.success) return result.data;
  const faults = new Set(result.error.issues.flatMap(describeIssue));
  throw new Failure({
    code: "invalid",
    message: `The contractor settings are not valid: ${[...faults].join("; ")}.`,
    next: "Correct plugins.entries.contractor.config; docs/configuration.md explains every setting.",
  });
}

/** The settings that hold for one agent: its own entry under `agents` wins over the general ones. */
export function settingsFor(settings: Settings, agentId: string): AgentSettings {
  const { agents, ...general } = settings;
  return Object.hasOwn(agents, agentId) ? { ...general, ...agents[agentId] } : general;
}

function describeIssue(issue: z.core.$ZodIssue): string[] {
  const path = issue.path.map(String);
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey([...path, key]));
  return [path.length === 0 ? `they ${issue.message}` : `"${path.join(".")}" ${issue.message}`];
}

/** What a value must be, in words, for the kinds of issue that have no sentence of their own in the schema. */
function allowedForm(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case "invalid_type":
      return `must be ${nouns[issue.expected] ?? issue.expected}`;
    case "invalid_value":
      return `must be one of ${issue.values.map((value) => JSON.stringify(value)).join(", ")}`;
    case "invalid_key":
      return issue.issues[0]?.message;
    case "too_small":
      return issue.origin === "string" || issue.origin === "array"
        ? "must not be empty"
        : `must be at least ${issue.minimum}`;
    case "too_big":
      return `must be at most ${issue.maximum}`;
    default:
      return undefined;
  }
}

const nouns: Partial<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  array: "a list",
  tuple: "a list whose first word is an absolute path",
  object: "an object",
  record: "an object",
};

function unknownKey(path: string[]): string {
  const guess = closest(path);
  return `"${path.join(".")}" is not a setting${guess ? ` (did you mean "${guess}"?)` : ""}`;
}

/** The nearest key of the same object; else the same word elsewhere, for a key that is only in the wrong place. */
function closest(path: string[]): string | undefined {
  const [word, parent] = [path.at(-1) ?? "", path.slice(0, -1).join(".")];
  const known = knownKeys(z.toJSONSchema(settingsSchema, { io: "input" }), []);
  const nearest = known
    .filter((key) => matches(key.slice(0, -1), path.slice(0, -1)))
    .map((key) => ({ key: key.at(-1) ?? "", distance: distance(key.at(-1) ?? "", word) }))
    .sort((a, b) => a.distance - b.distance)[0];
  if (nearest && nearest.distance <= 2) return parent ? `${parent}.${nearest.key}` : nearest.key;
  return known.find((key) => key.at(-1) === word && !key.includes("*"))?.join(".");
}

function knownKeys(schema: z.core.JSONSchema.BaseSchema, path: string[]): string[][] {
  const children = { ...schema.properties };
  if (typeof schema.additionalProperties === "object") children["*"] = schema.additionalProperties;
  return Object.entries(children).flatMap(([key, child]) => [
    [...path, key],
    ...(typeof child === "object" ? knownKeys(child, [...path, key]) : []),
  ]);
}

function matches(pattern: string[], path: string[]): boolean {
  return pattern.length === path.length && pattern.every((part, i) => part === "*" || part === path[i]);
}

/** Levenshtein distance without regard to case. */
function distance(left: string, right: string): number {
  const [a, b] = [left.toLowerCase(), right.toLowerCase()];
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const replaced = (row[j] ?? 0) + (letter === b[j] ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
