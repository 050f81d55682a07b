// What is wrong with a disk, read off the error of a write, in one sentence for whoever wanted something written.
import { dirname } from "node:path";

type Fault = "full" | "read-only" | "forbidden";

const FAULTS: Readonly<Record<string, Fault>> = {
  ENOSPC: "full",
  EDQUOT: "full",
  EROFS: "read-only",
  EACCES: "forbidden",
  EPERM: "forbidden",
};
// An error wraps another one, and that a third; a ring of them must end too.
const DEPTH = 5;
const WRITES: ReadonlySet<string> = new Set(["mkdir", "write", "rename", "copyfile", "link", "ftruncate"]);

/** Why the disk did not take a write, whatever wraps its error, and what to do; undefined for any other error. */
export function diskFault(error: unknown): { message: string; next: { say: string } } | undefined {
  let writing = false;
  for (let at = error, depth = 0; at instanceof Error && depth < DEPTH; at = at.cause, depth += 1) {
    const code = "code" in at && typeof at.code === "string" ? at.code : "";
    if (code === "unwritable") writing = true;
    const fault = FAULTS[code];
    if (fault && (fault !== "forbidden" || writing || isWrite(at)))
      return told(fault, fileOf(error) ?? fileOf(at));
  }
  return undefined;
}

function told(fault: Fault, file: string | undefined) {
  switch (fault) {
    case "full":
      return {
        message: "The disk is full, so nothing was changed.",
        next: { say: "Free some space, then try again." },
      };
    case "read-only":
      return {
        message: `The disk is read-only, so nothing was changed${file ? ` (${dirname(file)})` : ""}.`,
        next: { say: "Make it writable, then try again." },
      };
    case "forbidden":
      return {
        message: `The user that OpenClaw runs as may not write ${file ?? "a file of its state"}, so nothing was changed.`,
        next: { say: "Give the file and its folder back to that user, then try again." },
      };
  }
}

// Of a program that may not be started, or a file that may not be read, the same codes tell.
function isWrite(error: Error): boolean {
  return "syscall" in error && typeof error.syscall === "string" && WRITES.has(error.syscall);
}

function fileOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ("file" in error && typeof error.file === "string") return error.file;
  return "path" in error && typeof error.path === "string" ? error.path : undefined;
}
