// The tool surface: what agents of the host can do with jobs, as tools; and the same as gateway methods of the names programs know.
// Both take their parameters in either spelling (`max_budget_usd`, `maxBudgetUsd`).
import { z } from "zod";
import { HARNESS } from "../../adapters/kinds.ts";
import { describe } from "../../common/failure.ts";
import { authorize } from "../operations/authorize.ts";
import type { Caller } from "../operations/caller.ts";
import { type Operation, readInput } from "../operations/define.ts";

export interface JobTool {
  name: string;
  description: string;
  /** What it takes, as it is told to models; snake_case. */
  parameters: z.ZodObject;
  /** The operation it is a face of, and how its input is made. */
  operation: string;
  input: (given: Record<string, unknown>) => Record<string, unknown>;
  /** Said behind the answer, where something given was not used. */
  note?: (given: Record<string, unknown>) => string | undefined;
}

const session = z.string().describe("The job: its name, or its id.");

export const JOB_TOOLS: readonly JobTool[] = [
  {
    name: "claude_launch",
    description: `Launch ${HARNESS.title} in the background on a coding job: fix, build, review, refactor or investigate in a directory of this machine. Returns at once with the job's name; the person is told in the chat when it is done or asks something.`,
    parameters: z.object({
      prompt: z.string().describe(`What is to be done, with all ${HARNESS.title} needs to know.`),
      name: z.string().optional().describe("A short name to find it by."),
      workdir: z.string().optional().describe("The directory to work in: a whole path."),
      model: z.string().optional().describe("The model, such as sonnet or opus."),
      max_budget_usd: z.number().optional().describe("What it may cost, in US dollars."),
      system_prompt: z.string().optional().describe("Standing instructions for this job."),
      allowed_tools: z
        .array(z.string())
        .optional()
        .describe("Not used: people decide what runs without asking."),
      resume_session_id: z
        .string()
        .optional()
        .describe("Go on with this job or session: a name, id or session id."),
      fork_session: z.boolean().optional().describe("With resume_session_id: go on with a copy of it."),
      multi_turn: z.boolean().optional().describe("False: the job takes no follow-up."),
      multi_turn_disabled: z.boolean().optional().describe("True: the job takes no follow-up."),
      permission_mode: z.string().optional().describe("ask, acceptEdits, plan or readOnly."),
    }),
    operation: "run",
    input: (given) => ({
      prompt: given.prompt,
      name: given.name,
      dir: given.workdir,
      model: given.model,
      budget: given.max_budget_usd,
      instructions: given.system_prompt,
      resume: given.resume_session_id,
      fork: given.fork_session,
      once: given.multi_turn === false || given.multi_turn_disabled === true ? true : undefined,
      mode: given.permission_mode === "default" ? undefined : given.permission_mode,
    }),
    note: ({ allowed_tools }) =>
      allowed_tools === undefined
        ? undefined
        : "allowed_tools was not used: people decide what runs without asking.",
  },
  {
    name: "claude_sessions",
    description: `List the background ${HARNESS.title} jobs with their status: working, asking, done, failed, stopped.`,
    parameters: z.object({ status: z.enum(["running", "ended", "all"]).optional() }),
    operation: "jobs",
    input: ({ status }) => ({ which: status }),
  },
  {
    name: "claude_output",
    description: `Show what a background ${HARNESS.title} job said and did, from the end.`,
    parameters: z.object({
      session,
      lines: z.number().optional().describe("How many lines [50]."),
      full: z.boolean().optional().describe("All that is kept."),
    }),
    operation: "output",
    input: ({ session: ref, lines, full }) => ({ ref, lines, full }),
  },
  {
    name: "claude_fg",
    description: `Show a background ${HARNESS.title} job in this chat while it works, beginning with what was missed.`,
    parameters: z.object({ session, lines: z.number().optional() }),
    operation: "fg",
    input: ({ session: ref, lines }) => ({ ref, lines }),
  },
  {
    name: "claude_bg",
    description: `Stop showing a ${HARNESS.title} job in this chat; it works on in the background.`,
    parameters: z.object({ session: session.optional() }),
    operation: "bg",
    input: ({ session: ref }) => ({ ref }),
  },
  {
    name: "claude_kill",
    description: `Stop a background ${HARNESS.title} job; what it knows is kept.`,
    parameters: z.object({ session }),
    operation: "end",
    input: ({ session: ref }) => ({ ref }),
  },
  {
    name: "claude_respond",
    description: `Answer the question of a background ${HARNESS.title} job, tell it something while it works, or let an ended one go on.`,
    parameters: z.object({
      session,
      message: z.string().describe("The answer, or what it is to know or do."),
      interrupt: z.boolean().optional().describe("End what it is doing first."),
      user_initiated: z.boolean().optional().describe("The person asked for it."),
    }),
    operation: "respond",
    input: ({ session: ref, message, interrupt }) => ({ ref, message, interrupt }),
  },
  {
    name: "claude_stats",
    description: `Count the background ${HARNESS.title} jobs: how many, how they ended, how long they took, what they cost.`,
    parameters: z.object({}),
    operation: "stats",
    input: () => ({}),
  },
];

export interface Told {
  text: string;
  /** What the operation resulted in; absent where it was refused. */
  result?: unknown;
}

/** Runs the tool for this caller; what is wrong is said to the model, which can do something about it. */
export async function runJobTool(
  operations: readonly Operation[],
  o: { tool: JobTool; params: unknown; caller: Caller; signal: AbortSignal },
): Promise<Told> {
  const { tool, caller, signal } = o;
  const operation = operations.find(({ name }) => name === tool.operation);
  const given = tool.parameters.safeParse(inSnakeCase(o.params));
  if (!operation || !given.success) return { text: given.success ? "It is not there." : given.error.message };
  const read = readInput(operation, defined(tool.input(given.data)));
  if (!read.ok)
    return { text: read.problems.map(({ field, message }) => `${field} ${message}`.trim()).join("; ") };
  try {
    const confirm = async () => false;
    const context = authorize(operation, read.input, { caller, signal, progress: () => {}, confirm });
    const result = await operation.run(read.input, context);
    const note = tool.note?.(given.data);
    return { text: [operation.text(result), ...(note ? [note] : [])].join("\n"), result };
  } catch (error) {
    return { text: describe(error, "chat") };
  }
}

/** `maxBudgetUsd` as `max_budget_usd`. */
export function inSnakeCase(params: unknown): Record<string, unknown> {
  if (typeof params !== "object" || params === null) return {};
  return Object.fromEntries(
    Object.entries(params).map(([key, value]) => [
      key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value,
    ]),
  );
}

function defined(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
