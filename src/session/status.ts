// What a session tells about itself.
import type { ToolServer } from "../../adapters/harness.ts";
import type { SessionEntry } from "../../state/session-map.ts";
import type { SessionState } from "./feed.ts";
import type { LiveSession } from "./process/live-session.ts";
import type { UpdateReader } from "./update-reader.ts";

export interface SessionStatus {
  state: SessionState | "parked";
  adapterPid?: number;
  queued: number;
  /** Titles of the tools that run now. */
  running: string[];
  entry: SessionEntry | undefined;
  /** What runs in the background, in the harness's own words. */
  inBackground: readonly string[];
  /** The MCP servers, as far as the harness tells. */
  servers: readonly ToolServer[];
  usage?: { used: number; size: number };
}

/** An absent session with a past is parked: its next prompt resumes it. */
export function statusOf(o: {
  entry: SessionEntry | undefined;
  is: SessionState;
  live: LiveSession | undefined;
  queued: number;
  reader: Pick<UpdateReader, "running" | "inBackground" | "servers">;
  context: { used: number; size: number } | undefined;
}): SessionStatus {
  const { entry, is, live, queued, reader, context } = o;
  const asleep = is === "absent" && entry?.claudeSessionId !== undefined;
  return {
    state: asleep ? "parked" : is,
    queued,
    running: reader.running(),
    inBackground: reader.inBackground,
    servers: reader.servers,
    entry,
    ...(live ? { adapterPid: live.slot.connection.pid } : {}),
    ...(context ? { usage: context } : {}),
  };
}
