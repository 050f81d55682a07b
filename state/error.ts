// A StateError is a file of ours on disk that cannot be used as it is: which file, why, and what to do next.

export type StateErrorCode = "newer-version" | "not-a-file" | "unreadable" | "unwritable" | "invalid-change";

/** `message` is one sentence and the next step; neither it nor the fields ever hold what the file contains. */
export class StateError extends Error {
  readonly code: StateErrorCode;
  readonly file: string;

  constructor(what: { code: StateErrorCode; file: string; message: string; cause?: unknown }) {
    super(what.message, what.cause === undefined ? undefined : { cause: what.cause });
    this.name = "StateError";
    this.code = what.code;
    this.file = what.file;
  }
}

/** The `code` of a Node file system error, `undefined` for anything else. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
