// The operation `run`: launches a job, or lets an ended one go on.
import { z } from "zod";
import { HARNESS } from "../../../adapters/kinds.ts";
import { Failure } from "../../../common/failure.ts";
import { asText, plain } from "../../../common/text.ts";
import type { Job } from "../../../state/jobs.ts";
import { isLive } from "../../jobs/job.ts";
import { nameText } from "../../jobs/wording.ts";
import type { Standing } from "../../session/folder-trust.ts";
import { isLooser, PROFILES } from "../../session/record/session-options.ts";
import { OWNERS_ALONE } from "../authorize.ts";
import type { Authorized } from "../caller.ts";
import { defineOperation, type Operation } from "../define.ts";
import { directoryAt } from "../directory.ts";
import { anyway, trust as trustDirectory, withoutSettings } from "../directory-options.ts";
import { byOf, mustDecide, question, readChoice, undecided } from "../permission/trust-first.ts";
import { sessionName } from "../session/session-name.ts";
import { type JobPorts, jobView, originOf, viewOf, whoOf } from "./ports.ts";

const PROMPT_LONGEST = 20_000;
/** How long a program waits to hear that a job could not begin, in milliseconds. */
const BEGINS_MS = 20_000;
const GO_ON = "Continue where you left off.";

const input = z.strictObject({
  name: sessionName
    .optional()
    .describe("A name to find it by (default: its first words).")
    .meta({ value: "NAME" }),
  dir: z
    .string()
    .min(1, "is empty")
    .optional()
    .describe("The directory to work in (default: this conversation's, or the agent's).")
    .meta({ value: "DIR", path: true }),
  agent: z
    .string()
    .min(1, "is empty")
    .optional()
    .describe("Which contractor agent, where there are several.")
    .meta({ value: "AGENT" }),
  model: z.string().min(1, "is empty").optional().describe("The model.").meta({ value: "MODEL" }),
  mode: z
    .enum(["ask", "acceptEdits", "plan", "readOnly", "bypassPermissions"])
    .optional()
    .describe("What it may do without asking."),
  budget: z.coerce
    .number({ error: "must be a number of US dollars" })
    .min(0.0001, "must be more than nothing")
    .max(100_000)
    .optional()
    .describe("What it may cost, in US dollars.")
    .meta({ value: "USD" }),
  instructions: z
    .string()
    .max(PROMPT_LONGEST)
    .optional()
    .describe(`Standing instructions for it, behind the agent's.`)
    .meta({ value: "TEXT" }),
  once: z.boolean().default(false).describe("It takes no follow-up."),
  quiet: z.boolean().default(false).describe("Only tell how it ends, and what it asks."),
  resume: z
    .string()
    .min(1, "is empty")
    .optional()
    .describe(`Go on with what this job or session knows: its name, number or ${HARNESS.name} id.`)
    .meta({ value: "REF" }),
  fork: z.boolean().default(false).describe("With --resume: go on with a copy; the original stays as it is."),
  trust: trustDirectory,
  withoutSettings,
  anyway,
  prompt: z
    .string()
    .trim()
    .max(PROMPT_LONGEST, `must be at most ${PROMPT_LONGEST} characters; put what is longer into a file`)
    .optional()
    .describe("What is to be done.")
    .meta({ value: "PROMPT", rest: true, verbatim: true }),
});
type Given = z.output<typeof input>;

const result = z.object({
  job: jobView.optional(),
  /** Empty where a notice says it already. */
  text: z.string(),
});
type Result = z.output<typeof result>;

export function runOperation(ports: JobPorts): Operation<typeof input, typeof result> {
  return defineOperation({
    name: "run",
    summary: `Let ${HARNESS.name} do something in the background; you are told when it is done or asks.`,
    input,
    result,
    effect: "write",
    ownerOnly: true,
    unattended: true,
    examples: [
      'openclaw contractor-agents run --dir ~/src/shop "Fix the failing test in cart.test.ts"',
      'openclaw contractor-agents run --resume fix-auth "Now write the release note"',
    ],
    run: async (given, context) => await run(ports, given, context),
    text: ({ text }) => text,
  });
}

async function run(ports: JobPorts, given: Given, context: Authorized): Promise<Result> {
  requireAttended(ports, context);
  const before = given.resume === undefined || given.fork ? undefined : endedJob(ports, given.resume);
  if (before) return await goOn(ports, before, given, context);
  if (!given.prompt && given.resume === undefined) {
    throw new Failure({ code: "invalid", message: "There is nothing to do: the prompt is missing." });
  }
  const agentId = ports.agentFor(given.agent);
  requireMode(ports, agentId, given, context);
  const cwd = await directoryOf(ports, agentId, given, context);
  await ports.trust().requireGround(cwd, { anyway: given.anyway });
  const by = byOf(context);
  const standing = await undecided(ports.trust(), cwd, { ...given, by });
  if (standing) return { text: askFirst(ports, { given, agentId, cwd, standing, context }) };
  return await launch(ports, { given, agentId, cwd, context });
}

interface Ready {
  given: Given;
  agentId: string;
  cwd: string;
  context: Authorized;
}

async function launch(ports: JobPorts, { given, agentId, cwd, context }: Ready): Promise<Result> {
  const { resume, fork } = given;
  const catalog = ports.catalog();
  const { job, began } = await ports.jobs().launch({
    agentId,
    cwd,
    prompt: given.prompt || GO_ON,
    origin: originOf(context),
    name: given.name,
    model: given.model,
    mode: given.mode,
    instructions: given.instructions,
    budgetUsd: given.budget,
    once: given.once,
    quiet: given.quiet,
    resumedFrom: resume,
    prepare:
      resume === undefined
        ? undefined
        : async (into) => {
            await catalog.session(into).ensure({ cwd });
            await (fork ? catalog.fork({ ref: resume, into }) : catalog.resume({ ref: resume, into }));
          },
  });
  // The notice says it, with its buttons.
  if (context.caller.is === "chat" && !job.quiet) return { job: await viewOf(ports, job), text: "" };
  const now = await Promise.race([began, timeout(job)]);
  const known = ports.jobs().of(now) ?? now;
  if (known.state === "failed")
    throw new Failure({
      code: "refused",
      message: `${nameText(job)} could not begin. ${known.why ?? ""}`.trim(),
    });
  return { job: await viewOf(ports, known), text: launched(known) };
}

function launched(job: Job): string {
  const where = asText(plain(job.cwd, 200));
  if (job.state === "queued")
    return `${nameText(job)} (${job.id}) is queued: it begins in ${where} when another job ends.`;
  return `${nameText(job)} (${job.id}) works in ${where}.`;
}

async function timeout(job: Job): Promise<Job> {
  await new Promise((resolve) => setTimeout(resolve, BEGINS_MS).unref());
  return job;
}

// An ended job goes on as itself.
async function goOn(ports: JobPorts, job: Job, given: Given, context: Authorized): Promise<Result> {
  const text = given.prompt || GO_ON;
  const replied = await ports.jobs().respond(job, { text, who: whoOf(context), budgetUsd: given.budget });
  return { job: await viewOf(ports, replied.job), text: replied.say };
}

function endedJob(ports: JobPorts, ref: string): Job | undefined {
  const jobs = ports.jobs();
  const known = jobs.all().filter(({ id, name }) => id === ref || name.toLowerCase() === ref.toLowerCase());
  if (known.length === 0) return undefined;
  const job = jobs.find(ref);
  if (isLive(job)) {
    throw new Failure({
      code: "refused",
      message: `${nameText(job)} is at work.`,
      next: { lead: "To tell it something", run: "respond", args: `${job.name} TEXT` },
    });
  }
  return job.moved ? undefined : job;
}

async function directoryOf(
  ports: JobPorts,
  agentId: string,
  given: Given,
  { here }: Authorized,
): Promise<string> {
  if (given.dir !== undefined) return await directoryAt(given.dir);
  if (given.resume !== undefined) {
    const found = await ports
      .catalog()
      .find(given.resume)
      .catch(() => undefined);
    if (found) return await directoryAt(found.entry.cwd);
  }
  const own = here && (await ports.catalog().session(here).record.read())?.cwd;
  // An agent's own is made where it is missing.
  return own === undefined ? ports.defaultsOf(agentId).cwd : await directoryAt(own);
}

// Decided is what was shown: where the files have changed before the answer, they are shown again.
function askFirst(ports: JobPorts, o: Ready & { standing: Standing }): string {
  const { context, standing } = o;
  if (context.caller.is !== "chat" || !context.route) throw mustDecide(standing);
  ports.expect(context.route, {
    reads: (said) => readChoice(said) !== undefined,
    act: async (said) => {
      const decision = readChoice(said) ?? "no";
      if (decision === "no") return "Nothing was started.";
      await ports.trust().decide(standing, { decision, by: byOf(context) });
      return (await run(ports, { ...o.given, dir: o.cwd }, context)).text;
    },
  });
  return question(standing);
}

// What runs without being asked is the settings' to open, and an owner's to loosen.
function requireMode(ports: JobPorts, agentId: string, { mode }: Given, { may }: Authorized): void {
  const { profile } = ports.defaultsOf(agentId);
  if (mode === undefined || !isLooser(mode, profile)) return;
  if (mode === "bypassPermissions") {
    throw new Failure({
      code: "refused",
      message: `${HARNESS.title} may run everything without asking only where the settings say so.`,
      next: { say: 'Set permissionMode to "bypassPermissions" in the contractor settings to allow it.' },
    });
  }
  if (may.own) return;
  throw new Failure({
    code: "refused",
    message: `The settings say ${profile}, and only an owner of this gateway may go beyond that.`,
    next: {
      say: `Leave --mode out, or choose one of ${PROFILES.filter((one) => !isLooser(one, profile)).join(", ")}.`,
    },
  });
}

function requireAttended(ports: JobPorts, { caller, may }: Authorized): void {
  if (caller.is !== "tool" || may.own || ports.unattended()) return;
  const next = { say: "Ask the person to launch it, or set jobs.unattended." };
  throw new Failure({ code: "refused", message: OWNERS_ALONE, next });
}
