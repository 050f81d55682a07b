// Who listens to the harness for a session, and what becomes of what needs more than a reader.

import type { Identity } from "../../state/identity.ts";
import { type Controls, steer } from "./controls.ts";
import type { Output } from "./output.ts";
import type { SessionParts } from "./parts.ts";
import type { SessionRecord } from "./record/session-record.ts";
import type { Lane } from "./turn-queue.ts";
import { Reader } from "./update-reader.ts";

interface Heard {
  readonly identity: Identity;
  readonly record: SessionRecord;
  readonly output: Output;
  /** As they are at the moment. */
  readonly controls: Controls;
}

/** A reader for what the session's harness says from now on; what it begins by itself comes first in the lane. */
export function readerFor(o: { session: Heard; lane: Lane; parts: SessionParts }): Reader {
  const { session, lane } = o;
  const { harness, broker, defaults, followUp, onOwnTurn } = o.parts;
  const { identity, record, output } = session;
  const reader: Reader = new Reader({
    identity,
    harness,
    broker,
    defaults,
    record,
    output,
    begun: (turn) => {
      onOwnTurn(turn);
      lane.first(turn);
    },
    hurried: () => lane.prompts > 0,
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
