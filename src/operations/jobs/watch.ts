// The operations that show a job in a conversation while it works, and that stop it: `fg`, `bg`.
import { z } from "zod";
import { Failure } from "../../../common/failure.ts";
import { nameText } from "../../jobs/wording.ts";
import { defineOperation, type Operation } from "../define.ts";
import { type JobPorts, jobFor, jobRef, jobView, stateText, viewOf } from "./ports.ts";

const fgInput = z.strictObject({
  ref: jobRef,
  lines: z.coerce.number().int().min(1).max(2_000).default(30).describe("How many lines of what was missed."),
});
const fgResult = z.object({
  job: jobView,
  /** Blocks this conversation was not shown yet. */
  missed: z.int(),
  lines: z.array(z.string()),
  /** It goes on, and is shown here from now on. */
  shown: z.boolean(),
});

export function fgOperation(ports: JobPorts): Operation<typeof fgInput, typeof fgResult> {
  return defineOperation({
    name: "fg",
    summary: "Show here what was missed of a job, and then what it says.",
    input: fgInput,
    result: fgResult,
    effect: "write",
    ownerOnly: true,
    unattended: true,
    run: async ({ ref, lines }, context) => {
      const job = jobFor(ports, ref, context);
      if (!context.route) throw noPlace();
      const { missed, lines: read, shown } = await ports.jobs().attach(job, { place: context.route, lines });
      return { job: await viewOf(ports, job), missed, lines: read, shown };
    },
    text: ({ job, missed, lines, shown }) =>
      [
        `${nameText(job)} (${job.id}) · ${stateText(job)}`,
        ...(missed === 0 ? [] : [`📋 ${missed} missed:`, ...lines]),
        shown ? "It is shown here from now on; /cc bg ends that." : "It has ended.",
      ].join("\n"),
  });
}

const bgInput = z.strictObject({
  ref: jobRef.optional().describe("The job; without one, all that are shown here."),
});
const bgResult = z.object({ names: z.array(z.string()) });

export function bgOperation(ports: JobPorts): Operation<typeof bgInput, typeof bgResult> {
  return defineOperation({
    name: "bg",
    summary: "Stop showing a job here; it works on.",
    input: bgInput,
    result: bgResult,
    effect: "write",
    ownerOnly: true,
    unattended: true,
    run: async ({ ref }, context) => {
      if (!context.route) throw noPlace();
      const job = ref === undefined ? undefined : jobFor(ports, ref, context);
      return { names: await ports.jobs().detach(context.route, job) };
    },
    text: ({ names }) =>
      names.length === 0 ? "No job was shown here." : `Not shown here any more: ${names.join(", ")}.`,
  });
}

function noPlace(): Failure {
  return new Failure({
    code: "invalid",
    message: "There is no conversation to show it in.",
    next: [{ say: "Use it in a chat." }, { lead: "Here", run: "output", args: "JOB" }],
  });
}
