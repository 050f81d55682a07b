// The gateway surface: an operation as a method `contractor.<name>`, with the same validation and the same texts.
import { z } from "zod";
import { OPERATION_NAMES } from "../../common/commands.ts";
import { describe, FAILURE_CODES, Failure } from "../../common/failure.ts";
import { authorize, NEEDS_APPROVALS } from "../operations/authorize.ts";
import { type Operation, readInput } from "../operations/define.ts";

interface MethodCall {
  params: unknown;
  /** What the caller's connection may do; the method itself is open to those with its own scope alone. */
  scopes: readonly string[];
  /** What the client calls itself. */
  client?: string | undefined;
  signal?: AbortSignal | undefined;
  respond(ok: boolean, payload?: unknown, error?: MethodError): void;
}

interface MethodError {
  code: string;
  message: string;
  details?: unknown;
}

const step = z.union([
  z.object({ say: z.string() }),
  z.object({
    run: z.enum(OPERATION_NAMES),
    args: z.string().exactOptional(),
    lead: z.string().exactOptional(),
  }),
]);

/** A Failure on its way through the gateway, as the details of the error its method answers with. */
const failureSchema = z.object({
  contractor: z.object({
    code: z.enum(FAILURE_CODES),
    message: z.string(),
    next: z.array(step),
  }),
});

export type RegisterMethod = (o: {
  method: string;
  scope: "operator.read" | "operator.write";
  handle: (call: MethodCall) => Promise<void>;
}) => void;

export function methodOf(operation: Pick<Operation, "name">): string {
  return `contractor.${operation.name.replaceAll(" ", ".")}`;
}

/** The Failure a method answered with; undefined where the details are of another kind. */
export function failureIn(details: unknown): Failure | undefined {
  const read = failureSchema.safeParse(details);
  if (!read.success) return undefined;
  const { code, message, next } = read.data.contractor;
  return new Failure({ code, message, next });
}

export function mountGateway(operations: readonly Operation[], register: RegisterMethod): void {
  for (const operation of operations) {
    const scope = operation.effect === "read" ? "operator.read" : "operator.write";
    register({ method: methodOf(operation), scope, handle: (call) => handle(operation, call) });
  }
}

async function handle(operation: Operation, call: MethodCall): Promise<void> {
  const { params, scopes, client, signal, respond } = call;
  const read = readInput(operation, asObject(params));
  if (!read.ok) {
    const message = read.problems.map(({ field, message }) => `${field} ${message}`.trim()).join("; ");
    return respond(false, undefined, { code: "INVALID_REQUEST", message });
  }
  const caller = { is: "rpc", scopes, ...(client === undefined ? {} : { client }) } as const;
  try {
    const context = authorize(operation, read.input, {
      caller,
      signal: signal ?? new AbortController().signal,
      progress: () => {},
      confirm: refuse,
    });
    respond(true, await operation.run(read.input, context));
  } catch (error) {
    const code =
      error instanceof Failure && error.message === NEEDS_APPROVALS ? "FORBIDDEN" : "INVALID_REQUEST";
    respond(false, undefined, { code, message: describe(error), ...detailsOf(error) });
  }
}

function detailsOf(error: unknown): { details?: z.input<typeof failureSchema> } {
  if (!(error instanceof Failure)) return {};
  const { code, message, next } = error;
  return { details: { contractor: { code, message, next: [...next] } } };
}

async function refuse(question: string): Promise<boolean> {
  throw new Failure({ code: "refused", message: `Nobody is here to answer: ${question}` });
}

function asObject(params: unknown): Record<string, unknown> {
  return typeof params === "object" && params !== null ? { ...params } : {};
}
