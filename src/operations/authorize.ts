// Who may do what, decided in one place for every surface: an operation runs only with what this returns.
import { Failure } from "../../common/failure.ts";
import type { Authorized, Caller, OperationContext } from "./caller.ts";
import type { Operation } from "./define.ts";
import { fieldsOf } from "./fields.ts";

export const OWNERS_ALONE = "Only an owner of this gateway may do that.";
export const NEEDS_APPROVALS = "This needs the scope operator.approvals or operator.admin.";

/**
 * The context to run the operation with.
 * @throws {Failure} "refused" where this caller may not do that.
 */
export function authorize(
  operation: Operation,
  input: Record<string, unknown>,
  context: OperationContext,
): Authorized {
  const { caller } = context;
  const may = mayOf(caller);
  const sentence = refusal(operation, input, { caller, may });
  if (sentence !== undefined) throw new Failure({ code: "refused", message: sentence });
  const here = caller.is === "chat" ? caller.here : undefined;
  const route = caller.is === "chat" || caller.is === "tool" ? caller.route : undefined;
  const granted = { ...context, may, ...(here ? { here } : {}), ...(route ? { route } : {}) };
  return granted as Authorized;
}

function mayOf(caller: Caller): Authorized["may"] {
  if (caller.is === "cli") return { own: true, approve: true };
  if (caller.is === "tool") return { own: caller.owner, approve: caller.owner };
  if (caller.is === "chat") return { own: caller.owner, approve: caller.owner || caller.approver };
  const own = caller.scopes.includes("operator.admin");
  return { own, approve: own || caller.scopes.includes("operator.approvals") };
}

function refusal(
  operation: Operation,
  input: Record<string, unknown>,
  { caller, may }: { caller: Caller; may: Authorized["may"] },
): string | undefined {
  const owners = isForOwners(operation, input);
  if (caller.is === "tool") {
    const nobodys = operation.unattended === true && caller.sender === undefined;
    return may.own || nobodys ? undefined : OWNERS_ALONE;
  }
  if (caller.is === "chat")
    return may.own || !(owners || namesSession(operation, input)) ? undefined : OWNERS_ALONE;
  if (caller.is === "rpc" && operation.effect !== "read" && owners && !may.approve) return NEEDS_APPROVALS;
  return undefined;
}

/** Whether it is for the gateway's owner, given what is asked for. */
function isForOwners({ ownerOnly }: Operation, input: Record<string, unknown>): boolean {
  return typeof ownerOnly === "function" ? ownerOnly(input) : ownerOnly === true;
}

// A named session may be another conversation's.
function namesSession(operation: Operation, input: Record<string, unknown>): boolean {
  return fieldsOf(operation).some(({ key, value }) => value === "SESSION" && input[key] !== undefined);
}
