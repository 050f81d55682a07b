// What a running gateway adds to a fault report, the answer of the method `contractor.debug`: frames, live sessions, log lines.
import { z } from "zod";
import type { Frame } from "../../../adapters/frame-ring.ts";
import type { KeptLog } from "../../../common/log.ts";
import type { Sessions } from "../../session/sessions.ts";
import { liveSessions } from "./live.ts";
import { liveSchema } from "./survey.ts";

// The whole answer has to pass the gateway's own connection.
const FRAMES_CHARS = 4_000_000;

const frame = z.looseObject({ at: z.string(), direction: z.string(), method: z.string(), bytes: z.number() });
export const livePartsSchema = z.object({
  live: liveSchema,
  adapters: z.array(
    z.object({
      pid: z.int().positive(),
      ended: z.boolean(),
      /** How many of the oldest frames there was no room for. */
      cut: z.int().nonnegative(),
      frames: z.array(frame),
    }),
  ),
  log: z.array(z.string()),
});
export type LiveParts = z.output<typeof livePartsSchema>;

export async function liveParts(o: {
  sessions: Sessions;
  log: KeptLog;
  withText: boolean;
}): Promise<LiveParts> {
  const rings = o.sessions.frames.read({ withText: o.withText });
  const room = FRAMES_CHARS / Math.max(1, rings.length);
  return {
    live: await liveSessions(o.sessions),
    adapters: rings.map(({ pid, ended, frames }) => {
      const kept = newest(frames, room);
      return { pid, ended, cut: frames.length - kept.length, frames: kept.map((one) => ({ ...one })) };
    }),
    log: o.log.tail(),
  };
}

function newest(frames: readonly Frame[], room: number): Frame[] {
  let left = room;
  let from = frames.length;
  while (from > 0) {
    left -= JSON.stringify(frames[from - 1]).length;
    if (left < 0) break;
    from -= 1;
  }
  return frames.slice(from);
}
