// A Failure is anything that went wrong and that a user can be told about: what happened, and what to do next.

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

/** `message` is one sentence for the user; `next` is what to do now, where there is something to do. */
export class Failure extends Error {
  readonly code: FailureCode;
  readonly next: string | undefined;

  constructor(what: { code: FailureCode; message: string; next?: string; cause?: unknown }) {
    super(what.message, what.cause === undefined ? undefined : { cause: what.cause });
    this.name = "Failure";
    this.code = what.code;
    this.next = what.next;
  }
}

/** The sentence and the next step, as one text. Anything that is not a Failure is described by its message. */
export function describe(error: unknown): string {
  if (error instanceof Failure) return error.next ? `${error.message} ${error.next}` : error.message;
  return error instanceof Error ? error.message : String(error);
}
