// What the operations on jobs need, and what they have in common: whose job it is, who replies to it, and how one reads.
import { z } from "zod";
import { Failure } from "../../../common/failure.ts";
import type { Job, JobOrigin } from "../../../state/jobs.ts";
import type { Route } from "../../../state/session-map.ts";
import type { SessionCatalog } from "../../catalog/catalog.ts";
import { costText, durationText, elapsedMs } from "../../jobs/job.ts";
import type { Jobs, Who } from "../../jobs/jobs.ts";
import type { Trust } from "../../session/folder-trust.ts";
import type { SessionDefaults } from "../../session/parts.ts";
import type { TurnSource } from "../../session/source.ts";
import { type Authorized, byWhom } from "../caller.ts";
import type { PendingReply } from "../session/start.ts";

export interface JobPorts {
  jobs: () => Jobs;
  catalog: () => SessionCatalog;
  trust: () => Trust;
  /** Throws Failure where it is not clear which agent is meant. */
  agentFor: (named: string | undefined) => string;
  /** What an agent's sessions begin with. */
  defaultsOf: (agentId: string) => SessionDefaults;
  /** Whether agents may launch jobs in turns that no person wrote. */
  unattended: () => boolean;
  /** Takes the next message there as the answer, where it reads as one. */
  expect: (place: Route, answer: PendingReply | undefined) => void;
}

export const jobRef = z
  .string()
  .min(1, "is empty")
  .describe("The job: its name, or its id or the beginning of it.")
  .meta({ value: "JOB", positional: true });

export const jobView = z.object({
  id: z.string(),
  name: z.string(),
  state: z.string(),
  agentId: z.string(),
  sessionKey: z.string(),
  prompt: z.string(),
  cwd: z.string(),
  model: z.string().optional(),
  once: z.boolean(),
  claudeSessionId: z.string().optional(),
  createdAt: z.string(),
  endedAt: z.string().optional(),
  /** Of its last cycle, in milliseconds. */
  durationMs: z.number(),
  cost: z.number().optional(),
  currency: z.string().optional(),
  lastWords: z.string().optional(),
  why: z.string().optional(),
});
export type JobView = z.output<typeof jobView>;

const PROMPT_SHOWN = 200;

export async function viewOf(ports: Pick<JobPorts, "catalog">, job: Job): Promise<JobView> {
  const { id, name, state, agentId, sessionKey, cwd, once, createdAt } = job;
  const entry = await ports.catalog().session({ agentId, sessionKey }).record.read();
  const { model, endedAt, cost, currency, lastWords, why } = job;
  return {
    ...{ id, name, state, agentId, sessionKey, cwd, once, createdAt },
    prompt: job.prompt.slice(0, PROMPT_SHOWN),
    durationMs: elapsedMs(job, new Date()),
    ...(model === undefined ? {} : { model }),
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(cost === undefined ? {} : { cost }),
    ...(currency === undefined ? {} : { currency }),
    ...(lastWords === undefined ? {} : { lastWords }),
    ...(why === undefined ? {} : { why }),
    ...(entry?.claudeSessionId === undefined ? {} : { claudeSessionId: entry.claudeSessionId }),
  };
}

/** `done · 3 min · $0.12`. */
export function stateText({ state, durationMs, cost, currency }: JobView): string {
  const money = costText({
    ...(cost === undefined ? {} : { cost }),
    ...(currency === undefined ? {} : { currency }),
  });
  return [state, durationText(durationMs), money].filter(Boolean).join(" · ");
}

/**
 * The job that is meant, where this caller may handle it: the owner any, an agent in a turn that no person wrote only those of
 * its session. Throws Failure `invalid` or `refused`.
 */
export function jobFor(ports: Pick<JobPorts, "jobs">, ref: string, { caller, may }: Authorized): Job {
  const job = ports.jobs().find(ref);
  if (may.own || caller.is !== "tool" || isOf(job, caller)) return job;
  const message =
    "That job was launched somewhere else; in a turn that no person wrote only those of this session can be handled.";
  throw new Failure({ code: "refused", message });
}

/** Those this caller may see. */
export function jobsFor(ports: Pick<JobPorts, "jobs">, { caller, may }: Authorized): Job[] {
  const all = ports.jobs().all();
  return may.own || caller.is !== "tool" ? all : all.filter((job) => isOf(job, caller));
}

function isOf({ origin }: Job, { sessionKey }: { sessionKey?: string }): boolean {
  return sessionKey !== undefined && origin.sessionKey === sessionKey;
}

/** Who launches a job, as it is remembered. */
export function originOf({ caller, route }: Authorized): JobOrigin {
  const place = route ? { place: route } : {};
  switch (caller.is) {
    case "chat":
      return { by: "person", ...(caller.by === undefined ? {} : { name: caller.by }), ...place };
    case "cli":
      return { by: "cli" };
    case "rpc":
      return { by: "gateway", ...(caller.client === undefined ? {} : { name: caller.client }) };
    case "tool": {
      const { agentId, sessionKey, sender } = caller;
      const session = sessionKey === undefined ? {} : { sessionKey };
      return { by: "agent", agentId, ...session, ...(sender === undefined ? {} : { sender }), ...place };
    }
  }
}

/** Who replies to a job or stops it. */
export function whoOf({ caller, may, route }: Authorized): Who {
  return {
    how: byWhom(caller),
    person: caller.is === "tool" ? caller.sender !== undefined : true,
    approver: may.approve,
    place: route,
    source: sourceOf(caller),
  };
}

function sourceOf(caller: Authorized["caller"]): TurnSource {
  switch (caller.is) {
    case "chat":
      return {
        is: "chat",
        where: caller.route?.channel ?? "chat",
        ...(caller.by === undefined ? {} : { by: caller.by }),
      };
    case "cli":
      return { is: "command line" };
    case "rpc":
      return { is: "gateway", ...(caller.client === undefined ? {} : { by: caller.client }) };
    case "tool":
      return { is: "agent", where: caller.agentId };
  }
}
