// The operations that show what a job says in a conversation, and that end that: `fg`, `bg`.
import { z } from "zod";
import { Failure } from "../../../common/failure.ts";
import type { Route } from "../../../state/session-map.ts";
import { isLive } from "../../jobs/job.ts";
import { nameText } from "../../jobs/wording.ts";
import type { Authorized } from "../caller.ts";
import { defineOperation, type Operation } from "../define.ts";
import { type JobPorts, jobFor, jobRef, jobView, viewOf } from "./ports.ts";

const LINES = 30;
const MOST_LINES = 200;

const fgInput = z.strictObject({
  ref: jobRef,
  lines: z.coerce
    .number({ error: "must be a number" })
    .int()
    .min(1)
    .max(MOST_LINES)
    .default(LINES)
    .describe("How many lines of what was missed here, from the end."),
});
const fgResult = z.object({
  job: jobView,
  /** Empty where it is shown already. */
  text: z.string(),
});

export function fgOperation(ports: JobPorts): Operation<typeof fgInput, typeof fgResult> {
  return defineOperation({
    name: "fg",
    summary: "Show here what a job says from now on, and what was missed.",
    input: fgInput,
    result: fgResult,
    effect: "write",
    ownerOnly: true,
    unattended: true,
    run: async ({ ref, lines }, context) => {
      const job = jobFor(ports, ref, context);
      await ports.jobs().watchers.attach(job, placeOf(context, "fg"), lines);
      const shown = isLive(job) ? "is shown in this conversation now" : "has ended; what was missed is shown";
      const text = context.caller.is === "chat" ? "" : `${nameText(job)} ${shown}.`;
      return { job: await viewOf(ports, job), text };
    },
    text: ({ text }) => text,
  });
}

const bgInput = z.strictObject({ ref: jobRef.optional() });
const bgResult = z.object({
  /** The names of the jobs that were shown there. */
  jobs: z.array(z.string()),
  text: z.string(),
});

export function bgOperation(ports: JobPorts): Operation<typeof bgInput, typeof bgResult> {
  return defineOperation({
    name: "bg",
    summary: "Stop showing a job here, or all of them; it works on.",
    input: bgInput,
    result: bgResult,
    effect: "write",
    ownerOnly: true,
    unattended: true,
    run: async ({ ref }, context) => {
      const job = ref === undefined ? undefined : jobFor(ports, ref, context);
      const jobs = ports.jobs();
      const ids = await jobs.watchers.detach(placeOf(context, "bg"), job);
      const left = jobs.all().filter(({ id }) => ids.includes(id));
      return { jobs: left.map(({ name }) => name), text: leftText(left.map(nameText), job && nameText(job)) };
    },
    text: ({ text }) => text,
  });
}

function leftText(left: readonly string[], asked: string | undefined): string {
  if (left.length === 0)
    return asked === undefined ? "No job was shown here." : `${asked} was not shown here.`;
  return `${left.join(", ")} ${left.length === 1 ? "goes" : "go"} on in the background.`;
}

function placeOf({ route }: Authorized, command: string): Route {
  if (route) return route;
  throw new Failure({
    code: "refused",
    message: `${command} is about a conversation, and this call came from none.`,
    next: { lead: "To see what a job said", run: "output", args: "JOB" },
  });
}
