// Which harness session somebody wants to go on with: that of a conversation, one it was in before, or one of a terminal.

import type { Harness } from "../../adapters/harness.ts";
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

/** Throws Failure `invalid` where none or several are meant, `transcript-missing` where there is nothing to go on with. */
export async function originOf(o: { ref: string; index: SessionIndex; harness: Harness }): Promise<Origin> {
  const { ref, index, harness } = o;
  const found = findRef(ref, index.entries);
  const { entry, identity } = found ?? {};
  const usual = entry?.cwd ?? "/";
  for (const sessionId of found ? idsOf(found) : await idsOfTerminals(o)) {
    // One of ours that was used is the adapter's to find, where we cannot see its transcripts.
    const used = found !== undefined && (harness.keepsElsewhere?.() ?? false) && wasUsed(found, sessionId);
    if (!used && !(await harness.hasTranscript({ cwd: usual, sessionId }))) continue;
    const current = entry?.claudeSessionId === sessionId;
    const cwd = (await harness.originalCwd({ cwd: usual, sessionId })) ?? entry?.cwd;
    return { claudeSessionId: sessionId, identity, cwd, current };
  }
  if (!found) throw unknownRef(ref, index, ", and the transcripts of this machine");
  throw new Failure({
    code: "transcript-missing",
    message: `The session "${ref}" has no transcript on this machine, so there is nothing to go on with.`,
    next: { say: "It was never used, or Claude's transcript of it was removed." },
  });
}

// A conversation that was closed or begun anew has nothing said in it: its session before that is meant.
function idsOf({ claudeSessionId, entry, retired }: Found): string[] {
  const before = retired ? undefined : entry.retired[0]?.claudeSessionId;
  return [claudeSessionId, before].filter((id) => id !== undefined);
}

function wasUsed({ entry }: Found, sessionId: string): boolean {
  return entry.claudeSessionId === sessionId
    ? entry.prompted === true
    : entry.retired.some((past) => past.claudeSessionId === sessionId);
}

async function idsOfTerminals({ ref, harness }: { ref: string; harness: Harness }): Promise<string[]> {
  const wanted = ref.trim();
  const ids = isIdPrefix(wanted) ? await harness.findSessionIds(wanted) : [];
  if (ids.includes(wanted)) return [wanted];
  if (ids.length > 1) throw ambiguous(wanted, ids);
  return ids;
}
