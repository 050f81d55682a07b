// What the file system refuses, in words for the user.
import { Failure } from "../../common/failure.ts";

/** Names an error met while writing below `root`; a Failure stays what it is. */
export function fileFailure(error: unknown, root: string): Failure {
  if (error instanceof Failure) return error;
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? "";
  if (["ENOSPC", "EDQUOT"].includes(code)) return diskFull(root, error);
  if (["EACCES", "EPERM", "EROFS", "ENOTDIR", "EEXIST"].includes(code)) return notWritable(root, error);
  return new Failure({
    code: "harness-broken",
    message: `The harness could not be installed in ${root} (${error instanceof Error ? error.message : String(error)}).`,
    next: { run: "setup" },
    cause: error,
  });
}

export function diskFull(root: string, cause?: unknown): Failure {
  return new Failure({
    code: "limit-reached",
    message: `The disk is full: the harness does not fit into ${root}.`,
    next: { say: "Free some space and run setup again; nothing half installed was left behind." },
    cause,
  });
}

export function notWritable(root: string, cause?: unknown): Failure {
  return new Failure({
    code: "refused",
    message: `${root} cannot be written to.`,
    next: { say: "Correct its owner and permissions, or run setup as the user the gateway runs as." },
    cause,
  });
}
