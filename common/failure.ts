// A Failure is anything that went wrong and that a user can be told about: what happened, and what to do next.
import { commandText, type OperationName, type Reader } from "./commands.ts";
import { diskFault } from "./disk.ts";

export const FAILURE_CODES = [
  "not-logged-in",
  "rate-limited",
  "overloaded",
  "unknown-model",
  "directory-missing",
  "harness-missing",
  "harness-broken",
  "adapter-crashed",
  "transcript-missing",
  "prompt-too-long",
  "timed-out",
  "cancelled",
  "limit-reached",
  "closed",
  "refused",
  "invalid",
  "provider-error",
] as const;
export type FailureCode = (typeof FAILURE_CODES)[number];

/**
 * What to do now: an operation of ours, which each surface writes as its reader types it (`lead` says what it is for,
 * in place of "Run"), or a sentence.
 */
export type Step = { run: OperationName; args?: string; lead?: string } | { say: string };

/**
 * `message` is one sentence for the user; `next` is what to do now, where there is something to do. `detail` is what a
 * program said about it: for the log and the command line, never for a chat.
 */
export class Failure extends Error {
  readonly code: FailureCode;
  readonly next: readonly Step[];
  readonly detail: string | undefined;

  constructor(what: {
    code: FailureCode;
    message: string;
    next?: Step | readonly Step[] | undefined;
    detail?: string | undefined;
    cause?: unknown;
  }) {
    super(what.message, what.cause === undefined ? undefined : { cause: what.cause });
    this.name = "Failure";
    this.code = what.code;
    this.next = [what.next ?? []].flat();
    this.detail = what.detail === "" ? undefined : what.detail;
  }
}

/** The steps as sentences, in words for this reader; empty where there is nothing to do. */
export function stepsText(next: readonly Step[], reader: Reader = "cli"): string {
  // A command ends its line, so that nobody types what follows it.
  return next
    .map((step) => ("say" in step ? `${step.say} ` : `${step.lead ?? "Run"}: ${commandText(step, reader)}\n`))
    .join("")
    .trimEnd();
}

/** The Failure for a write that the disk did not take, whatever wraps its error; undefined for any other error. */
export function diskFailure(error: unknown): Failure | undefined {
  const fault = diskFault(error);
  return fault && new Failure({ code: "limit-reached", ...fault, cause: error });
}

/** The sentence and the next step, as one text. Anything that is not a Failure is described by its message. */
export function describe(error: unknown, reader: Reader = "cli"): string {
  const failure = error instanceof Failure ? error : diskFailure(error);
  if (failure) {
    const said = failure.detail !== undefined && reader === "cli" ? `It said: ${failure.detail}` : "";
    return [failure.message, said, stepsText(failure.next, reader)].filter(Boolean).join(" ");
  }
  return error instanceof Error ? error.message : String(error);
}
