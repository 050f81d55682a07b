// The heart of the plugin in one process, without a gateway: sessions over a real adapter, for tests of behaviour and faults.
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { createClaude } from "../../adapters/claude/create.ts";
import type { Harness, PermissionProfile } from "../../adapters/harness.ts";
import { isAlive } from "../../adapters/process-table.ts";
import { describe } from "../../common/failure.ts";
import { type Log, silentLog } from "../../common/log.ts";
import { conversationKey } from "../../src/host/conversation-binding.ts";
import { hostLock } from "../../src/host/file-lock.ts";
import type { AskingParts } from "../../src/permission/ask-parts.ts";
import { AwaitedReplies } from "../../src/permission/awaited-replies.ts";
import { PermissionBroker } from "../../src/permission/broker.ts";
import type { NativeApprovals } from "../../src/permission/native.ts";
import { Presses } from "../../src/permission/presses.ts";
import type { TurnResult } from "../../src/session/events.ts";
import type { SessionDefaults } from "../../src/session/parts.ts";
import type { LeaseBook } from "../../src/session/process/pool.ts";
import type { Session } from "../../src/session/session.ts";
import { type SessionLimits, Sessions } from "../../src/session/sessions.ts";
import type { PlacesOf, PromptInput, Turn } from "../../src/session/turn.ts";
import { trustOf } from "../../src/wiring/create-trust.ts";
import { openAudit } from "../../state/audit.ts";
import type { Identity } from "../../state/identity.ts";
import { openRules } from "../../state/rules.ts";
import { openSessionMap, type Route, type SessionMap } from "../../state/session-map.ts";
import { tempDir, until } from "./poll.ts";
import { familyOf, killAll } from "./processes.ts";
import { report } from "./report.ts";
import { SECOND, secondHarness } from "./second-kind/harness.ts";

export type AdapterName = "claude-agent-acp" | "claude-code-acp";

/** The real ones. */
export const BOTH: readonly AdapterName[] = ["claude-agent-acp", "claude-code-acp"];

/** The adapter a suite runs through: the newer one, or in the project "older" (`npm run test:long`) the other. */
export const ADAPTERS: readonly AdapterName[] = BOTH.slice(
  ...(process.env.CONTRACTOR_TEST_ADAPTER === "older" ? [1] : [0, 1]),
);

/** Both, and an agent that is no Claude at all: what holds for every kind of harness, in every run. */
export const RUNNERS: readonly (AdapterName | typeof SECOND)[] = [...BOTH, SECOND];

const FOLDERS: Record<AdapterName, string> = {
  "claude-agent-acp": "@agentclientprotocol/claude-agent-acp",
  "claude-code-acp": "@zed-industries/claude-code-acp",
};

const LIMITS: SessionLimits = {
  sessionsPerAdapter: 4,
  maxProcesses: 8,
  maxPersistedSessions: 50,
  startMs: 20_000,
  cancelMs: 3_000,
  stallMs: 300_000,
  idleMs: 30 * 60_000,
};

/** The host's approvals as far as they are asked here: they show every text as it is. */
export function nativeApprovals(request: NativeApprovals["request"]): NativeApprovals {
  return { request, shows: async () => true, tell: async () => true };
}

/** No surface to ask on. */
const NOBODY = nativeApprovals(async () => undefined);

export interface EngineOptions {
  adapter?: (typeof RUNNERS)[number];
  /** A program of its own in place of a real adapter: argv. */
  command?: readonly [string, ...string[]];
  /** A program of its own in place of Claude Code, under a real adapter. */
  claude?: string;
  env?: Record<string, string>;
  profile?: PermissionProfile;
  model?: string;
  /** The settings of the moment that hold for a session from its opening on. */
  standing?: () => Pick<SessionDefaults, "instructions" | "fallbackModel" | "maxBudgetUsd">;
  limits?: Partial<SessionLimits>;
  asking?: Partial<AskingParts>;
  /** The conversations that show every session, beside the one of a turn [none]. */
  places?: readonly Route[];
  leases?: LeaseBook;
  log?: Log;
  /** The folder of an earlier engine, to go on with what it left. */
  home?: string;
}

/** How a history is asked for where its words are compared. */
export const AS_IS = { assistant: "Claude", quoted: (text: string) => text };

export type TestEngine = Awaited<ReturnType<typeof startEngine>>;

export async function startEngine(o: EngineOptions = {}) {
  const home = o.home ?? (await tempDir("engine")).path;
  const cwd = join(home, "work");
  await mkdir(cwd, { recursive: true });
  const harness = harnessOf(home, o);
  const leased = new Set<number>();
  const replies = new AwaitedReplies(conversationKey);
  const followUps: string[] = [];
  const trust = trustOf({ harness, home, ground: () => ({ closed: [], open: [], home: "/" }) });
  const map: SessionMap = openSessionMap({ workspace: home, lock: hostLock });
  const sessions = new Sessions({
    harnessOf: () => harness,
    broker: new PermissionBroker({
      asking: { ...askingNobody(replies), ...o.asking },
      rulesOf: () => openRules({ file: join(home, "rules.json"), lock: hostLock }),
      audit: openAudit(join(home, "audit.jsonl")),
      reach: "workspace",
      now: () => new Date(),
      log: o.log ?? silentLog,
    }),
    trustOf: () => trust,
    log: o.log ?? silentLog,
    leases: o.leases ?? {
      take: async ({ pid }) => void leased.add(pid),
      release: async (pid) => void leased.delete(pid),
    },
    mapOf: () => map,
    defaultsOf: () => ({ cwd, model: o.model, profile: o.profile ?? "ask", ...o.standing?.() }),
    limits: { ...LIMITS, ...o.limits },
    placesOf: () => async (wanted) => around(wanted, o.places ?? []),
    now: () => new Date(),
  });
  sessions.read((_, { event }) => {
    if (event.type === "follow-up") followUps.push(event.text);
  });
  return {
    home,
    cwd,
    map,
    harness,
    sessions,
    replies,
    trust,
    /** What was to follow a turn. */
    followUps,
    leased,
    session: (sessionKey = "agent:cc:acp:one"): Session => sessions.of(identityOf(sessionKey)),
    /** What runs in the engine's folder now: the Claude Code of each live session, and what it started. */
    claudes: () => familyOf({ pid: undefined, folder: cwd }),
    /** Stops everything and removes the folder, unless a next engine is to go on with it. Throws if a process is left. */
    dispose: async (how: { keep?: boolean } = {}) => {
      const pids = sessions.adapters().map(({ pid }) => pid);
      await sessions.stop();
      for (const pid of pids) if (await isAlive(pid)) throw new Error(`adapter ${pid} outlived its engine`);
      await noneLeft(home);
      if (!how.keep) await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}

function around({ first, except }: Parameters<PlacesOf>[0], places: readonly Route[]): Route[] {
  const others = places.filter(({ to }) => to !== except?.to && to !== first?.to);
  return first ? [first, ...others] : others;
}

function askingNobody(replies: AwaitedReplies): AskingParts {
  const presses = new Presses(() => false);
  const unanswered = { note: () => () => {} };
  return { native: NOBODY, replies, presses, unanswered, mode: "auto", timeoutMs: 600_000, onKept: () => {} };
}

function harnessOf(home: string, o: EngineOptions): Harness {
  if (o.adapter === SECOND) return secondHarness({ cwd: join(home, "work"), env: o.env });
  const name = o.adapter ?? "claude-agent-acp";
  return createClaude({
    config: () => ({
      package: name,
      path: join(process.cwd(), "node_modules", FOLDERS[name]),
      settingSources: ["user", "project", "local"],
      env: o.env ?? {},
      passEnv: [],
      ...(o.command ? { command: [...o.command] } : {}),
      ...(o.claude ? { claude: o.claude } : {}),
    }),
    root: join(home, "harness"),
    from: process.env,
  });
}

/** A prompt, everything it said, and how it ended. */
export async function ask(session: Session, text: string, input: Partial<PromptInput> = {}): Promise<Said> {
  const turn = session.prompt({
    id: crypto.randomUUID(),
    text,
    images: [],
    audience: { is: "caller" },
    ...input,
  });
  return await listen(turn);
}

export interface Said {
  text: string;
  notices: string[];
  result: TurnResult;
}

export async function listen(turn: Turn): Promise<Said> {
  const from = Date.now();
  let text = "";
  const notices: string[] = [];
  turn.read((event) => {
    if (event.type === "text") text += event.text;
    if (event.type === "notice") notices.push(event.text);
  });
  const result = await turn.result;
  const failure = result.status === "failed" ? { failure: describe(result.failure) } : {};
  report({ from, to: Date.now(), status: result.status, notices, ...failure });
  return { result, text, notices };
}

async function noneLeft(folder: string): Promise<void> {
  const left = () => familyOf({ pid: undefined, folder });
  try {
    await until("what the engine started to end", () => left().length === 0, { withinMs: 5_000, seen: left });
  } finally {
    killAll(left().map(({ pid }) => pid));
  }
}

function identityOf(sessionKey: string): Identity {
  return { agentId: sessionKey.split(":")[1] ?? "cc", sessionKey };
}
