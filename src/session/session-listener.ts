// Who listens to the harness for a session, and what becomes of what needs more than a reader.

import type { Identity } from "../../state/identity.ts";
import { type Controls, steer } from "./controls.ts";
import type { Output } from "./output.ts";
import type { SessionParts } from "./parts.ts";
import type { SessionRecord } from "./record/session-record.ts";
import type { TurnQueue } from "./turn-queue.ts";
import { UpdateReader } from "./update-reader.ts";

interface Heard {
  readonly identity: Identity;
  readonly record: SessionRecord;
  readonly output: Output;
  /** As they are at the moment. */
  readonly controls: Controls;
}

/** A reader for what the session's harness says from now on; what it begins by itself comes first in the queue. */
export function createSessionListener(o: {
  session: Heard;
  queue: TurnQueue;
  parts: SessionParts;
}): UpdateReader {
  const { session, queue } = o;
  const { harness, broker, defaults, followUp, onUnsolicitedTurn } = o.parts;
  const { identity, record, output } = session;
  const reader: UpdateReader = new UpdateReader({
    identity,
    harness,
    broker,
    defaults,
    record,
    output,
    begun: (turn) => {
      onUnsolicitedTurn(turn);
      queue.unshift(turn);
    },
    hurried: () => queue.prompts > 0,
    tell: async (text, where) => {
      if (!(await steer(session.controls, text))) followUp(text, where);
    },
    // Chosen in a session that was reset meanwhile, it is none of the next one's.
    adopt: async (mode) => {
      const { live, reader: current } = session.controls;
      if (current === reader) await live?.setMode(mode);
    },
  });
  return reader;
}
