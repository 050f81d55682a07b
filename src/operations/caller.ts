// Who calls an operation, where, and what a surface lends it while it runs.
import type { Identity } from "../../state/identity.ts";
import type { Route } from "../../state/session-map.ts";
import { nameOf } from "../session/source.ts";

/** Who asks, on which surface, and where. */
export type Caller =
  /** A message in a chat; `here` is the session of its conversation, where it has one. */
  | {
      is: "chat";
      /** The owner of this gateway. */
      owner: boolean;
      /** Who it is, as people read it. */
      by?: string | undefined;
      /** Their word counts for what runs. */
      approver: boolean;
      here?: Identity;
      route?: Route;
    }
  /** Whoever can run commands on the gateway's machine: they have all its files. */
  | { is: "cli" }
  /** An agent of the host, with a tool of ours, in a turn of this session; without a sender nobody wrote the turn. */
  | {
      is: "tool";
      agentId: string;
      sessionKey?: string;
      /** As the channel names them: `telegram:42`. */
      sender?: string;
      /** Its sender is the owner of this gateway. */
      owner: boolean;
      route?: Route;
    }
  /** A client of the gateway, with the operator scopes of its connection; its own name, where it has told one. */
  | { is: "rpc"; scopes: readonly string[]; client?: string };

/** What a surface lends an operation while it runs. */
export interface OperationContext {
  caller: Caller;
  signal: AbortSignal;
  /** `fraction` is 0..1 where the end is known. */
  progress(text: string, fraction?: number): void;
  /** A yes/no question to the person; a surface that cannot ask rejects with a Failure that says how to answer beforehand. */
  confirm(question: string): Promise<boolean>;
}

declare const AUTHORIZED: unique symbol;

/** The context of a call that may be made. Nothing but `authorize` makes one. */
export interface Authorized extends OperationContext {
  readonly [AUTHORIZED]: true;
  /** What the caller may beside this operation. */
  readonly may: { own: boolean; approve: boolean };
  /** The session of the conversation it was called in, where it was called in one. */
  readonly here?: Identity;
  /** Where it was called, where it was called in a chat. */
  readonly route?: Route;
}

/** Who has done something, behind a verb: "by @ada (telegram)". */
export function byWhom(caller: Caller): string {
  if (caller.is === "cli") return "at the command line";
  if (caller.is === "tool") return `by the agent ${nameOf(caller.agentId)}`;
  if (caller.is === "rpc") return `by ${nameOf(caller.client ?? "a client of the gateway")}`;
  const place = caller.route?.channel ?? "chat";
  return caller.by === undefined ? `in ${place}` : `by ${nameOf(caller.by)} (${place})`;
}
