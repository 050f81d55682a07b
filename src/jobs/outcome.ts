// What the end of a job's last turn means for the job.
import { describe, type FailureCode } from "../../common/failure.ts";
import type { Job } from "../../state/jobs.ts";
import type { TurnResult } from "../session/events.ts";

// Somebody ended the session or its process: no failure of the job.
const ENDED: ReadonlySet<FailureCode> = new Set(["closed", "cancelled"]);

/** `stoppedBy` says who, where somebody stopped the job: "by @ada (telegram)". */
export function endOf(result: TurnResult, stoppedBy?: string): { state: Job["state"]; why?: string } {
  if (stoppedBy !== undefined) return { state: "stopped", why: `was stopped ${stoppedBy}` };
  if (result.status === "completed") return { state: "done" };
  if (result.status === "cancelled") return { state: "stopped", why: `was ${result.reason}` };
  const why = describe(result.failure, "chat");
  if (ENDED.has(result.failure.code)) return { state: "stopped", why: `was ended (${why})` };
  return { state: result.failure.code === "limit-reached" ? "limit" : "failed", why };
}
