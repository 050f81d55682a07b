// A permission request on its way through the broker, and the decision that comes of it.
import type { Harness, PermissionProfile, ToolUse } from "../../adapters/harness.ts";
import type {
  ElicitationReply,
  PermissionAnswer,
  PermissionRequest,
  RawElicitation,
} from "../../adapters/router.ts";
import type { Log } from "../../common/log.ts";
import type { Audit } from "../../state/audit.ts";
import type { Identity } from "../../state/identity.ts";
import type { Rules } from "../../state/rules.ts";
import type { Route } from "../../state/session-map.ts";
import type { AskingParts, Say } from "./ask-parts.ts";
import type { RuleScope } from "./matching.ts";

export interface Question {
  identity: Identity;
  /** Who asks. */
  harness: Harness;
  profile: PermissionProfile;
  request: PermissionRequest;
  tool: ToolUse;
  /** The folder the session works in. */
  cwd: string | undefined;
  /** Where its people are, that of the turn first: the next message there may be the answer. */
  conversations: readonly Route[];
  /** The command an answer is given with; absent where whatever is written in the conversations may be one. */
  answerWith?: string | undefined;
  /** True where the turn was begun at a surface that shows the host's approvals. */
  held: boolean;
  /** Where the session's people are, as far as is known. */
  route: Route | undefined;
  /** Said before the question, where it comes out of the blue. */
  preface?: string;
  say: Say;
  /** Aborted when the turn ends. */
  signal: AbortSignal;
  /** Aborted when the harness does not want the answer any more. */
  withdrawn: AbortSignal;
}

export interface Decision {
  answer: PermissionAnswer;
  /** A sentence for the user, where something was refused. */
  notice?: string;
  /** What the user wants Claude to know about it. */
  tell?: string;
  /** The user wants the whole turn to end. */
  cancelTurn?: boolean;
  /** The mode the session is in from now on. */
  mode?: string;
}

export interface BrokerParts {
  asking: AskingParts;
  rulesOf: (agentId: string) => Rules;
  audit: Audit;
  /** How far an "always" goes that is made now. */
  reach: RuleScope;
  now: () => Date;
  log: Log;
}

// I10 (docs/architecture.md): an option is known by its kind, never by its position or id.
export function optionOf(request: PermissionRequest, kind: string): string | undefined {
  return request.options.find((option) => option.kind === kind)?.optionId;
}

export function selection(optionId: string): PermissionAnswer {
  return { outcome: { outcome: "selected", optionId } };
}

export function rejection(request: PermissionRequest): PermissionAnswer {
  const reject = optionOf(request, "reject_once") ?? optionOf(request, "reject_always");
  return reject === undefined ? { outcome: { outcome: "cancelled" } } : selection(reject);
}

/** Why the signal of a turn was aborted that nobody cancelled and that did not fail. */
export const COMPLETED = Symbol("completed");

/** Whether a turn's `ending` tells of one that was completed: nobody cancelled it, and it did not fail. */
export function endedWell(ending: AbortSignal): boolean {
  return ending.reason === COMPLETED;
}

/** What decides a permission request of the harness. */
export interface Broker {
  decide(question: Question): Promise<Decision>;
  /** A tool was used without our being asked; for the record. */
  used(identity: Identity, tool: { name: string; title: string }): Promise<void>;
}

/** What puts the harness's questions before its user. */
export interface Asker {
  elicit(o: {
    identity: Identity;
    request: RawElicitation;
    conversations: readonly Route[];
    answerWith?: string | undefined;
    say: Say;
    signal: AbortSignal;
  }): Promise<ElicitationReply>;
}
