// What a Session is made of, and what it tells about itself.
import type { Harness, PermissionProfile } from "../../adapters/harness.ts";
import type { Log } from "../../common/log.ts";
import type { Identity } from "../../state/identity.ts";
import type { SessionEntry, SessionMap } from "../../state/session-map.ts";
import type { Asker, Broker } from "../permission/question.ts";
import type { Audience } from "./audience.ts";
import type { Trust } from "./folder-trust.ts";
import type { Pool } from "./process/pool.ts";
import type { PlacesOf, PromptInput } from "./turn.ts";

export interface SessionDefaults {
  cwd: string;
  model: string | undefined;
  profile: PermissionProfile;
  /** Standing instructions of its agent. */
  instructions?: string | undefined;
  /** The model it goes on with where the chosen one does not answer. */
  fallbackModel?: string | undefined;
  /** What one session may cost, in US dollars. */
  maxBudgetUsd?: number | undefined;
}

/** What goes on in a session at a moment. */
export interface Activity {
  /** Somebody is asked something. */
  asking: boolean;
  /** What runs in the background, in the harness's own words. */
  inBackground: readonly string[];
  /** How many prompts run or wait. */
  prompts: number;
  /** What the turn that runs was begun with. */
  running: PromptInput | undefined;
}

/** A session whose conversations are looked for. */
interface Placed {
  identity: Identity;
  read: () => Promise<SessionEntry | undefined>;
}

export interface SessionParts {
  identity: Identity;
  harness: Harness;
  pool: Pool;
  map: SessionMap;
  broker: Broker & Asker;
  trust: Trust;
  /** The conversations that show it; without it each turn is shown in its own alone. */
  places?: ((of: Placed) => PlacesOf) | undefined;
  /** Whom a turn speaks to that names no conversation; undefined: nobody. */
  audienceOf?: ((identity: Identity) => Audience | undefined) | undefined;
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
  log: Log;
  now: () => Date;
}
