// The operations that look at jobs: `jobs`, `output`, `stats`.
import { z } from "zod";
import { asText, plain, prose } from "../../../common/text.ts";
import { blockLines } from "../../jobs/block-text.ts";
import { costText, durationText, isLive } from "../../jobs/job.ts";
import { age, secondsSince } from "../age.ts";
import { defineOperation, type Operation } from "../define.ts";
import { type JobPorts, type JobView, jobFor, jobRef, jobsFor, jobView, stateText, viewOf } from "./ports.ts";

const PROMPT_WIDTH = 80;
const SHORT = 10;

const listInput = z.strictObject({
  which: z
    .enum(["running", "ended", "all"], { error: "must be running, ended or all" })
    .default("all")
    .describe("running, ended or all.")
    .meta({ value: "WHICH", positional: true }),
});
const listResult = z.object({ jobs: z.array(jobView), more: z.int().optional() });

export function jobsOperation(ports: JobPorts): Operation<typeof listInput, typeof listResult> {
  return defineOperation({
    name: "jobs",
    summary: "List the background jobs, the newest first: name, state, duration, cost, directory.",
    input: listInput,
    result: listResult,
    effect: "read",
    ownerOnly: true,
    unattended: true,
    run: async ({ which }, context) => {
      const all = jobsFor(ports, context).filter(
        (job) => !job.moved && (which === "all" || isLive(job) === (which === "running")),
      );
      const shown = context.caller.is === "chat" ? all.slice(0, SHORT) : all;
      const jobs = await Promise.all(shown.map((job) => viewOf(ports, job)));
      const more = all.length - shown.length;
      return { jobs, ...(more > 0 ? { more } : {}) };
    },
    text: ({ jobs, more }) => {
      if (jobs.length === 0) return "There are no jobs. /cc run PROMPT launches one.";
      const lines = jobs.map(jobLines);
      return [...lines, ...(more === undefined ? [] : [`… and ${more} more.`])].join("\n");
    },
  });
}

function jobLines(view: JobView): string {
  const when = view.endedAt === undefined ? "" : `, ended ${age(secondsSince(view.endedAt))} ago`;
  const head = `${prose(plain(view.name, 60))} (${view.id}) · ${stateText(view)}${when} · ${asText(plain(view.cwd, 120))}`;
  return `${head}\n  ${prose(plain(view.prompt, PROMPT_WIDTH))}`;
}

const outputInput = z.strictObject({
  ref: jobRef,
  lines: z.coerce.number().int().min(1).max(2_000).default(50).describe("How many lines, from the end."),
  full: z.boolean().default(false).describe("Everything that is kept: up to 200 blocks."),
});
const outputResult = z.object({
  job: jobView,
  lines: z.array(z.string()),
  /** The number of the newest block. */
  last: z.int(),
});

export function outputOperation(ports: JobPorts): Operation<typeof outputInput, typeof outputResult> {
  return defineOperation({
    name: "output",
    summary: "Show what a job said and did, from the end.",
    input: outputInput,
    result: outputResult,
    effect: "read",
    ownerOnly: true,
    unattended: true,
    run: async ({ ref, lines, full }, context) => {
      const job = jobFor(ports, ref, context);
      const blocks = await ports.jobs().output(job).all();
      const all = blocks.flatMap(blockLines);
      return {
        job: await viewOf(ports, job),
        lines: full ? all : all.slice(-lines),
        last: blocks.at(-1)?.n ?? 0,
      };
    },
    text: ({ job, lines }) => {
      const head = `${prose(plain(job.name, 60))} (${job.id}) · ${stateText(job)}`;
      return lines.length === 0 ? `${head}\nNothing was said yet.` : `${head}\n\n${lines.join("\n")}`;
    },
  });
}

const statsInput = z.strictObject({});
const statsResult = z.object({
  /** How many were ever launched. */
  launched: z.int(),
  byState: z.record(z.string(), z.int()),
  /** Of those that ended and are remembered, in milliseconds; absent where there are none. */
  averageDurationMs: z.number().optional(),
  cost: z.number(),
  currency: z.string(),
  dearest: z.object({ id: z.string(), name: z.string(), cost: z.number() }).optional(),
});

export function statsOperation(ports: JobPorts): Operation<typeof statsInput, typeof statsResult> {
  return defineOperation({
    name: "stats",
    summary: "Count the jobs: how many, how they ended, how long they took, what they cost.",
    input: statsInput,
    result: statsResult,
    effect: "read",
    ownerOnly: true,
    unattended: true,
    run: async (_, context) => {
      const jobs = jobsFor(ports, context);
      const ended = jobs.filter((job) => !isLive(job));
      const durations = ended.flatMap(({ cycleAt, endedAt }) =>
        endedAt === undefined ? [] : [Date.parse(endedAt) - Date.parse(cycleAt)],
      );
      const groups = Map.groupBy(jobs, ({ state }) => state);
      const [dearest] = jobs.toSorted((a, b) => (b.cost ?? 0) - (a.cost ?? 0));
      return {
        launched: ports.jobs().launched,
        byState: Object.fromEntries([...groups].map(([state, some]) => [state, some.length])),
        ...(durations.length === 0
          ? {}
          : { averageDurationMs: durations.reduce((sum, one) => sum + one, 0) / durations.length }),
        cost: jobs.reduce((sum, { cost = 0 }) => sum + cost, 0),
        currency: jobs.find(({ currency }) => currency !== undefined)?.currency ?? "USD",
        ...(dearest?.cost === undefined
          ? {}
          : { dearest: { id: dearest.id, name: dearest.name, cost: dearest.cost } }),
      };
    },
    text: (stats) => {
      const states = Object.entries(stats.byState).map(([state, count]) => `${count} ${state}`);
      const { averageDurationMs: average, dearest } = stats;
      return [
        `${stats.launched} launched; remembered: ${states.join(", ") || "none"}`,
        ...(average === undefined ? [] : [`average: ${durationText(average)}`]),
        ...(stats.cost === 0 ? [] : [`cost: ${costText(stats)}`]),
        ...(dearest === undefined
          ? []
          : [
              `dearest: ${prose(plain(dearest.name, 60))} (${costText({ ...dearest, currency: stats.currency })})`,
            ]),
      ].join("\n");
    },
  });
}
