// The sessions and the harness behind them, put together from settings and host; for a gateway, and for one CLI command.
import { join } from "node:path";
import type { OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";
import type { Log } from "../../common/log.ts";
import type { Identity } from "../../state/identity.ts";
import type { Settings } from "../config.ts";
import { groundOf } from "../host/closed-ground.ts";
import { defaultsOf, mapsOf } from "../host/engine-ports.ts";
import type { Asker, Broker } from "../permission/question.ts";
import type { SessionDefaults } from "../session/parts.ts";
import { leaseBook } from "../session/process/lease-book.ts";
import { type SessionLimits, Sessions, type SessionsParts } from "../session/sessions.ts";
import { trustOf } from "./create-trust.ts";
import { harnessesOf } from "./harnesses.ts";

export interface SessionsOptions {
  api: Pick<OpenClawPluginApi, "runtime">;
  /** The settings of the moment. */
  settings: () => Settings;
  /** `<OpenClaw state dir>/contractor`. */
  home: string;
  log: Log;
}

/** What a gateway adds: people to ask, and their conversations. A CLI command has none. */
interface GatewayServices {
  broker: Broker & Asker;
  placesOf?: SessionsParts["placesOf"];
  audienceOf?: SessionsParts["audienceOf"];
  /** What a session runs with instead of its agent's settings. */
  defaultsFor?: (identity: Identity, defaults: SessionDefaults) => SessionDefaults;
}

const HEADLESS: GatewayServices = {
  broker: {
    decide: async () => ({ answer: { outcome: { outcome: "cancelled" } } }),
    elicit: async () => ({ action: "decline" }),
    used: async () => {},
  },
};

const REAP_GRACE_MS = 2_000;

export function createSessions({ api, settings, home, log }: SessionsOptions, services = HEADLESS) {
  const harnessOf = harnessesOf({ api, settings, home });
  const leases = leaseBook({ dir: join(home, "leases"), graceMs: REAP_GRACE_MS, log });
  const sessions = new Sessions({
    harnessOf,
    leases,
    broker: services.broker,
    trustOf: (harness) => trustOf({ harness, home, ground: () => groundOf(api, harness.folders()) }),
    log,
    mapOf: mapsOf(api, log),
    defaultsOf: (identity) => {
      const defaults = defaultsOf({ api, settings: settings(), agentId: identity.agentId });
      return services.defaultsFor?.(identity, defaults) ?? defaults;
    },
    placesOf: services.placesOf,
    audienceOf: services.audienceOf,
    limits: limitsOf(settings()),
    now: () => new Date(),
  });
  return { sessions, leases };
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
