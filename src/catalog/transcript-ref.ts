// Which harness session somebody wants to go on with: that of a conversation, one it was in before, or one of a terminal.

import { type Harness, keepsElsewhere } from "../../adapters/harness.ts";
import { Failure } from "../../common/failure.ts";
import type { Identity } from "../../state/identity.ts";
import type { SessionIndex } from "./session-index.ts";
import { ambiguous, type Found, findRef, isIdPrefix, unknownRef } from "./session-ref.ts";

export interface Origin {
  claudeSessionId: string;
  /** The conversation it is, or was, the session of. */
  identity: Identity | undefined;
  cwd: string | undefined;
  /** True where it is what a conversation of ours is in now. */
  current: boolean;
}

interface Meant {
  sessionId: string;
  harness: Harness;
}

/** Throws Failure `invalid` where none or several are meant, `transcript-missing` where there is nothing to go on with. */
export async function originOf(o: {
  ref: string;
  index: SessionIndex;
  harnessOf: (agentId: string) => Harness;
  /** Each kind in use, once. */
  all: readonly Harness[];
}): Promise<Origin> {
  const { ref, index } = o;
  const found = findRef(ref, index.entries);
  const { entry, identity } = found ?? {};
  const usual = entry?.cwd ?? "/";
  const meant = found ? idsOf(found, o.harnessOf(found.entry.agentId)) : await idsOfTerminals(o);
  for (const { sessionId, harness } of meant) {
    // One of ours that was used is the adapter's to find, where we cannot see its transcripts.
    const used = found !== undefined && keepsElsewhere(harness) && wasUsed(found, sessionId);
    if (!used && !(await harness.transcripts?.has({ cwd: usual, sessionId }))) continue;
    const current = entry?.claudeSessionId === sessionId;
    const cwd = (await harness.transcripts?.originalCwd({ cwd: usual, sessionId })) ?? entry?.cwd;
    return { claudeSessionId: sessionId, identity, cwd, current };
  }
  if (!found) throw unknownRef(ref, index, ", and the transcripts of this machine");
  throw new Failure({
    code: "transcript-missing",
    message: `The session "${ref}" has no transcript on this machine, so there is nothing to go on with.`,
    next: { say: "It was never used, or its transcript was removed." },
  });
}

// A conversation that was closed or begun anew has nothing said in it: its session before that is meant.
function idsOf({ claudeSessionId, entry, retired }: Found, harness: Harness): Meant[] {
  const before = retired ? undefined : entry.retired[0]?.claudeSessionId;
  return [claudeSessionId, before]
    .filter((id) => id !== undefined)
    .map((sessionId) => ({ sessionId, harness }));
}

function wasUsed({ entry }: Found, sessionId: string): boolean {
  return entry.claudeSessionId === sessionId
    ? entry.prompted === true
    : entry.retired.some((past) => past.claudeSessionId === sessionId);
}

async function idsOfTerminals({ ref, all }: { ref: string; all: readonly Harness[] }): Promise<Meant[]> {
  const wanted = ref.trim();
  if (!isIdPrefix(wanted)) return [];
  const found = all.map(async (harness) => {
    const ids = (await harness.transcripts?.findIds(wanted)) ?? [];
    return ids.map((sessionId) => ({ sessionId, harness }));
  });
  const meant = (await Promise.all(found)).flat();
  const exact = meant.filter(({ sessionId }) => sessionId === wanted);
  if (exact.length > 0) return exact;
  if (meant.length > 1) {
    const ids = meant.map(({ sessionId }) => sessionId);
    throw ambiguous(wanted, ids);
  }
  return meant;
}
