// Generates openclaw.plugin.json, what the host knows of us before it loads any code, from package.json and the settings schema.
// Fields: OpenClaw's documentation, page plugins/manifest. `--check` fails if the committed file is stale.
import { join } from "node:path";
import { JOB_COMMANDS } from "../common/commands.ts";
import { JOB_TOOLS } from "../src/surfaces/job-tools.ts";
import { generate, readPackage, root } from "./project.ts";
import { settingRows, settingsJsonSchema } from "./settings.ts";

type Hint = { label: string; advanced?: true; sensitive?: true; placeholder?: string };

const hints: Record<string, Hint> = {
  harness: { label: "Claude Code", advanced: true },
  "harness.package": { label: "Adapter package", advanced: true },
  "harness.path": { label: "Adapter folder", advanced: true },
  "harness.claude": { label: "Own Claude Code executable", placeholder: "/usr/local/bin/claude" },
  "harness.command": { label: "Custom adapter command", advanced: true },
  "harness.settingSources": { label: "Claude Code settings files", advanced: true },
  "harness.env": { label: "Environment variables for Claude", advanced: true, sensitive: true },
  "harness.passEnv": { label: "Gateway variables Claude may see", advanced: true },
  sessionsPerAdapter: { label: "Sessions per adapter process", advanced: true },
  model: { label: "Model", placeholder: "sonnet" },
  fallbackModel: { label: "Model to fall back to", placeholder: "haiku" },
  instructions: { label: "Standing instructions" },
  maxBudgetUsd: { label: "What one session may cost (US dollars)" },
  permissionMode: { label: "What Claude may do" },
  approvals: { label: "Approvals" },
  "approvals.ask": { label: "How people are asked" },
  "approvals.always": { label: "How far an always reaches" },
  "approvals.timeoutSeconds": { label: "How long a question waits (seconds)" },
  delivery: { label: "How answers arrive" },
  longOutput: { label: "Long answers" },
  progress: { label: "What is shown while Claude works" },
  mirror: { label: "What chats see of turns from elsewhere" },
  footer: { label: "Usage under each answer" },
  files: { label: "Files people send" },
  "files.maxMegabytes": { label: "Largest file (megabytes)" },
  jobs: { label: "Background jobs" },
  "jobs.max": { label: "Jobs at work at once" },
  "jobs.onFull": { label: "Launches beyond that" },
  "jobs.channels": { label: "Where jobs are told about, by directory" },
  "jobs.fallback": { label: "Where they are told about otherwise" },
  "jobs.reminderMinutes": { label: "Minutes before a reminder" },
  "jobs.unattendedReplies": { label: "Replies without a person" },
  "jobs.unattended": { label: "Launches without a person", advanced: true },
  groups: { label: "Groups" },
  "groups.senderNames": { label: "Tell Claude who writes" },
  idleMinutes: { label: "Idle minutes before a session is parked" },
  maxProcesses: { label: "Claude processes at once" },
  maxPersistedSessions: { label: "Closed sessions remembered", advanced: true },
  whileBusy: { label: "Messages while Claude works" },
  phrases: { label: "Plain phrases as commands" },
  timeouts: { label: "Timeouts", advanced: true },
  "timeouts.startSeconds": { label: "Start of a session (seconds)", advanced: true },
  "timeouts.cancelSeconds": { label: "Cancelling a turn (seconds)", advanced: true },
  "timeouts.stallSeconds": { label: "Silence before a turn is thought to hang (seconds)", advanced: true },
  turns: { label: "Turns", advanced: true },
  agents: { label: "Single agents" },
  "agents.*.model": { label: "Model" },
  "agents.*.fallbackModel": { label: "Model to fall back to" },
  "agents.*.instructions": { label: "Standing instructions" },
  "agents.*.mirror": { label: "What this agent's chats see of turns from elsewhere" },
  "agents.*.maxBudgetUsd": { label: "What one session may cost (US dollars)" },
  "agents.*.permissionMode": { label: "What Claude may do" },
  "agents.*.delivery": { label: "How answers arrive" },
  "agents.*.cwd": { label: "Working directory" },
};

const { description, version } = await readPackage();
const manifest = {
  id: "contractor",
  name: "Contractor",
  description,
  version,
  categories: ["agent-runtimes"],
  // The backend and the message hook must be there before the first message.
  activation: { onStartup: true },
  cliCommands: [
    {
      name: "contractor-agents",
      description: "Add, list and check agents whose work Claude Code does",
      hasSubcommands: true,
    },
  ],
  // So that the host recognises the command's name where a plugin id was meant (plugins.allow). Chat commands are
  // declared as they are registered: a declared but unregistered one would be announced as ours and answer nothing.
  commandAliases: [
    { name: "contractor-agents", cliCommand: "contractor-agents" },
    { name: "claude", kind: "runtime-slash" },
    { name: "cc", kind: "runtime-slash" },
    ...Object.keys(JOB_COMMANDS).map((name) => ({ name, kind: "runtime-slash" })),
  ],
  contracts: { tools: JOB_TOOLS.map(({ name }) => name) },
  skills: ["skills"],
  configSchema: settingsJsonSchema(),
  uiHints: uiHints(),
  configContracts: {
    dangerousFlags: [
      { path: "permissionMode", equals: "bypassPermissions" },
      { path: "agents.*.permissionMode", equals: "bypassPermissions" },
    ],
  },
  backupResources: [
    { disposition: "include", scope: "state", relativePath: "contractor/inbox" },
    { disposition: "include", scope: "state", relativePath: "contractor/jobs" },
    { disposition: "regenerable", scope: "state", relativePath: "contractor/harness" },
    { disposition: "regenerable", scope: "state", relativePath: "contractor/leases" },
    { disposition: "regenerable", scope: "state", relativePath: "contractor/bundles" },
  ],
};

await generate({
  file: join(root, "openclaw.plugin.json"),
  text: `${JSON.stringify(manifest, undefined, 2)}\n`,
});

function uiHints(): Record<string, Hint & { help: string }> {
  const rows = settingRows();
  const extra = Object.keys(hints).filter((key) => !rows.some((row) => row.key === key));
  if (extra.length > 0) throw new Error(`scripts/manifest.ts: no such setting: ${extra.join(", ")}`);
  return Object.fromEntries(
    rows.map(({ key, description: help }) => {
      const hint = hints[key];
      if (!hint) throw new Error(`scripts/manifest.ts: the setting "${key}" has no label.`);
      return [key, { ...hint, help }];
    }),
  );
}
