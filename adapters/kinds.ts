// The kinds of harness there are, by name; create.ts makes them.
import { CLAUDE } from "./claude/name.ts";
import type { HarnessName } from "./harness.ts";

export const KINDS: readonly HarnessName[] = [CLAUDE];

/** What an agent runs that names none; also who is meant in a sentence that is about no agent in particular. */
export const HARNESS = CLAUDE;

/** Kinds that people may ask for, and that cannot be run yet. */
export const LATER: ReadonlySet<string> = new Set(["gemini", "codex"]);
