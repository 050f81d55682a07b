// The gateway methods `claude-code.*`: jobs in the parameters and results that programs of the field know.
import { z } from "zod";
import { Failure } from "../../common/failure.ts";
import { durationText } from "../jobs/job.ts";
import type { Caller } from "../operations/caller.ts";
import type { Operation } from "../operations/define.ts";
import { inSnakeCase, JOB_TOOLS, runJobTool } from "./job-tools.ts";

interface Method {
  method: string;
  tool: string;
  scope: "operator.read" | "operator.write";
  /** Other names of its parameters. */
  names?: Record<string, string>;
  shape: (result: never, text: string) => unknown;
}

const view = z.looseObject({
  id: z.string(),
  name: z.string(),
  state: z.string(),
  cwd: z.string(),
  prompt: z.string(),
  durationMs: z.number(),
  createdAt: z.string(),
  once: z.boolean(),
  model: z.string().optional(),
  cost: z.number().optional(),
  endedAt: z.string().optional(),
  claudeSessionId: z.string().optional(),
});
type View = z.infer<typeof view>;

const brief = ({ id, name, state, cost, durationMs }: View) => ({
  id,
  name,
  status: state,
  costUsd: cost ?? 0,
  durationMs,
});

export const METHODS: readonly Method[] = [
  {
    method: "claude-code.launch",
    tool: "claude_launch",
    scope: "operator.write",
    shape: ({ job }: { job: View }) => ({
      ...{ id: job.id, name: job.name, status: job.state, workdir: job.cwd, model: job.model ?? null },
    }),
  },
  {
    method: "claude-code.sessions",
    tool: "claude_sessions",
    scope: "operator.read",
    shape: ({ jobs }: { jobs: View[] }, display) => ({
      sessions: jobs.map((job) => ({
        ...brief(job),
        prompt: job.prompt,
        workdir: job.cwd,
        model: job.model ?? null,
        startedAt: job.createdAt,
        completedAt: job.endedAt ?? null,
        claudeSessionId: job.claudeSessionId ?? null,
        multiTurn: !job.once,
      })),
      count: jobs.length,
      display,
    }),
  },
  {
    method: "claude-code.kill",
    tool: "claude_kill",
    scope: "operator.write",
    names: { id: "session" },
    shape: ({ job, text }: { job: View; text: string }) => ({
      ...{ id: job.id, name: job.name, status: job.state, message: text },
    }),
  },
  {
    method: "claude-code.output",
    tool: "claude_output",
    scope: "operator.read",
    names: { id: "session" },
    shape: ({ job, lines }: { job: View; lines: string[] }) => ({
      ...brief(job),
      duration: durationText(job.durationMs),
      lines,
      lineCount: lines.length,
      result: lines.join("\n"),
    }),
  },
  {
    method: "claude-code.stats",
    tool: "claude_stats",
    scope: "operator.read",
    shape: (
      stats: {
        launched: number;
        byState: Record<string, number>;
        cost: number;
        averageDurationMs?: number;
        dearest?: unknown;
      },
      display,
    ) => ({
      totalCostUsd: stats.cost,
      sessionsByStatus: stats.byState,
      totalLaunched: stats.launched,
      averageDurationMs: stats.averageDurationMs ?? 0,
      mostExpensive: stats.dearest ?? null,
      display,
    }),
  },
];

/** Runs the method for a client of the gateway. Throws Failure where it was refused. */
export async function runMethod(
  operations: readonly Operation[],
  o: { method: string; params: unknown; caller: Caller; signal: AbortSignal },
): Promise<unknown> {
  const method = METHODS.find((one) => one.method === o.method);
  const tool = JOB_TOOLS.find(({ name }) => name === method?.tool);
  if (!method || !tool) throw new Failure({ code: "invalid", message: `There is no method ${o.method}.` });
  const { names = {} } = method;
  const params = Object.fromEntries(
    Object.entries(inSnakeCase(o.params)).map(([key, value]) => [names[key] ?? key, value]),
  );
  const { text, result } = await runJobTool(operations, { ...o, tool, params });
  if (result === undefined) throw new Failure({ code: "refused", message: text });
  return method.shape(result as never, text);
}
