// What `list` and `status` show: the configured contractor agents, their sessions on disk, and what the gateway says lives.
import { z } from "zod";
import { describe } from "../../../common/failure.ts";
import type { SessionEntry } from "../../../state/session-map.ts";
import { restingState } from "../../session/status.ts";

export type SurveyAgent = {
  id: string;
  workspace: string;
  contractor?: { cwd?: string | undefined; model?: string | undefined } | undefined;
};
export type LiveAnswer = { answered: true; value: unknown } | { answered: false; detail: string };

export interface SurveyPorts {
  agents(): readonly SurveyAgent[];
  sessions(workspace: string): Promise<SessionEntry[]>;
  /** Asks the gateway for `contractor.live`, with a short deadline; never rejects. */
  live(): Promise<LiveAnswer>;
  now(): number;
}

const pid = z.int().positive();
const liveSession = z.object({
  agentId: z.string(),
  sessionKey: z.string(),
  state: z.string(),
  claudeSessionId: z.string().optional(),
  cwd: z.string(),
  name: z.string().optional(),
  adapterPid: pid.optional(),
  queued: z.int().nonnegative(),
  lastActivityAt: z.union([z.iso.datetime(), z.number()]),
});
/** What the gateway method `contractor.live` answers. */
export const liveSchema = z.object({
  pid,
  sessions: z.array(liveSession),
  adapters: z.array(z.object({ pid, sessions: z.int().nonnegative() })),
});
type Live = z.output<typeof liveSchema>;

const sessionSchema = z.object({
  sessionKey: z.string(),
  name: z.string().optional(),
  state: z.string(),
  claudeSessionId: z.string().optional(),
  /** The one it was in before, where it has none now. */
  earlierSessionId: z.string().optional(),
  cwd: z.string(),
  createdAt: z.string().optional(),
  lastActivityAt: z.string(),
  ageSeconds: z.int(),
  adapterPid: pid.optional(),
  queued: z.int().optional(),
});
export const surveySchema = z.object({
  gateway: z.object({ running: z.boolean(), pid: pid.optional(), note: z.string().optional() }),
  agents: z.array(
    z.object({
      agentId: z.string(),
      contractor: z.boolean(),
      workspace: z.string(),
      cwd: z.string(),
      model: z.string().optional(),
      problem: z.string().optional(),
      sessions: z.array(sessionSchema),
    }),
  ),
  adapters: z.array(z.object({ pid, sessions: z.int() })),
});
export type Survey = z.output<typeof surveySchema>;
export type SurveySession = z.output<typeof sessionSchema>;

/** Contractor agents, and every other agent that has a session of ours; what the gateway says wins over the files. */
export async function survey(ports: SurveyPorts): Promise<Survey> {
  const [answer, agents] = await Promise.all([
    ports.live(),
    Promise.all(ports.agents().map((a) => onDisk(a, ports))),
  ]);
  const live = answer.answered ? liveSchema.safeParse(answer.value).data : undefined;
  const merged = agents.map((agent) => ({ ...agent.facts, sessions: merge(agent, live, ports.now()) }));
  return {
    gateway: gatewayOf(answer, live),
    agents: merged.filter((agent) => agent.contractor || agent.sessions.length > 0 || agent.problem),
    adapters: live?.adapters ?? [],
  };
}

type OnDisk = { facts: Omit<Survey["agents"][number], "sessions">; stored: SessionEntry[] };

async function onDisk(agent: SurveyAgent, ports: SurveyPorts): Promise<OnDisk> {
  const { cwd, model } = agent.contractor ?? {};
  const facts = {
    agentId: agent.id,
    contractor: agent.contractor !== undefined,
    workspace: agent.workspace,
    cwd: cwd ?? agent.workspace,
    ...(model === undefined ? {} : { model }),
  };
  try {
    const stored = await ports.sessions(agent.workspace);
    return { facts, stored: stored.filter((entry) => entry.agentId === agent.id) };
  } catch (error) {
    return { facts: { ...facts, problem: describe(error) }, stored: [] };
  }
}

function merge(agent: OnDisk, live: Live | undefined, now: number): SurveySession[] {
  const sessions = new Map(agent.stored.map((entry) => [entry.openclawSessionKey, fromFile(entry, now)]));
  for (const session of live?.sessions ?? []) {
    if (session.agentId !== agent.facts.agentId) continue;
    sessions.set(session.sessionKey, { ...sessions.get(session.sessionKey), ...fromGateway(session, now) });
  }
  return [...sessions.values()];
}

function fromFile(entry: SessionEntry, now: number): SurveySession {
  return {
    sessionKey: entry.openclawSessionKey,
    ...(entry.name === undefined ? {} : { name: entry.name }),
    state: restingState(entry),
    ...(entry.claudeSessionId === undefined ? {} : { claudeSessionId: entry.claudeSessionId }),
    ...(entry.claudeSessionId !== undefined || !entry.retired[0]
      ? {}
      : { earlierSessionId: entry.retired[0].claudeSessionId }),
    cwd: entry.cwd,
    createdAt: entry.createdAt,
    lastActivityAt: entry.lastActivityAt,
    ageSeconds: secondsSince(entry.lastActivityAt, now),
  };
}

function fromGateway({ agentId: _, ...session }: Live["sessions"][number], now: number): SurveySession {
  return {
    ...session,
    lastActivityAt: new Date(session.lastActivityAt).toISOString(),
    ageSeconds: secondsSince(session.lastActivityAt, now),
  };
}

function secondsSince(time: string | number, now: number): number {
  const then = new Date(time).getTime();
  return Number.isNaN(then) ? 0 : Math.max(0, Math.round((now - then) / 1000));
}

function gatewayOf(answer: LiveAnswer, live: Live | undefined): Survey["gateway"] {
  if (live) return { running: true, pid: live.pid };
  const why = answer.answered ? "the gateway answered something else than expected" : answer.detail;
  return { running: false, note: `No live view, this is what the files say: ${why}` };
}
