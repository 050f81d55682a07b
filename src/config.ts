// The settings a user gives under plugins.entries.contractor.config: one schema for the whole plugin.
// The manifest's configSchema (scripts/manifest.ts) and docs/configuration.md (scripts/docs.ts) are generated from it.

import { z } from "zod";
import { claudeSettings } from "../adapters/claude/settings.ts";
import { HARNESS } from "../adapters/kinds.ts";
import { absolutePath } from "../common/absolute-path.ts";
import { Failure } from "../common/failure.ts";
import { allowedForm, describeIssue } from "./config-faults.ts";

const text = z.string().min(1);
// The form the host gives every agent id (openclaw normalizeAgentId): an upper-case id here would never match.
const agentId = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, {
  error: "must be an agent id (lower-case letters, digits, - and _)",
});

const permissionMode = z.enum(["ask", "acceptEdits", "plan", "readOnly", "bypassPermissions"]);
const delivery = z.enum(["live", "final"]);

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
    .describe(
      `How long ${HARNESS.name} may take to stop a cancelled turn, in seconds, before its process is killed.`,
    ),
  stallSeconds: z
    .number()
    .min(1)
    .max(86_400)
    .default(300)
    .describe(
      `Silence after which the user is told that ${HARNESS.name} shows no sign of life, in seconds; after twice as long the turn is ended.`,
    ),
});

const approvals = z.strictObject({
  ask: z
    .enum(["auto", "native", "reply"])
    .default("auto")
    .describe(
      "How people are asked: native shows the channel's buttons, reply asks in words and takes the next message as the answer, auto does both and takes whichever comes first.",
    ),
  always: z
    .enum(["session", "workspace", "agent"])
    .default("workspace")
    .describe(
      "How far an answer of always goes: session only this conversation, workspace every conversation of the agent, for a command in the same folder, agent commands in every folder as well.",
    ),
  timeoutSeconds: z
    .number()
    .min(1)
    .max(600)
    .default(600)
    .describe("How long a question waits for an answer, in seconds; then it counts as a no."),
});

const files = z.strictObject({
  maxMegabytes: z
    .number()
    .min(0.1)
    .max(10_000)
    .default(50)
    .describe(
      `How large a file may be that is sent to ${HARNESS.name}, in megabytes; it is copied into .contractor/inbox in the session's directory, and a larger one is refused in the chat.`,
    ),
});

const instructions = text.max(20_000, "must be at most 20000 characters");
const budget = z.number().min(0.01).max(100_000);

const groups = z.strictObject({
  senderNames: z
    .boolean()
    .default(true)
    .describe(
      `Whether ${HARNESS.name} is told who writes, in a line in front of each message; only in conversations of several people.`,
    ),
});

const mirror = z.enum(["all", "answers", "off"]);

/** A conversation as a setting names it: `telegram|default|-1001234`, the same with colons, or its parts. */
const destination = z.union([
  z.string().regex(/^[a-z][\w-]*(?:\|[^|]+\|[^|]+|:[^:|]+:[^|]+)$/, {
    error: "must be channel|account|target, or an object with channel and to",
  }),
  z.strictObject({
    channel: text,
    to: text,
    accountId: text.exactOptional(),
    threadId: z.union([text, z.number()]).exactOptional(),
  }),
]);

const jobs = z.strictObject({
  max: z.int().min(1).max(50).default(5).describe("How many background jobs may be at work at once."),
  onFull: z
    .enum(["refuse", "queue"])
    .default("refuse")
    .describe(
      "What happens to a launch beyond `jobs.max`: refuse says which jobs are at work, queue begins it when one ends.",
    ),
  channels: z
    .record(absolutePath, destination)
    .default({})
    .describe(
      "Where jobs are told about that were launched from no chat, by directory; the longest one that a job's directory is in decides.",
    ),
  fallback: destination
    .exactOptional()
    .describe(
      "Where they are told about where `jobs.channels` names no place; without it such a launch is refused.",
    ),
  reminderMinutes: z
    .number()
    .min(0.01)
    .max(1_440)
    .default(10)
    .describe("After how many minutes people are reminded, once, of a job that still works."),
  unattendedReplies: z
    .int()
    .min(0)
    .max(1_000)
    .default(10)
    .describe("How many replies in a row an agent may give a job without a person's word."),
  unattended: z
    .boolean()
    .default(false)
    .describe("Whether an agent may launch jobs in turns that no person wrote: wake-ups, cron, heartbeats."),
});

const agent = z.strictObject({
  model: text.exactOptional().describe("The model of this agent's sessions, instead of `model`."),
  permissionMode: permissionMode
    .exactOptional()
    .describe(`What this agent's ${HARNESS.name} may do without asking, instead of \`permissionMode\`.`),
  delivery: delivery
    .exactOptional()
    .describe("How this agent's answers reach the chat, instead of `delivery`."),
  cwd: absolutePath
    .exactOptional()
    .describe(
      "The directory this agent's new sessions work in, instead of the one the agent was added with.",
    ),
  instructions: instructions
    .exactOptional()
    .describe("Standing instructions for this agent's new sessions, instead of `instructions`."),
  fallbackModel: text
    .exactOptional()
    .describe("The model this agent's sessions fall back to, instead of `fallbackModel`."),
  mirror: mirror
    .exactOptional()
    .describe(
      "What this agent's chats are shown of turns from elsewhere, instead of `mirror`; given here, it holds in groups too.",
    ),
  maxBudgetUsd: budget
    .exactOptional()
    .describe("What one session of this agent may cost, in US dollars, instead of `maxBudgetUsd`."),
});

/** Every setting, with its default and a sentence that explains it. Unknown keys are refused. */
export const settingsSchema = z.strictObject({
  harness: claudeSettings
    .prefault({})
    .describe(
      `How ${HARNESS.title} is launched: which adapter, from where, and what it may see of this machine.`,
    ),
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
      `The model of new sessions, as ${HARNESS.title} names it (for example sonnet or opus), with or without a provider prefix; without it, ${HARNESS.title} decides.`,
    ),
  fallbackModel: text
    .exactOptional()
    .describe(
      `The model ${HARNESS.name} goes on with while the chosen one is overloaded or not to be had; without it, the turn fails.`,
    ),
  instructions: instructions
    .exactOptional()
    .describe(
      `Standing instructions for every new session, behind ${HARNESS.title}'s own: how to write in a chat, for example, or what to leave alone.`,
    ),
  maxBudgetUsd: budget
    .exactOptional()
    .describe(
      `What one session may cost, in US dollars as ${HARNESS.title} reckons it; then it does nothing more until /new. With a subscription it is the worth of the tokens and not what you pay.`,
    ),
  permissionMode: permissionMode
    .default("ask")
    .describe(
      `What ${HARNESS.name} may do without asking: ask (everything that changes something is asked in the chat), acceptEdits (files may be edited, the rest is asked), plan (only read and plan; the plan is asked), readOnly (every change is refused), bypassPermissions (everything: whoever can write to the chat can then run anything on this machine).`,
    ),
  approvals: approvals.prefault({}).describe(`How people are asked before ${HARNESS.name} does something.`),
  delivery: delivery
    .default("live")
    .describe(
      "How answers reach the chat: live posts each paragraph as it is complete, final posts once at the end.",
    ),
  longOutput: z
    .enum(["split", "tail"])
    .default("split")
    .describe(
      "What happens to a long answer where `delivery` is final: split posts all of it, in as many messages as needed, tail posts the last 2000 characters and how to see the rest.",
    ),
  progress: z
    .enum(["quiet", "normal", "verbose"])
    .default("normal")
    .describe(
      `What a chat sees of a turn beside ${HARNESS.name}'s words: quiet nothing, normal a line when ${HARNESS.name} has been silent for a minute, verbose a line for each tool it uses and each step of its list.`,
    ),
  mirror: mirror
    .default("all")
    .describe(
      `What a chat is shown of turns that were begun elsewhere in its session (web page, terminal, editor, another chat): all the words and the answer, answers only where it came from and the answer, off nothing but questions. A group is shown no more than answers of what was written where nobody else reads, unless the agent's own setting says all.`,
    ),
  footer: z
    .enum(["off", "on"])
    .default("off")
    .describe("Whether a line under each answer shows its model, time, tokens and cost."),
  files: files.prefault({}).describe("Limits for files that people send."),
  jobs: jobs.prefault({}).describe("Background jobs."),
  groups: groups.prefault({}).describe("Conversations of several people."),
  idleMinutes: z
    .number()
    .min(0.02)
    .max(10_080)
    .default(30)
    .describe(
      "How long a session may be idle, in minutes, before its process is stopped; the next message resumes it with its memory.",
    ),
  maxProcesses: z
    .int()
    .min(1)
    .max(100)
    .default(8)
    .describe(
      `How many ${HARNESS.name} processes may live at once; beyond it the session idle longest is parked, and if all are working, a message waits.`,
    ),
  maxPersistedSessions: z
    .int()
    .min(1)
    .max(10_000)
    .default(50)
    .describe("How many closed sessions an agent's session map stores; the oldest are removed first."),
  whileBusy: z
    .enum(["queue", "steer"])
    .default("queue")
    .describe(
      `What happens to a message that arrives while ${HARNESS.name} works: queue runs it afterwards, steer gives it to ${HARNESS.name} at once, within the running turn.`,
    ),
  phrases: z
    .boolean()
    .default(true)
    .describe(
      "Whether plain phrases such as `cc status`, `start claude code` or 打开cc are commands; only as a whole message.",
    ),
  timeouts: timeouts.prefault({}).describe("How long the plugin waits before it gives up on something."),
  turns: z
    .enum(["released", "held"])
    .default("released")
    .describe(
      `Whether a chat stays reachable while ${HARNESS.name} works: released accepts messages at once, held makes the channel wait for each answer. Keep released, unless you are looking for a fault.`,
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
  const faults = new Set(result.error.issues.flatMap((issue) => describeIssue(issue, settingsSchema)));
  throw new Failure({
    code: "invalid",
    message: `The contractor settings are not valid: ${[...faults].join("; ")}.`,
    next: { say: "Correct plugins.entries.contractor.config; docs/configuration.md explains every setting." },
  });
}

/** The settings that hold for one agent: its own entry under `agents` wins over the general ones. */
export function settingsFor(settings: Settings, agentId: string): AgentSettings {
  const { agents, ...general } = settings;
  return Object.hasOwn(agents, agentId) ? { ...general, ...agents[agentId] } : general;
}
