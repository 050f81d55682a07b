// The host's AcpRuntime over our sessions: it translates, and decides nothing.

import { type Identity, identityKey } from "../../state/identity.ts";
import type { SessionEntry } from "../../state/session-map.ts";
import type {
  AcpDoctorReport,
  AcpEnsureInput,
  AcpHandle,
  AcpRuntime,
  AcpTurnInput,
} from "../host/acp-contract.ts";
import { setMode, setOption, setProfile } from "../session/controls.ts";
import { PROFILE_KEY, PROFILES } from "../session/record/session-options.ts";
import { queued } from "../session/sentences.ts";
import type { Session } from "../session/session.ts";
import type { Sessions } from "../session/sessions.ts";
import { Stopped, sourceLabel } from "../session/source.ts";
import type { SessionStatus } from "../session/status.ts";
import type { Turn } from "../session/turn.ts";
import { whenItWaits } from "../session/waiting-turn.ts";
import { closeForHost } from "./closing.ts";
import { hostElicit } from "./elicit.ts";
import { controlError, ensureError } from "./errors.ts";
import { type Memory, refuseRedelivered } from "./redelivery.ts";
import { steerOr } from "./steering.ts";
import type { HeldSource } from "./turn-sources.ts";
import { heldTurn, legacyTurn } from "./turn-stream.ts";

export interface RuntimeParts {
  backendId: string;
  sessions: Sessions;
  /** Throws Failure when the name stands for no harness of ours: a contractor agent's id means its own. */
  requireHarness: (o: { name: string; owner: string }) => void;
  /** The agent a session key without an owner belongs to. */
  ownerOf: (sessionKey: string) => string;
  doctor: () => Promise<AcpDoctorReport>;
  /** Where a session is to work, given the directory the host names. */
  cwdOf: (session: Session, named: string | undefined) => Promise<string | undefined>;
  /** Where a held turn comes from. */
  sourceOf: (identity: Identity, turn: { requestId: string; text: string }) => HeldSource;
  /** Where the ids of a session's held turns are remembered. */
  memoryOf: (identity: Identity) => Memory;
  /** The host begins to reset this session. */
  onHostReset: (sessionKey: string) => Promise<void>;
}

const OPTION_KEYS = ["model", "thinking", PROFILE_KEY];

export function createRuntime(parts: RuntimeParts): AcpRuntime {
  const identityOf = (of: { agentId?: string; sessionKey: string }): Identity => ({
    agentId: of.agentId ?? parts.ownerOf(of.sessionKey),
    sessionKey: of.sessionKey,
  });
  const sessionOf = (handle: AcpHandle) => parts.sessions.of(identityOf(handle));
  const oneshots = new Set<string>();
  const isOneshot = (identity: Identity) => oneshots.has(identityKey(identity));
  const startTurn = (input: AcpTurnInput) => heldTurn(turnOf(parts, sessionOf(input.handle), input));
  return {
    ownerAwareSessions: 1,
    ensureSession: (input) => {
      const key = identityKey(identityOf(input));
      if (input.mode === "oneshot") oneshots.add(key);
      else oneshots.delete(key);
      return ensure(parts, identityOf(input), input);
    },
    startTurn,
    runTurn: (input) => legacyTurn(startTurn(input)),
    getCapabilities: async ({ handle }) => ({
      controls: ["session/set_mode", "session/set_config_option", "session/status"],
      configOptionKeys: [...new Set([...OPTION_KEYS, ...liveKeys(handle && sessionOf(handle))])],
    }),
    getStatus: async ({ handle }) => statusReport(await sessionOf(handle).status()),
    setMode: ({ handle, mode }) => setMode(sessionOf(handle).controls, mode).catch(rethrow),
    setConfigOption: async ({ handle, key, value }) => {
      const session = sessionOf(handle);
      await setKey(session, key, value).catch(rethrow);
      return {
        configOptions: (session.controls.live?.opened.configOptions ?? []).map(
          ({ id, currentValue, options }) => ({
            id,
            currentValue,
            options: options ?? [],
          }),
        ),
      };
    },
    doctor: parts.doctor,
    prepareFreshSession: async (input) => {
      const session = parts.sessions.of(identityOf(input));
      if (isOneshot(identityOf(input))) await session.close({ discard: true, reason: "reset" });
      else await session.reset("reset");
    },
    cancel: ({ handle, reason }) => sessionOf(handle).cancel(reason ?? "cancelled"),
    close: async ({ handle, reason, discardPersistentState: discard = false }) => {
      const session = sessionOf(handle);
      const oneshot = isOneshot(session.identity);
      const onReset = () => parts.onHostReset(handle.sessionKey);
      await closeForHost({ session, reason, discard, oneshot, onReset });
      if (discard) oneshots.delete(identityKey(session.identity));
    },
  };
}

async function ensure(parts: RuntimeParts, identity: Identity, input: AcpEnsureInput): Promise<AcpHandle> {
  try {
    parts.requireHarness({ name: input.agent, owner: identity.agentId });
    const session = parts.sessions.of(identity);
    const entry = await session.ensure({
      cwd: await parts.cwdOf(session, input.cwd),
      // An id that the host repeats by itself may be stale; only one that somebody asked for must exist.
      resume: input.resumeSessionId,
      resumeRequired: input.persistedHandle === undefined,
      model: input.modelExplicit ? input.model : undefined,
      thinking: input.thinking,
    });
    // A session just bound is likely to be spoken to; one the host merely remembers is left alone until it is.
    if (input.persistedHandle === undefined) session.warmAgain();
    return handleOf({ identity, entry, backend: parts.backendId });
  } catch (error) {
    throw ensureError(error);
  }
}

function handleOf(o: { identity: Identity; entry: SessionEntry; backend: string }): AcpHandle {
  const { identity, entry, backend } = o;
  return {
    ...identity,
    backend,
    runtimeSessionName: entry.backendSessionId,
    cwd: entry.cwd,
    backendSessionId: entry.backendSessionId,
    ...(entry.claudeSessionId && entry.prompted ? { agentSessionId: entry.claudeSessionId } : {}),
  };
}

function turnOf(parts: RuntimeParts, session: Session, input: AcpTurnInput): Turn {
  const start = (after?: Promise<unknown>) => prompt(parts, { session, input, after });
  return input.mode === "steer" ? steerOr(session, input.text, start) : start();
}

function prompt(
  parts: RuntimeParts,
  o: { session: Session; input: AcpTurnInput; after: Promise<unknown> | undefined },
): Turn {
  const { session, input, after } = o;
  const memory = parts.memoryOf(session.identity);
  const images = (input.attachments ?? [])
    .filter(({ mediaType }) => mediaType.startsWith("image/"))
    .map(({ mediaType, data }) => ({ mimeType: mediaType, data }));
  const admit = async () => {
    await after;
    return await refuseRedelivered(memory, input.requestId);
  };
  const elicit = hostElicit(input);
  const { source, shownByHost } = parts.sourceOf(session.identity, input);
  const { prompts: ahead } = session.activity;
  const turn = session.prompt({
    id: input.requestId,
    text: input.text,
    images,
    admit,
    beforeSubmit: () => memory.remember(input.requestId),
    audience: { is: "caller", ...(elicit ? { elicit } : {}) },
    source,
    shownByHost,
  });
  if (ahead > 0)
    whenItWaits(turn, () => {
      const { prompts, running } = session.activity;
      turn.emit({ type: "notice", text: queued(prompts - 1, running?.source) });
    });
  const stop = () => turn.cancel(new Stopped(`where it was begun (${sourceLabel(source)})`));
  if (input.signal?.aborted) stop();
  input.signal?.addEventListener("abort", stop, { once: true });
  return turn;
}

function liveKeys(session: Session | undefined): string[] {
  return session?.controls.live?.opened.configOptions.map(({ id }) => id).filter((id) => id !== "mode") ?? [];
}

async function setKey(session: Session, key: string, value: string): Promise<void> {
  if (key !== PROFILE_KEY) return await setOption(session.controls, key, value);
  const profile = PROFILES.find((known) => known === value);
  if (!profile) throw new Error(`"${value}" is no permission mode; it is one of: ${PROFILES.join(", ")}.`);
  await setProfile(session.controls, profile);
}

function statusReport(status: SessionStatus) {
  const { entry, state } = status;
  const details: Record<string, unknown> = {
    status: state,
    cwd: entry?.cwd,
    queued: status.queued,
    generation: entry?.generation,
    pid: status.adapterPid,
    ...(status.running.length > 0 ? { running: status.running } : {}),
    ...(status.servers.length > 0 ? { mcpServers: status.servers } : {}),
    ...(status.usage ? { context: `${status.usage.used} of ${status.usage.size} tokens` } : {}),
  };
  return {
    summary: `status=${state}${entry ? ` cwd=${entry.cwd}` : ""}${status.queued ? ` queued=${status.queued}` : ""}`,
    details,
    ...(entry ? { backendSessionId: entry.backendSessionId } : {}),
    ...(entry?.claudeSessionId && entry.prompted ? { agentSessionId: entry.claudeSessionId } : {}),
  };
}

function rethrow(error: unknown): never {
  throw controlError(error);
}
