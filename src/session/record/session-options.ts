// The choices a session is opened with: the user's for it, else the configured ones.
import type { ModeTable, PermissionProfile, SessionOptions } from "../../../adapters/harness.ts";
import type { SessionEntry } from "../../../state/session-map.ts";
import type { SessionDefaults } from "../parts.ts";

/** How a session is to be set when it is opened: the user's choices for it, else the configured ones. */
export interface Choices {
  model: string | undefined;
  thinking: string | undefined;
  profile: PermissionProfile;
  mode: string | undefined;
  extras: Record<string, string>;
}

/** Every permission profile, the strictest first to ask. */
export const PROFILES: readonly PermissionProfile[] = [
  "ask",
  "acceptEdits",
  "plan",
  "readOnly",
  "bypassPermissions",
];
const LOOSENESS: Record<PermissionProfile, number> = {
  plan: 0,
  readOnly: 0,
  ask: 1,
  acceptEdits: 2,
  bypassPermissions: 3,
};

/** Whether more runs without asking in the one than in the other. */
export function isLooser(one: PermissionProfile, other: PermissionProfile): boolean {
  return LOOSENESS[one] > LOOSENESS[other];
}

/** Where a session keeps which profile the settings had when its own was chosen. */
export const UNDER_KEY = "permission_mode_under";
/** Where a session's own profile stands among its options; also the name the host is told. */
export const PROFILE_KEY = "permission_mode";
/**
 * What a session is opened with: its own choices over the configured ones. A choice that would run tools without asking holds
 * only while the settings say so too; they may have been closed since it was made.
 */
export function choicesOf(o: {
  entry: SessionEntry | undefined;
  defaults: { model: string | undefined; profile: PermissionProfile };
  harness: { modes: ModeTable };
}): Choices {
  const { entry, defaults } = o;
  const { modes } = o.harness;
  const { [PROFILE_KEY]: chosen, [UNDER_KEY]: under, ...extras } = entry?.options ?? {};
  const closed = defaults.profile !== "bypassPermissions";
  // What was chosen under a looser setting does not outlive it.
  const before = PROFILES.find((known) => known === under);
  const tightened = before !== undefined && isLooser(before, defaults.profile);
  const barred = (mode: string) => {
    const amounts = modes.profileOf(mode);
    const tooLoose = tightened && amounts !== undefined && isLooser(amounts, defaults.profile);
    return tooLoose || (closed && modes.skipsApprovals(mode));
  };
  const profile = PROFILES.find((known) => known === chosen && !barred(modes.of(known))) ?? defaults.profile;
  // A mode chosen by name says what may be done as well; a session that may only read takes none.
  const open = entry?.mode !== undefined && !barred(entry.mode) && profile !== "readOnly";
  const mode = open ? entry.mode : undefined;
  const byMode = mode === undefined ? undefined : modes.profileOf(mode);
  return {
    model: entry?.model ?? defaults.model,
    thinking: entry?.thinking,
    profile: byMode ?? profile,
    mode,
    extras,
  };
}

/** What holds for a session from its opening on. */
export function standingOf(
  entry: SessionEntry | undefined,
  { instructions, fallbackModel, maxBudgetUsd }: SessionDefaults,
): Pick<SessionOptions, "folders" | "instructions" | "fallbackModel" | "budgetUsd"> {
  const spent = entry?.usage?.cost ?? 0;
  return {
    ...(entry?.folders ? { folders: entry.folders } : {}),
    instructions,
    fallbackModel,
    // A session that may cost nothing any more is refused before it comes to this.
    budgetUsd: maxBudgetUsd === undefined ? undefined : Math.max(0.01, maxBudgetUsd - spent),
  };
}

/** The mode a session with this record is to be in: one the user named, else the one of its permission profile. */
export function wantedMode(o: Parameters<typeof choicesOf>[0]): string {
  const { mode, profile } = choicesOf(o);
  return mode ?? o.harness.modes.of(profile);
}
