// The host's own approvals, as the broker needs them: buttons in the chat, `/approve`, the Control UI, the apps.

import type { Identity } from "../../state/identity.ts";
import type { Route } from "../../state/session-map.ts";

export type NativeDecision = "allow-once" | "allow-always" | "deny";

export interface NativeText {
  /** At most 80 characters. */
  title: string;
  /** At most 512 characters. */
  description: string;
}

/** The host's pages, apps and terminal, in place of a conversation. */
export const PAGES: Route = { channel: "webchat", to: "pages" };

export interface NativeRequest extends NativeText {
  /**
   * Without a session it is shown on the host's own pages alone: of a session that has a chat the host shows it there too
   * (docs/host-notes.md#plugin-approvals).
   */
  identity: Pick<Identity, "agentId"> & Partial<Identity>;
  /** The conversation it is shown in; the host's own surfaces where there is none. */
  route: Route | undefined;
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
  /** Whether the host would show these texts as they are: it masks what looks like a secret, and refuses what is long. */
  shows(text: NativeText): Promise<boolean>;
  /** Puts a text into the host's own record of a session, where its pages show it at once; false where that failed. */
  tell(identity: Identity, text: string): Promise<boolean>;
  /** undefined where there is no surface to ask on. */
  request(request: NativeRequest): Promise<NativeQuestion | undefined>;
}
