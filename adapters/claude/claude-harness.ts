// Claude Code as a harness, through either of its two ACP adapters (the second name is the older one of the same thing).
import { z } from "zod";
import { Failure } from "../../common/failure.ts";
import { openSession, releaseSession, setSessionMode, setSessionOption } from "../acp/sessions.ts";
import { readList } from "../acp/wire.ts";
import type { Connection } from "../connection.ts";
import type { Harness, LoginCapability, OpenedSession, OpenRequest, PermissionProfile } from "../harness.ts";
import type { Launch } from "../process.ts";
import { compactionNotice } from "./compaction.ts";
import { configFolder, denyRules } from "./denied.ts";
import { claudeFailure, isErrorEcho } from "./failures.ts";
import { modelIn, parseStatus } from "./harness-status.ts";
import { findSessionIds, lastPrompt } from "./known.ts";
import { withoutMentions } from "./mentions.ts";
import { modelOf } from "./models.ts";
import { CLAUDE } from "./name.ts";
import { retryNotice } from "./retries.ts";
import { chatReplacementFor } from "./screen-commands.ts";
import { FORWARDED, SDK_MESSAGE } from "./sdk-messages.ts";
import { settingsFaults } from "./settings-faults.ts";
import { isSubagent, parentOf, planOptions, readTool, toolName } from "./tools.ts";
import { findAnswer, hasConversation, hasExternalWrites, markTranscript, originalCwd } from "./transcript.ts";
import { lookInto, takenUp } from "./trust/brings.ts";
import { usersHooks } from "./trust/git.ts";
import { type SessionSettings, sessionSettings } from "./trust/neutral.ts";

export interface ClaudeSettings {
  /** Resolves the adapter to start, at every start anew, so that a harness installed meanwhile is found. */
  launch: () => Promise<Launch>;
  /** The environment Claude runs in. */
  env: () => Readonly<Record<string, string>>;
  settingSources: () => readonly string[];
  /** Files and folders that are closed to it, in every profile; absolute, as they are now. */
  closed: () => readonly string[];
  readLogin: LoginCapability["read"];
  /** Whether its transcripts may lie where this process cannot see them. */
  elsewhere: () => boolean;
}

const MODES: Record<PermissionProfile, string> = {
  ask: "default",
  readOnly: "default",
  acceptEdits: "acceptEdits",
  plan: "plan",
  bypassPermissions: "bypassPermissions",
};
const PROFILES: Partial<Record<string, PermissionProfile>> = {
  default: "ask",
  acceptEdits: "acceptEdits",
  plan: "plan",
  bypassPermissions: "bypassPermissions",
};
const UNASKED = new Set(["bypassPermissions", "auto", "dontAsk"]);
const THINKING_KEYS = new Set(["thinking", "effort", "reasoning_effort", "thought_level"]);

/** Milliseconds of idleness after which the newer adapter compacts a large context by itself (docs/adapter-notes.md#turns-and-steering). */
export const IDLE_COMPACTION_DELAY = "CLAUDE_AGENT_ACP_IDLE_COMPACT_DELAY_MS";

export function claudeHarness(settings: ClaudeSettings): Harness {
  const { env } = settings;
  return {
    ...CLAUDE,
    folders: () => [configFolder(env())],
    launch: settings.launch,
    open: async (connection, request) =>
      await openSession(connection, request, await sessionMeta(connection, request, settings)),
    release: releaseSession,
    setMode,
    addsFolders: true,
    modes: {
      of: (profile) => MODES[profile],
      profileOf: (mode) => PROFILES[mode],
      skipsApprovals: (mode) => UNASKED.has(mode),
    },
    readTool,
    failure: claudeFailure,
    options: {
      usualModel: "default",
      find: (session, key) => {
        const id = THINKING_KEYS.has(key) ? "effort" : key;
        return session.configOptions.find((option) => option.id === id);
      },
      modelOf,
      set: setSessionOption,
    },
    steering: { steer },
    plans: { options: planOptions },
    commands: { isReset: (text) => /^\/clear\s*$/.test(text), chatReplacementFor },
    signs: {
      extensions: [SDK_MESSAGE],
      noticeOf: (method, params) => retryNotice(method, params) ?? compactionNotice(method, params),
      parseStatus,
      toolName,
      parentOf,
      isSubagent,
      modelIn,
      echoesError: isErrorEcho,
    },
    settings: { faults: (cwd) => settingsFaults({ cwd, sources: settings.settingSources(), env: env() }) },
    mentions: { guard: withoutMentions },
    login: { read: settings.readLogin },
    transcripts: {
      list: async (connection, cwd) => readList(await connection.request("session/list", { cwd })),
      findIds: (beginning) => findSessionIds({ env: env(), beginning }),
      lastPrompt: (session) => lastPrompt({ env: env(), ...session }),
      has: (session) => hasConversation({ env: env(), ...session }),
      elsewhere: settings.elsewhere,
      originalCwd: (session) => originalCwd({ env: env(), ...session }),
      mark: (session) => markTranscript({ env: env(), ...session }),
      hasExternalWrites: (session, mark) => hasExternalWrites({ env: env(), ...session }, mark),
      findAnswer: (session, prompt) => findAnswer({ env: env(), ...session }, prompt),
    },
    trust: { brings: (cwd) => lookInto({ cwd, sources: settings.settingSources(), env: env() }), takenUp },
  };
}

// promptSuggestions costs one more request to the main model after most turns, and nobody would see its answer.
async function sessionMeta(
  connection: Connection,
  request: OpenRequest,
  settings: ClaudeSettings,
): Promise<object> {
  const { profile, folders = [], instructions, fallbackModel, budgetUsd } = request.options;
  const allowDangerouslySkipPermissions = profile === "bypassPermissions";
  const older = connection.agent.agentCapabilities?.sessionCapabilities?.close === undefined;
  const deny = denyRules({ closed: settings.closed(), env: settings.env() });
  // The older adapter always makes bypassPermissions available, and its Claude Code (2.1.44) then runs every tool without asking in
  // plan mode too.
  const noBypass =
    older && !allowDangerouslySkipPermissions ? { disableBypassPermissionsMode: "disable" } : {};
  // In plan mode the newer one lets its own model decide what runs, unless it is told not to.
  // Claude Code compacts what is idle too; that comes and goes with the adapter's.
  const idle = IDLE_COMPACTION_DELAY in settings.env() ? {} : { idleCompaction: false };
  const permissions = { deny, ...noBypass };
  const guarded = JSON.stringify({ permissions, useAutoModeDuringPlan: false, ...idle });
  const { settingSources, settings: given } = await projectSettings(request, settings, guarded);
  const extraArgs = { settings: given };
  // JSON leaves out what is undefined.
  const added = { fallbackModel, maxBudgetUsd: budgetUsd };
  const standing = instructions === undefined ? {} : { systemPrompt: { append: instructions } };
  if (older) {
    // It does not know the field ACP has for them.
    const additionalDirectories = folders.length > 0 ? { additionalDirectories: folders } : {};
    const options = { settingSources, extraArgs, ...added, ...additionalDirectories };
    return { ...standing, claudeCode: { options } };
  }
  const own = { settingSources, promptSuggestions: false, allowDangerouslySkipPermissions, extraArgs };
  return { ...standing, claudeCode: { emitRawSDKMessages: FORWARDED, options: { ...own, ...added } } };
}

async function projectSettings(
  { project: use, cwd }: OpenRequest,
  o: ClaudeSettings,
  guarded: string,
): Promise<SessionSettings> {
  const [settingSources, env] = [o.settingSources(), o.env()];
  const base = { settingSources, settings: guarded };
  if (use === "trusted") return base;
  const [{ git }, hooks] = await Promise.all([lookInto({ cwd, sources: [], env }), usersHooks(env)]);
  return sessionSettings(base, { use, git, hooks, env });
}

async function setMode(connection: Connection, session: OpenedSession, mode: string): Promise<OpenedSession> {
  if (session.modes.includes(mode)) return await setSessionMode(connection, session, mode);
  throw new Failure({
    code: "refused",
    message: `Claude does not offer the mode "${mode}" here (it offers: ${session.modes.join(", ")}).`,
    ...(mode === "bypassPermissions"
      ? { next: { say: "As root, Claude Code offers it only with IS_SANDBOX=1." } }
      : {}),
  });
}

// `_session/steering`: the adapter interrupts the answer and goes on with these words in the same turn (docs/adapter-notes.md#turns-and-steering).
async function steer(connection: Connection, sessionId: string, text: string): Promise<boolean> {
  if (!connection.agent._meta?.steering?.supported) return false;
  const answered = await connection.request("_session/steering", {
    sessionId,
    prompt: [{ type: "text", text }],
    _meta: { steering: { idleBehavior: "promptRequired" } },
  });
  return steered.safeParse(answered).success;
}

const steered = z.looseObject({ outcome: z.literal("injected") });
