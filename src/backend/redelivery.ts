// A message the host hands in again after a crash (Telegram redelivers what was not finished): recognised, not run twice.
import { Failure } from "../../common/failure.ts";
import type { Inbox } from "../../state/inbox.ts";

/** Where the ids of a session's held turns are remembered. */
export type Memory = Pick<Inbox, "knows" | "remember">;

/** For `PromptInput.admit`: a Failure when this request was handed to the harness before. */
export async function refuseRedelivered(memory: Memory, requestId: string): Promise<Failure | undefined> {
  if (!(await memory.knows(requestId))) return undefined;
  return new Failure({
    code: "refused",
    message: "I was working on this message when the gateway stopped; it was not run a second time.",
    next: { say: "Say continue to go on from there." },
  });
}
