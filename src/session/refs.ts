// How users name a session: a number from the list, a name, a session key, a harness id (or the beginning of one).
import { Failure } from "../../adapters/failure.ts";
import type { SessionEntry } from "../../state/session-map.ts";
import type { Identity } from "./identity.ts";

export interface Found {
  identity: Identity;
  entry: SessionEntry;
  /** The harness session that was meant: the current one, or one that was retired; undefined where there is none yet. */
  claudeSessionId: string | undefined;
  /** True when it is an earlier one of this session. */
  retired: boolean;
}

const MIN_PREFIX = 6;

/**
 * Finds the one session a reference means, among entries in the order of their numbers.
 * Undefined when none matches; throws Failure `invalid` when several do.
 */
export function findRef(ref: string, entries: readonly SessionEntry[]): Found | undefined {
  const wanted = ref.trim();
  const numbered = /^#?(\d{1,4})$/.exec(wanted)?.[1];
  const byNumber = numbered === undefined ? undefined : entries[Number(numbered) - 1];
  if (byNumber) return current(byNumber);
  const all = entries.flatMap((entry) => [current(entry), ...earlier(entry)]);
  for (const matches of MATCHERS) {
    const found = all.filter((one) => matches(one, wanted));
    if (found.length > 1) throw ambiguous(wanted, found);
    if (found[0]) return found[0];
  }
  return undefined;
}

/** What an unknown reference is answered with: it names what was searched. */
export function unknownRef(ref: string, entries: readonly SessionEntry[]): Failure {
  const agents = [...new Set(entries.map((entry) => entry.agentId))].join(", ");
  const searched =
    entries.length === 0 ? "there are no sessions yet" : `searched the ${entries.length} of ${agents}`;
  return new Failure({
    code: "invalid",
    message: `No session is called "${ref}": I looked for a list number, a name, a session key and a Claude id (${searched}).`,
    next: "See them with: openclaw contractor-agents sessions",
  });
}

type Matcher = (one: Found, wanted: string) => boolean;

// From the surest to the loosest; the first that finds anything decides.
const MATCHERS: readonly Matcher[] = [
  (one, wanted) => one.claudeSessionId === wanted,
  (one, wanted) =>
    !one.retired && (one.entry.openclawSessionKey === wanted || one.entry.backendSessionId === wanted),
  (one, wanted) => !one.retired && one.entry.name?.toLowerCase() === wanted.toLowerCase(),
  (one, wanted) => wanted.length >= MIN_PREFIX && (one.claudeSessionId?.startsWith(wanted) ?? false),
];

function current(entry: SessionEntry): Found {
  return {
    identity: identityOf(entry),
    entry,
    claudeSessionId: entry.claudeSessionId ?? entry.forkOf,
    retired: false,
  };
}

function earlier(entry: SessionEntry): Found[] {
  return entry.retired.map(({ claudeSessionId }) => ({
    identity: identityOf(entry),
    entry,
    claudeSessionId,
    retired: true,
  }));
}

export function identityOf(entry: SessionEntry): Identity {
  return { agentId: entry.agentId, sessionKey: entry.openclawSessionKey };
}

function ambiguous(ref: string, found: readonly Found[]): Failure {
  const ids = found.map((one) => one.claudeSessionId ?? one.entry.openclawSessionKey);
  return new Failure({
    code: "invalid",
    message: `"${ref}" means several sessions: ${ids.slice(0, 5).join(", ")}.`,
    next: "Give more of the id, or the number in the list.",
  });
}
