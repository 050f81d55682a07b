// A settings file of Claude Code in a directory: hooks, helper programs, variables, permissions, and whatever else is not known to be harmless.
import { dirname } from "node:path";
import { z } from "zod";
import type { Finds } from "./finds.ts";
import { withScripts } from "./programs.ts";

const object = z.record(z.string(), z.unknown());
const texts = z.array(z.string());

// What changes how Claude looks or talks, or only takes something away.
const HARMLESS = new Set(
  (
    "$schema model effortLevel alwaysThinkingEnabled outputStyle language includeCoAuthoredBy attribution " +
    "includeGitInstructions cleanupPeriodDays respectGitignore spinnerTipsEnabled spinnerVerbs prefersReducedMotion " +
    "companyAnnouncements disableAllHooks disabledMcpjsonServers disableSkillShellExecution disableBundledSkills " +
    "disableWorkflows disableClaudeAiConnectors autoMemoryEnabled promptSuggestionEnabled fastMode verbose"
  ).split(" "),
);
const HARMLESS_MODES = new Set(["default", "plan"]);
const HARMLESS_PERMISSIONS = new Set(["deny", "ask", "disableBypassPermissionsMode", "disableAutoMode"]);

const PROGRAMS = new Map(
  Object.entries({
    apiKeyHelper: "runs a program that gives the key Claude logs in with",
    awsAuthRefresh: "runs a program to log in to AWS",
    awsCredentialExport: "runs a program that gives AWS credentials",
    gcpAuthRefresh: "runs a program to log in to Google Cloud",
    otelHeadersHelper: "runs a program for telemetry",
    proxyAuthHelper: "runs a program to log in to a proxy",
    statusLine: "runs a program for the status line",
    subagentStatusLine: "runs a program for the status line",
    fileSuggestion: "runs a program to suggest files",
  }),
);
const OTHERS = new Map(
  Object.entries({
    enableAllProjectMcpServers: "starts all MCP servers of the directory without asking",
    enabledMcpjsonServers: "starts MCP servers of the directory without asking",
    enabledPlugins: "turns on plugins",
    extraKnownMarketplaces: "adds places to take plugins from",
  }),
);
const EVENTS = new Map(
  Object.entries({
    SessionStart: "when a session starts",
    SessionEnd: "when a session ends",
    UserPromptSubmit: "at every message",
    PreToolUse: "before Claude uses a tool, and may allow it in your place",
    PostToolUse: "after Claude used a tool",
    PermissionRequest: "when you are asked, and may answer in your place",
    Stop: "when Claude has answered",
  }),
);

export async function readSettings(finds: Finds, file: string): Promise<void> {
  const text = await finds.read(file);
  if (text === undefined) return;
  const settings = object.safeParse(parsed(text));
  if (!settings.success)
    return finds.add({ file, does: "is not valid JSON, so what it does is unknown", whole: text });
  const dir = dirname(dirname(file));
  for (const [key, value] of Object.entries(settings.data)) {
    if (HARMLESS.has(key)) continue;
    if (key === "hooks") await readHooks(finds, { file, dir, hooks: value });
    else if (key === "permissions") readPermissions(finds, file, value);
    else if (key === "env") readVariables(finds, file, value);
    else await readOther(finds, { file, dir, key, value });
  }
}

// By event: what runs, and when.
async function readHooks(finds: Finds, o: { file: string; dir: string; hooks: unknown }): Promise<void> {
  const { file, dir } = o;
  const events = object.safeParse(o.hooks);
  if (!events.success)
    return finds.add({ file, does: "has hooks in a form that is not known", whole: asText(o.hooks) });
  for (const [event, groups] of Object.entries(events.data)) {
    const when = EVENTS.get(event) ?? `at ${/^\w{1,40}$/.test(event) ? event : "some event"}`;
    for (const { told, whole } of hooksIn(groups))
      finds.add({
        file,
        does: `runs ${when}`,
        detail: told,
        whole: `${event} ${await withScripts(whole, dir)}`,
      });
  }
}

const group = z.looseObject({ hooks: z.array(z.unknown()) });
const hook = z.looseObject({
  command: z.string().optional(),
  url: z.string().optional(),
  prompt: z.string().optional(),
  args: z.array(z.unknown()).optional(),
});

function hooksIn(groups: unknown): { told: string; whole: string }[] {
  const list = z.array(z.unknown()).safeParse(groups);
  if (!list.success) return [{ told: asText(groups), whole: asText(groups) }];
  return list.data.flatMap((one) => {
    const read = group.safeParse(one);
    return (read.success ? read.data.hooks : [one]).map((entry) => {
      const known = hook.safeParse(entry);
      const { command, url, prompt, args = [] } = known.success ? known.data : {};
      const words = command === undefined ? (url ?? prompt) : [command, ...args.map(String)].join(" ");
      return { told: words ?? asText(entry), whole: `${words ?? ""} ${asText(one)}` };
    });
  });
}

function readPermissions(finds: Finds, file: string, value: unknown): void {
  const permissions = object.safeParse(value);
  if (!permissions.success) finds.add({ file, does: "sets permissions", whole: asText(value) });
  for (const [key, given] of Object.entries(permissions.data ?? {})) {
    if (HARMLESS_PERMISSIONS.has(key) || isEmpty(given)) continue;
    const list = texts.safeParse(given);
    const detail = list.success ? list.data.join(", ") : typeof given === "string" ? given : asText(given);
    if (key === "allow") finds.add({ file, does: "lets Claude do without asking", detail });
    else if (key === "additionalDirectories")
      finds.add({ file, does: "opens other directories to Claude", detail });
    else if (key === "defaultMode") {
      if (!HARMLESS_MODES.has(String(given))) finds.add({ file, does: "starts Claude in the mode", detail });
    } else finds.add({ file, does: "sets permissions", detail: `${key}: ${detail}` });
  }
}

// A value may be somebody's secret; an address is what has to be seen.
function readVariables(finds: Finds, file: string, value: unknown): void {
  const variables = object.safeParse(value);
  if (!variables.success) finds.add({ file, does: "sets variables", whole: asText(value) });
  for (const [name, given] of Object.entries(variables.data ?? {})) {
    const shown = /(?:URL|PROXY|HOST|ENDPOINT)$/i.test(name) ? `${name}=${String(given)}` : name;
    finds.add({
      file,
      does: "sets a variable for Claude and all it runs",
      detail: shown,
      whole: `${name}=${asText(given)}`,
    });
  }
}

async function readOther(
  finds: Finds,
  o: { file: string; dir: string; key: string; value: unknown },
): Promise<void> {
  const { file, dir, key, value } = o;
  if (isEmpty(value)) return;
  const command = z.union([z.string(), z.looseObject({ command: z.string() })]).safeParse(value);
  const detail = command.success
    ? typeof command.data === "string"
      ? command.data
      : command.data.command
    : asText(value);
  const does = PROGRAMS.get(key);
  const whole = `${key} ${await withScripts(asText(value), dir)}`;
  if (does !== undefined) return finds.add({ file, does, detail, whole });
  const other = OTHERS.get(key);
  if (other !== undefined) return finds.add({ file, does: other, detail, whole });
  finds.add({
    file,
    does: "sets something that is not known to be harmless",
    detail: `${key}: ${detail}`,
    whole,
  });
}

function isEmpty(value: unknown): boolean {
  if (value === false || value === null) return true;
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function asText(value: unknown): string {
  return JSON.stringify(value) ?? "";
}
