// Why something cannot be done with a job, and what to do instead.
import { Failure } from "../../common/failure.ts";
import type { Job } from "../../state/jobs.ts";
import { nameText } from "./wording.ts";

const NAMED = 8;

/** As many are at work as may be. */
export function full(max: number, busy: readonly Job[]): Failure {
  return new Failure({
    code: "limit-reached",
    message: `${max === 1 ? "One job is" : `${max} jobs are`} at work, and no more may be (jobs.max): ${names(busy)}.`,
    next: [{ lead: "Stop one with", run: "end", args: "JOB" }, { say: "Or wait until one is done." }],
  });
}

/** Nothing about it would reach anybody. */
export function nobodyHears(): Failure {
  return new Failure({
    code: "refused",
    message: "Nobody would hear of this job: it was launched from no chat, and jobs.fallback names none.",
    next: { say: "Set jobs.fallback or jobs.channels, or say --quiet if that is what you want." },
  });
}

/** It takes one prompt and no other. */
export function once(job: Job): Failure {
  return new Failure({
    code: "refused",
    message: `${nameText(job)} was launched with --once, so it takes nothing more.`,
    next: {
      lead: "To go on with a copy of what it knows",
      run: "run",
      args: `--resume ${job.name} --fork PROMPT`,
    },
  });
}

/** No person has replied for too long. */
export function tooOften(job: Job, most: number): Failure {
  return new Failure({
    code: "refused",
    message: `${nameText(job)} has had ${most} replies in a row that no person gave. Ask the person before you go on.`,
  });
}

/** No job is called so, or several are. */
export function unknownJob(ref: string, meant: readonly Job[], jobs: readonly Job[]): Failure {
  const message =
    meant.length > 1
      ? `"${ref}" means several jobs: ${names(meant)}.`
      : `No job is called "${ref}"${jobs.length === 0 ? ": there are none yet" : ""}.`;
  return new Failure({ code: "invalid", message, next: { lead: "See them with", run: "jobs" } });
}

function names(jobs: readonly Job[]): string {
  const more = jobs.length > NAMED ? `, and ${jobs.length - NAMED} more` : "";
  return `${jobs
    .slice(0, NAMED)
    .map((job) => `${nameText(job)} (${job.id})`)
    .join(", ")}${more}`;
}
