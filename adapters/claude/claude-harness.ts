// Claude Code as a harness, through either of its two ACP adapters (the second name is the older one of the same thing).
import { z } from "zod";
import { Failure } from "../../common/failure.ts";
import type { Connection } from "../connection.ts";
import type { Harness, OpenedSession, OpenRequest, PermissionProfile } from "../harness.ts";
import { type Launch, requireDirectory } from "../process.ts";
import { configFolder, denyRules } from "./denied.ts";
import { claudeFailure, isErrorEcho } from "./failures.ts";
import { modelIn, parseStatus } from "./harness-status.ts";
import { findSessionIds, lastPrompt } from "./known.ts";
import { withoutMentions } from "./mentions.ts";
import { modelOf } from "./models.ts";
import { retryNotice } from "./retries.ts";
import { chatReplacementFor } from "./screen-commands.ts";
import { FORWARDED, SDK_MESSAGE } from "./sdk-messages.ts";
import { planOptions, readTool, toolName } from "./tools.ts";
import { findAnswer, hasConversation, hasExternalWrites, markTranscript, originalCwd } from "./transcript.ts";
import { lookInto, takenUp } from "./trust/brings.ts";
import { usersHooks } from "./trust/git.ts";
import { type SessionSettings, sessionSettings } from "./trust/neutral.ts";
import { readConfigured, readList, readOpened } from "./wire.ts";

export interface ClaudeSettings {
  /** Resolves the adapter to start, at every start anew, so that a harness installed meanwhile is found. */
  launch: () => Promise<Launch>;
  /** The environment Claude runs in. */
  env: () => Readonly<Record<string, string>>;
  settingSources: () => readonly string[];
  /** Files and folders that are closed to it, in every profile; absolute, as they are now. */
  closed: () => readonly string[];
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

export function claudeHarness(settings: ClaudeSettings): Harness {
  const { env } = settings;
  return {
    kind: "claude",
    title: "Claude Code",
    usualModel: "default",
    extensions: [SDK_MESSAGE],
    folders: () => [configFolder(env())],
    launch: settings.launch,
    open: (connection, request) => open(connection, request, settings),
    release,
    setMode,
    setOption,
    modeOf: (profile) => MODES[profile],
    profileOf: (mode) => PROFILES[mode],
    readTool,
    toolName,
    planOptions,
    runsUnasked: (mode) => UNASKED.has(mode),
    optionOf: (session, key) => {
      const id = THINKING_KEYS.has(key) ? "effort" : key;
      return session.configOptions.find((option) => option.id === id);
    },
    modelOf,
    failure: claudeFailure,
    echoesError: isErrorEcho,
    words: withoutMentions,
    steer,
    chatReplacementFor: chatReplacementFor,
    isResetCommand: (text) => /^\/clear\s*$/.test(text),
    noticeOf: retryNotice,
    parseStatus: parseStatus,
    modelIn,
    list: async (connection, cwd) => readList(await connection.request("session/list", { cwd })),
    findSessionIds: (beginning) => findSessionIds({ env: env(), beginning }),
    lastPrompt: (session) => lastPrompt({ env: env(), ...session }),
    hasTranscript: (session) => hasConversation({ env: env(), ...session }),
    originalCwd: (session) => originalCwd({ env: env(), ...session }),
    markTranscript: (session) => markTranscript({ env: env(), ...session }),
    hasExternalWrites: (session, mark) => hasExternalWrites({ env: env(), ...session }, mark),
    findAnswer: (session, prompt) => findAnswer({ env: env(), ...session }, prompt),
    trust: { brings: (cwd) => lookInto({ cwd, sources: settings.settingSources(), env: env() }), takenUp },
  };
}

async function open(
  connection: Connection,
  request: OpenRequest,
  settings: ClaudeSettings,
): Promise<OpenedSession> {
  // Claude Code tells it by an error without a name, or as its answer to a prompt.
  await requireDirectory(request.cwd);
  const base = { cwd: request.cwd, mcpServers: [], _meta: await sessionMeta(connection, request, settings) };
  const { from } = request;
  if (from.is !== "resume") {
    const session = readOpened(
      await (from.is === "fork"
        ? connection.request("session/fork", { ...base, sessionId: from.id })
        : connection.request("session/new", base)),
    );
    request.listen(session.sessionId);
    return session;
  }
  const sessionId = from.id;
  request.listen(sessionId);
  if (connection.agent.agentCapabilities?.sessionCapabilities?.resume) {
    return readOpened(await connection.request("session/resume", { ...base, sessionId }), sessionId);
  }
  request.onReplay?.(true);
  try {
    return readOpened(await connection.request("session/load", { ...base, sessionId }), sessionId);
  } finally {
    request.onReplay?.(false);
  }
}

// promptSuggestions costs one more request to the main model after most turns, and nobody would see its answer.
async function sessionMeta(
  connection: Connection,
  request: OpenRequest,
  settings: ClaudeSettings,
): Promise<object> {
  const allowDangerouslySkipPermissions = request.options.profile === "bypassPermissions";
  const older = connection.agent.agentCapabilities?.sessionCapabilities?.close === undefined;
  const deny = denyRules({ closed: settings.closed(), env: settings.env() });
  // The older adapter always makes bypassPermissions available, and its Claude Code (2.1.44) then runs every tool without asking in
  // plan mode too.
  const noBypass =
    older && !allowDangerouslySkipPermissions ? { disableBypassPermissionsMode: "disable" } : {};
  // In plan mode the newer one lets its own model decide what runs, unless it is told not to.
  const guarded = JSON.stringify({ permissions: { deny, ...noBypass }, useAutoModeDuringPlan: false });
  const { settingSources, settings: given } = await projectSettings(request, settings, guarded);
  const extraArgs = { settings: given };
  if (older) return { claudeCode: { options: { settingSources, extraArgs } } };
  const options = { settingSources, promptSuggestions: false, allowDangerouslySkipPermissions, extraArgs };
  return { claudeCode: { emitRawSDKMessages: FORWARDED, options } };
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

async function release(connection: Connection, sessionId: string): Promise<void> {
  if (!connection.agent.agentCapabilities?.sessionCapabilities?.close) return;
  await connection.request("session/close", { sessionId });
}

async function setMode(connection: Connection, session: OpenedSession, mode: string): Promise<OpenedSession> {
  // The older adapter answers `{}` to a mode it does not offer, even to bypassPermissions; the list decides.
  if (!session.modes.includes(mode)) {
    throw new Failure({
      code: "refused",
      message: `Claude does not offer the mode "${mode}" here (it offers: ${session.modes.join(", ")}).`,
      ...(mode === "bypassPermissions"
        ? { next: { say: "As root, Claude Code offers it only with IS_SANDBOX=1." } }
        : {}),
    });
  }
  await connection.request("session/set_mode", { sessionId: session.sessionId, modeId: mode });
  return { ...session, mode };
}

async function setOption(
  connection: Connection,
  session: OpenedSession,
  option: { id: string; value: string },
): Promise<OpenedSession> {
  const { sessionId } = session;
  const hasOptions = session.configOptions.some((known) => known.id === "mode");
  const answered =
    option.id === "model" && !hasOptions
      ? await connection.request("session/set_model", { sessionId, modelId: option.value })
      : await connection.request("session/set_config_option", {
          sessionId,
          configId: option.id,
          value: option.value,
        });
  const configOptions =
    readConfigured(answered) ??
    session.configOptions.map((known) =>
      known.id === option.id ? { ...known, currentValue: option.value } : known,
    );
  return { ...session, configOptions };
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
