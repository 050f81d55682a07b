// What a Session is made of, and what it tells about itself.
import type { Harness, PermissionProfile } from "../../adapters/harness.ts";
import type { PermissionAnswer, PermissionRequest } from "../../adapters/router.ts";
import type { SessionMap } from "../../state/session-map.ts";
import type { Identity } from "./identity.ts";
import type { Pool } from "./pool.ts";

/** What decides a permission request; the sentence, where there is one, is for the user. */
export interface Broker {
  decide(o: {
    identity: Identity;
    profile: PermissionProfile;
    request: PermissionRequest;
    signal: AbortSignal;
  }): Promise<{ answer: PermissionAnswer; notice?: string }>;
}

export interface SessionDefaults {
  cwd: string;
  model: string | undefined;
  profile: PermissionProfile;
}

export interface SessionParts {
  identity: Identity;
  harness: Harness;
  pool: Pool;
  map: SessionMap;
  broker: Broker;
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
  /** A turn ended and none waits. */
  onIdle: (session: { park(): Promise<boolean> }) => void;
  now: () => Date;
}
