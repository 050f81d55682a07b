// The gateway surface: an operation as a method `contractor.<name>`, with the same validation and the same texts.
import { describe, Failure } from "../../adapters/failure.ts";
import { type Operation, readInput } from "../operations/define.ts";

interface MethodCall {
  params: unknown;
  signal?: AbortSignal | undefined;
  respond(ok: boolean, payload?: unknown, error?: { code: string; message: string }): void;
}

export type RegisterMethod = (o: {
  method: string;
  scope: "operator.read" | "operator.write";
  handle: (call: MethodCall) => Promise<void>;
}) => void;

export function methodOf(operation: Pick<Operation, "name">): string {
  return `contractor.${operation.name.replaceAll(" ", ".")}`;
}

export function mountGateway(operations: readonly Operation[], register: RegisterMethod): void {
  for (const operation of operations) {
    const scope = operation.effect === "read" ? "operator.read" : "operator.write";
    register({ method: methodOf(operation), scope, handle: (call) => handle(operation, call) });
  }
}

async function handle(operation: Operation, { params, signal, respond }: MethodCall): Promise<void> {
  const read = readInput(operation, asObject(params));
  if (!read.ok) {
    const message = read.problems.map(({ field, message }) => `${field} ${message}`.trim()).join("; ");
    return respond(false, undefined, { code: "INVALID_REQUEST", message });
  }
  try {
    const context = { signal: signal ?? new AbortController().signal, progress: () => {}, confirm: refuse };
    respond(true, await operation.run(read.input, context));
  } catch (error) {
    respond(false, undefined, { code: "INVALID_REQUEST", message: describe(error) });
  }
}

async function refuse(question: string): Promise<boolean> {
  throw new Failure({ code: "refused", message: `Nobody is here to answer: ${question}` });
}

function asObject(params: unknown): Record<string, unknown> {
  return typeof params === "object" && params !== null ? { ...params } : {};
}
