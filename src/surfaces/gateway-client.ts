// An operation asked of a running gateway, by its method; the other end of surfaces/gateway-methods.ts.
import { Failure } from "../../common/failure.ts";
import type { Operation } from "../operations/define.ts";
import type { Asked } from "../operations/remote.ts";
import { failureIn, methodOf } from "./gateway-methods.ts";

/** What became of a call to the gateway. */
export type GatewayReply =
  | { kind: "answered"; value: unknown }
  /** No gateway listens, or this process may not speak to it. */
  | { kind: "absent"; detail: string }
  /** A gateway is there and gave no answer in time, or went away over it: nobody knows what became of it. */
  | { kind: "silent"; detail: string }
  /** A gateway is there but said no; `unknownMethod`: our plugin is not loaded in it; `passing`: it is just stopping. */
  | { kind: "refused"; detail: string; details?: unknown; unknownMethod: boolean; passing: boolean };

export type CallGateway = (call: {
  method: string;
  params: Record<string, unknown>;
  scope: "operator.read" | "operator.admin";
}) => Promise<GatewayReply>;

/** A gateway that does not know the method has not loaded the plugin: it is as good as absent. */
export async function askMethod(call: CallGateway, operation: Operation, input: unknown): Promise<Asked> {
  // Whoever can run this on the machine of the gateway has its token.
  const scope = operation.effect === "read" ? "operator.read" : "operator.admin";
  const answer = await call({
    method: methodOf(operation),
    params: input as Record<string, unknown>,
    scope,
  });
  if (answer.kind === "answered" || answer.kind === "silent") return answer;
  if (answer.kind === "absent" || answer.unknownMethod) return { kind: "absent" };
  return { kind: "refused", failure: failureIn(answer.details) ?? refusal(answer) };
}

function refusal({ detail, passing }: { detail: string; passing: boolean }): Failure {
  return new Failure({
    code: "refused",
    message: `The gateway refused: ${detail}.`,
    next: passing ? { say: "Try again in a moment." } : undefined,
  });
}
