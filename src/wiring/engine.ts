// The engine behind the gateway: sessions, conversations and the ACP runtime, put together from settings and host.
import { join } from "node:path";
import type { OpenClawPluginApi, PluginLogger } from "openclaw/plugin-sdk/plugin-entry";
import { createClaude } from "../../adapters/claude/create.ts";
import { describe } from "../../adapters/failure.ts";
import { listInboxes, openInbox } from "../../state/inbox.ts";
import { createRuntime } from "../backend/runtime.ts";
import { type Settings, settingsFor } from "../config.ts";
import { Conversations } from "../delivery/conversations.ts";
import type { AcpDoctorReport } from "../host/acp-contract.ts";
import { keepBound } from "../host/bindings.ts";
import { defaultsOf, mapsOf, ownerOf, requireHarness } from "../host/engine-ports.ts";
import { hostLock } from "../host/lock.ts";
import { hostOutbound } from "../host/outbound.ts";
import { BACKEND } from "../operations/add.ts";
import { decide } from "../permission/broker.ts";
import { type SessionLimits, Sessions } from "../session/sessions.ts";
import { leaseBook } from "./leases.ts";

type Api = Pick<OpenClawPluginApi, "runtime">;

export interface EngineOptions {
  api: Api;
  settings: Settings;
  /** `<OpenClaw state dir>/contractor`. */
  home: string;
  log: Pick<PluginLogger, "info" | "warn" | "error">;
  /** The short form of the doctor, for `/acp doctor`. */
  doctor: () => Promise<AcpDoctorReport>;
}

export type Engine = ReturnType<typeof createEngine>;

const REAP_GRACE_MS = 2_000;

export function createEngine(o: EngineOptions) {
  const { api, settings, home, log } = o;
  const harness = createClaude({ config: settings.harness, root: join(home, "harness"), from: process.env });
  const leases = leaseBook({ dir: join(home, "leases"), graceMs: REAP_GRACE_MS });
  const sessions = new Sessions({
    harness,
    leases,
    broker: { decide: async (question) => decide(question) },
    mapOf: mapsOf(api, log),
    defaultsOf: (agentId) => defaultsOf({ api, settings, agentId }),
    limits: limitsOf(settings),
    now: () => new Date(),
  });
  const conversations = conversationsOf(o, sessions);
  const runtime = createRuntime({
    backendId: BACKEND,
    sessions,
    requireHarness: (name) => requireHarness(api, name),
    ownerOf: (sessionKey) => ownerOf(api, sessionKey),
    doctor: o.doctor,
    onHostReset: (sessionKey) =>
      keepBound(sessionKey, (error) =>
        log.warn(`contractor: a chat could not be bound again: ${describe(error)}`),
      ),
  });
  return {
    sessions,
    conversations,
    runtime,
    released: () => settings.turns === "released",
    /** Ends what a crashed gateway left behind, then goes on where it stopped. */
    async start(): Promise<void> {
      const reaped = await leases.reap();
      if (reaped > 0) log.info(`contractor: ended ${reaped} adapter(s) of a gateway that crashed`);
      await conversations.recover();
    },
    async stop(): Promise<void> {
      conversations.stop();
      await sessions.stop();
      await conversations.settle();
    },
  };
}

function limitsOf(settings: Settings): SessionLimits {
  const { sessionsPerAdapter, maxProcesses, maxPersistedSessions, idleMinutes, timeouts } = settings;
  return {
    sessionsPerAdapter,
    maxProcesses,
    maxPersistedSessions,
    idleMs: idleMinutes * 60_000,
    startMs: timeouts.startSeconds * 1000,
    cancelMs: timeouts.cancelSeconds * 1000,
    stallMs: timeouts.stallSeconds * 1000,
  };
}

function conversationsOf({ api, settings, home, log }: EngineOptions, sessions: Sessions): Conversations {
  const dir = join(home, "inbox");
  const onCorrupt = ({ kept }: { kept: string }) =>
    log.warn(`contractor: an inbox could not be read; it is kept as ${kept}`);
  const onRefused = (error: Error) => log.warn(`contractor: ${error.message}`);
  return new Conversations({
    sessions,
    outbound: hostOutbound(api),
    inboxOf: (identity) => openInbox({ dir, identity, lock: hostLock, onCorrupt }),
    inboxes: () => listInboxes({ dir, lock: hostLock, onCorrupt, onRefused }),
    modeOf: (agentId) => settingsFor(settings, agentId).delivery,
    now: () => new Date(),
    onLost: (error) => log.error(`contractor: an answer could not be delivered: ${describe(error)}`),
    onUnrecorded: (error) =>
      log.warn(`contractor: an answer is missing in the host's transcript: ${describe(error)}`),
  });
}
