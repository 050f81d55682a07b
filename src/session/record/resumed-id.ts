// Which harness session somebody wants to go on with, where they name one: no other is resumed (I6, docs/architecture.md).

import { type Harness, keepsElsewhere } from "../../../adapters/harness.ts";
import { Failure } from "../../../common/failure.ts";
import type { SessionEntry } from "../../../state/session-map.ts";
import type { EnsureOptions } from "./entry.ts";

/**
 * The id to go on with; undefined where nobody named one, or it is no news. The host repeats the id it last heard of,
 * which may be one of ours and no harness id at all. Throws Failure `transcript-missing` for one that must exist.
 */
export async function adoptedId(o: {
  wish: EnsureOptions;
  entry: SessionEntry | undefined;
  harness: Pick<Harness, "transcripts" | "name">;
}): Promise<string | undefined> {
  const { wish, entry, harness } = o;
  const { resume } = wish;
  if (resume === undefined || resume === entry?.claudeSessionId || resume === entry?.backendSessionId)
    return undefined;
  // Ours is the truth; what the host remembers beside it is of another day.
  if (entry !== undefined && !wish.resumeRequired) return undefined;
  const cwd = entry?.cwd ?? wish.cwd ?? wish.defaultCwd;
  const there = await harness.transcripts?.has({ cwd, sessionId: resume });
  if (there || (wish.resumeRequired && keepsElsewhere(harness))) return resume;
  if (!wish.resumeRequired) return undefined;
  throw new Failure({
    code: "transcript-missing",
    message: `There is no session "${resume}" on this machine: ${harness.name} has no transcript of that id.`,
    next: { say: "Check the id, or start without it for a fresh session." },
  });
}
