// The operations that tell a job something, and that end one: `respond`, `end`.
import { z } from "zod";
import { HARNESS } from "../../../adapters/kinds.ts";
import { nameText } from "../../jobs/wording.ts";
import { defineOperation, type Operation } from "../define.ts";
import { type JobPorts, jobFor, jobRef, jobView, viewOf, whoOf } from "./ports.ts";

const result = z.object({ job: jobView, text: z.string() });
type JobOperation<Input extends z.ZodObject> = Operation<Input, typeof result>;

const respondInput = z.strictObject({
  interrupt: z.boolean().default(false).describe("End what it is doing first."),
  ref: jobRef,
  message: z
    .string()
    .trim()
    .min(1, "is empty")
    .max(20_000)
    .describe("The answer to its question, or what it is to know or do.")
    .meta({ value: "TEXT", rest: true, verbatim: true }),
});

export function respondOperation(ports: JobPorts): JobOperation<typeof respondInput> {
  return defineOperation({
    name: "respond",
    summary: "Answer a job's question, tell it something while it works, or let an ended one go on.",
    input: respondInput,
    result,
    effect: "write",
    ownerOnly: true,
    unattended: true,
    examples: [
      "openclaw contractor-agents respond fix-auth y",
      'openclaw contractor-agents respond --interrupt fix-auth "Leave the database alone"',
    ],
    run: async ({ ref, message, interrupt }, context) => {
      const job = jobFor(ports, ref, context);
      const replied = await ports.jobs().respond(job, { text: message, interrupt, who: whoOf(context) });
      return { job: await viewOf(ports, replied.job), text: replied.say };
    },
    text: ({ text }) => text,
  });
}

const endInput = z.strictObject({ ref: jobRef });

export function endOperation(ports: JobPorts): JobOperation<typeof endInput> {
  return defineOperation({
    name: "end",
    summary: `Stop a job; what ${HARNESS.name} knows is kept, and it can go on.`,
    input: endInput,
    result,
    effect: "write",
    ownerOnly: true,
    unattended: true,
    run: async ({ ref }, context) => {
      const job = jobFor(ports, ref, context);
      const ended = await ports.jobs().end(job, whoOf(context));
      const now = ports.jobs().of(job) ?? job;
      const text = ended
        ? `${nameText(job)} is stopped.`
        : `${nameText(job)} has ended already (${now.state}).`;
      return { job: await viewOf(ports, now), text };
    },
    text: ({ text }) => text,
  });
}
