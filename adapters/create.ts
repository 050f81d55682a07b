// Makes the harness of a kind, one object each.
import { Failure } from "../common/failure.ts";
import { createClaude } from "./claude/create.ts";
import { CLAUDE } from "./claude/name.ts";
import type { ClaudeConfig } from "./claude/settings.ts";
import type { Harness } from "./harness.ts";

export interface HarnessesOptions {
  /** The settings of the moment, read at every start. */
  settings: () => { harness: ClaudeConfig };
  /** Where setup installs harnesses. */
  root: string;
  /** The environment of this process. */
  from: Readonly<Record<string, string | undefined>>;
  /** Files and folders no harness may read or write [none]; absolute. */
  closed?: () => readonly string[];
}

/** The harness of a kind by its name. The function throws Failure `refused` for a kind there is none of. */
export function createHarnesses(o: HarnessesOptions): (kind: string) => Harness {
  const { settings, ...rest } = o;
  const makers: Record<string, () => Harness> = {
    [CLAUDE.kind]: () => createClaude({ ...rest, config: () => settings().harness }),
  };
  const made = new Map<string, Harness>();
  return (kind) => {
    const known = made.get(kind);
    if (known) return known;
    const make = Object.hasOwn(makers, kind) ? makers[kind] : undefined;
    if (!make) throw new Failure({ code: "refused", message: `Contractor cannot run ${kind} yet.` });
    const harness = make();
    made.set(kind, harness);
    return harness;
  };
}
