// The host's own approvals, as the broker needs them: buttons in the chat, `/approve`, the Control UI, the apps.
import type { Route } from "../../state/session-map.ts";
import type { Identity } from "../session/identity.ts";

export type NativeDecision = "allow-once" | "allow-always" | "deny";

export interface NativeRequest {
  identity: Identity;
  /** The conversation it is shown in; the host's own surfaces where there is none. */
  route: Route | undefined;
  /** At most 80 characters. */
  title: string;
  /** At most 512 characters. */
  description: string;
  severity: "info" | "warning" | "critical";
  decisions: NativeDecision[];
  timeoutMs: number;
  toolName: string;
}

/** A question that is being shown. */
export interface NativeQuestion {
  /** False where the buttons are somewhere else, such as in the approvers' own chats. */
  readonly here: boolean;
  /** undefined: it ended without a decision. */
  readonly decision: Promise<NativeDecision | undefined>;
  /** Who decided, as the host names them: it tells that a moment after the decision, or not at all. */
  by(): Promise<string | undefined>;
  /** Decided otherwise meanwhile: the buttons show the outcome and do nothing any more. */
  settle(decision: NativeDecision): Promise<void>;
}

export interface NativeApprovals {
  /** undefined where there is no surface to ask on. */
  request(request: NativeRequest): Promise<NativeQuestion | undefined>;
}
