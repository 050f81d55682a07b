// An operation is one action a user can do, written once; every surface (command line, chat, gateway method) renders it.
import type { z } from "zod";
import type { Authorized } from "./caller.ts";

/**
 * `input` fields carry `.describe()` for the help and `.meta({ value: "DIR" })` for the placeholder of their value;
 * `.meta({ positional: true })` makes a field a plain word instead of a flag, `.meta({ rest: true })` the rest of the words,
 * `.meta({ path: true })` a path of whoever types it.
 * `succeeded` tells a surface that the operation ran and yet found something wrong (doctor): the CLI then exits 1.
 */
export interface Operation<Input extends z.ZodObject = z.ZodObject, Result extends z.ZodType = z.ZodType> {
  readonly name: string;
  readonly summary: string;
  readonly input: Input;
  readonly result: Result;
  readonly examples?: readonly string[];
  /** Given where the operation is about live sessions: it then runs in the gateway wherever one runs. */
  readonly effect?: "read" | "write";
  /** In a chat only the gateway's owner may do it; a function says it of what is asked for. */
  readonly ownerOnly?: boolean | ((input: Record<string, unknown>) => boolean);
  /** An agent of the host may do it in a turn that no person wrote; it looks itself whose things it is about. */
  readonly unattended?: true;
  /** Another program has the terminal while it runs: nothing of ours is written there. */
  readonly ownsTerminal?: true;
  run(input: z.output<Input>, context: Authorized): Promise<z.output<Result>>;
  text(result: z.output<Result>): string;
  succeeded?(result: z.output<Result>): boolean;
}

/** Keeps the types of one operation together; surfaces take it as a plain `Operation`. */
export function defineOperation<Input extends z.ZodObject, Result extends z.ZodType>(
  operation: Operation<Input, Result>,
): Operation<Input, Result> {
  return operation;
}

type Problem = { field: string; message: string; missing: boolean };
export type Read = { ok: true; input: Record<string, unknown> } | { ok: false; problems: Problem[] };

/** Checks what a surface was given against the operation's input, and says what is wrong field by field. */
export function readInput(operation: Operation, raw: Record<string, unknown>): Read {
  const parsed = operation.input.safeParse(raw);
  if (parsed.success) return { ok: true, input: parsed.data };
  return { ok: false, problems: parsed.error.issues.map((issue) => problem(issue, raw)) };
}

function problem(issue: z.core.$ZodIssue, raw: Record<string, unknown>): Problem {
  const field = String(issue.path[0] ?? "");
  const missing = field !== "" && raw[field] === undefined;
  return { field, message: missing ? "is missing" : issue.message, missing };
}
