// Operations about live sessions, called from outside the gateway: it does them where one runs, we do where none does.
import { Failure } from "../../adapters/failure.ts";
import type { Operation, OperationContext } from "./define.ts";

export type Asked =
  | { kind: "answered"; value: unknown }
  | { kind: "absent" }
  | { kind: "refused"; detail: string };

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
    run: async (input: Record<string, unknown>, context: OperationContext) => {
      const answer = await o.ask(operation, input);
      if (answer.kind === "answered") return operation.result.parse(answer.value);
      if (answer.kind === "refused") throw new Failure({ code: "refused", message: answer.detail });
      return await o.around(() => operation.run(input, context));
    },
  };
}
