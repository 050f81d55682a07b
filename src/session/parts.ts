// What a Session is made of, and what it tells about itself.
import type { Harness, PermissionProfile, ToolUse } from "../../adapters/harness.ts";
import type {
  ElicitationReply,
  PermissionAnswer,
  PermissionRequest,
  RawElicitation,
} from "../../adapters/router.ts";
import type { Route, SessionMap } from "../../state/session-map.ts";
import type { AskExtras } from "./events.ts";
import type { Identity } from "./identity.ts";
import type { Pool } from "./pool.ts";
import type { Trust } from "./trust.ts";
import type { Turn } from "./turn.ts";

/** What decides a permission request of the harness. */
export interface Broker {
  decide(o: {
    identity: Identity;
    profile: PermissionProfile;
    request: PermissionRequest;
    tool: ToolUse;
    /** The folder the session works in. */
    cwd: string | undefined;
    /** The conversation whose next message may be the answer; absent in a held turn. */
    conversation: Route | undefined;
    /** Where the session's people are, as far as is known. */
    route: Route | undefined;
    /** Said before a question, where it comes out of the blue. */
    preface?: string;
    /** Says something in the conversation, in its place among the harness's words. */
    say: (text: string, extras?: AskExtras) => void;
    /** Aborted when the turn ends. */
    signal: AbortSignal;
    /** Aborted when the harness does not want the answer any more. */
    withdrawn: AbortSignal;
  }): Promise<{
    answer: PermissionAnswer;
    /** A sentence for the user. */
    notice?: string;
    /** What the user wants the harness to know about it. */
    tell?: string;
    /** The user wants the whole turn to end. */
    cancelTurn?: boolean;
    /** The mode the session is in from now on. */
    mode?: string;
  }>;
  /** A tool was used without our being asked; for the record. */
  used(identity: Identity, tool: { name: string; title: string }): Promise<void>;
}

/** What puts the harness's questions before its user. */
export interface Asker {
  elicit(o: {
    identity: Identity;
    request: RawElicitation;
    conversation: Route | undefined;
    say: (text: string) => void;
    signal: AbortSignal;
  }): Promise<ElicitationReply>;
}

export interface SessionDefaults {
  cwd: string;
  model: string | undefined;
  profile: PermissionProfile;
}

/** What goes on in a session at a moment. */
export interface Activity {
  /** Somebody is asked something. */
  asking: boolean;
  /** What runs in the background, in the harness's own words. */
  inBackground: readonly string[];
  /** How many prompts run or wait. */
  prompts: number;
}

export interface SessionParts {
  identity: Identity;
  harness: Harness;
  pool: Pool;
  map: SessionMap;
  broker: Broker & Asker;
  trust: Trust;
  /** Read at each start, so that a changed setting holds from the next start on. */
  defaults: () => SessionDefaults;
  /** Upper bound of a cancel, in milliseconds. */
  cancelMs: number;
  /** How long a session may take to open, in milliseconds. */
  openMs: number;
  /** Silence after which a turn is thought to hang, in milliseconds. */
  stallMs: number;
  /** How many of its earlier harness sessions a session remembers. */
  keptRetired: number;
  /** The session was closed for good. */
  onClosed: () => Promise<void>;
  /** A prompt of ours that could not be steered into the running turn: it is to follow it, in the same conversation. */
  followUp: (text: string, conversation: Route | undefined) => void;
  /** The harness begins something of its own accord; what it says is to be read before this returns. */
  onOwnTurn: (turn: Turn) => void;
  /** A turn ended and none waits. */
  onIdle: () => void;
  now: () => Date;
}
