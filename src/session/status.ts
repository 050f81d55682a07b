// What a session tells about itself.
import type { ToolServer } from "../../adapters/harness.ts";
import type { SessionEntry } from "../../state/session-map.ts";
import type { SessionState } from "./feed.ts";
import type { LiveSession } from "./process/live-session.ts";
import type { UpdateReader } from "./update-reader.ts";

/** A state as people are told of it: what has no process is `parked` with a past and `new` without. */
type ShownState = Exclude<SessionState, "absent"> | "parked" | "new";

export interface SessionStatus {
  state: ShownState;
  adapterPid?: number;
  queued: number;
  /** Titles of the tools that run now. */
  running: string[];
  /** What the sub-agents that work now were given. */
  subagents: string[];
  entry: SessionEntry | undefined;
  /** What runs in the background, in the harness's own words. */
  inBackground: readonly string[];
  /** The MCP servers, as far as the harness tells. */
  servers: readonly ToolServer[];
  usage?: { used: number; size: number };
}

export function statusOf(o: {
  entry: SessionEntry | undefined;
  is: SessionState;
  live: LiveSession | undefined;
  queued: number;
  reader: Pick<UpdateReader, "running" | "subagents" | "inBackground" | "servers">;
  context: { used: number; size: number } | undefined;
}): SessionStatus {
  const { entry, is, live, queued, reader, context } = o;
  return {
    state: is === "absent" ? restingState(entry) : is,
    queued,
    running: reader.running(),
    subagents: reader.subagents(),
    inBackground: reader.inBackground,
    servers: reader.servers,
    entry,
    ...(live ? { adapterPid: live.slot.connection.pid } : {}),
    ...(context ? { usage: context } : {}),
  };
}

/** The state of a session without a process, by its record. */
export function restingState(entry: SessionEntry | undefined): "parked" | "new" | "closed" {
  if (entry?.state === "closed") return "closed";
  return entry?.claudeSessionId === undefined ? "new" : "parked";
}
