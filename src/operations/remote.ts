// Operations about live sessions, called from outside the gateway: it does them where one runs, we do where none does.
import { Failure } from "../../common/failure.ts";
import type { Authorized } from "./caller.ts";
import type { Operation } from "./define.ts";

export type Asked =
  | { kind: "answered"; value: unknown }
  | { kind: "absent" }
  /** There is one, and what became of the call is not known. */
  | { kind: "silent"; detail: string }
  | { kind: "refused"; failure: Failure };

/** `ask` calls the gateway's method of that operation; `around` prepares and clears away what running it here needs. */
export function viaGateway(
  operation: Operation,
  o: {
    ask: (operation: Operation, input: unknown) => Promise<Asked>;
    around: <T>(run: () => Promise<T>) => Promise<T>;
  },
): Operation {
  return {
    ...operation,
    run: async (input: Record<string, unknown>, context: Authorized) => {
      const answer = await o.ask(operation, input);
      if (answer.kind === "answered") return operation.result.parse(answer.value);
      if (answer.kind === "refused") throw answer.failure;
      if (answer.kind === "silent" && operation.effect !== "read") throw unanswered(answer.detail);
      return await o.around(() => operation.run(input, context));
    },
  };
}

// Done here as well it might be done twice.
function unanswered(detail: string): Failure {
  return new Failure({
    code: "timed-out",
    message: `The gateway did not answer (${detail}), so it may or may not be done.`,
    next: { lead: "See with", run: "sessions" },
  });
}
