// How users name a session: a number from the list, a name, a session key, a harness id (or the beginning of one).
import { Failure } from "../../common/failure.ts";
import { type Identity, identityOf } from "../../state/identity.ts";
import type { IndexedEntry, SessionIndex } from "./session-index.ts";

export interface Found {
  identity: Identity;
  entry: IndexedEntry;
  /** The harness session that was meant: the current one, or one that was retired; undefined where there is none yet. */
  claudeSessionId: string | undefined;
  /** True when it is an earlier one of this session. */
  retired: boolean;
}

const MIN_BEGINNING = 6;

/**
 * Finds the one session a reference means, from the surest reading of it to the loosest: the first that finds anything
 * decides. Undefined when none does; throws Failure `invalid` when several sessions are meant.
 */
export function findRef(ref: string, entries: readonly IndexedEntry[]): Found | undefined {
  const wanted = readable(ref);
  const number = Number(/^#?(\d{1,6})$/.exec(wanted)?.[1] ?? 0);
  const conversations = entries.map(current);
  const ids = byClaudeId(entries);
  const readings = [
    conversations.filter(({ entry }) => number > 0 && entry.number === number),
    ids.filter(({ claudeSessionId }) => claudeSessionId === wanted),
    conversations.filter(
      ({ entry }) => entry.openclawSessionKey === wanted || entry.backendSessionId === wanted,
    ),
    conversations.filter(({ entry }) => sameName(entry.name, wanted)),
    ids.filter(({ claudeSessionId }) => isIdPrefix(wanted) && claudeSessionId?.startsWith(wanted)),
  ];
  const found = readings.find((reading) => reading.length > 0) ?? [];
  if (found.length > 1) throw ambiguous(wanted, found.map(nameOf));
  return found[0];
}

/** Whether it is enough of a harness id to look for the rest. */
export function isIdPrefix(ref: string): boolean {
  return ref.length >= MIN_BEGINNING && /^[\w-]+$/.test(ref);
}

/** Names are the same however they were typed: in capitals or not, an accent as one character or two. */
export function sameName(name: string | undefined, other: string): boolean {
  return name !== undefined && readable(name).toLowerCase() === readable(other).toLowerCase();
}

/** What an unknown reference is answered with: it names what was searched, `also` what was besides the list. */
export function unknownRef(ref: string, { entries, problems }: SessionIndex, also = ""): Failure {
  const agents = [...new Set(entries.map((entry) => entry.agentId))].join(", ");
  const searched = entries.length === 0 ? "there are no sessions yet" : `the ${entries.length} of ${agents}`;
  return new Failure({
    code: "invalid",
    message: [
      `No session is called "${ref}": I looked for a list number, a name, a session key and a session id (${searched}${also}).`,
      ...problems,
    ].join(" "),
    next: { lead: "See them with", run: "sessions" },
  });
}

export function ambiguous(ref: string, meant: readonly string[]): Failure {
  const more = meant.length > 5 ? ", …" : "";
  return new Failure({
    code: "invalid",
    message: `"${ref}" means several sessions: ${meant.slice(0, 5).join(", ")}${more}.`,
    next: { say: "Give more of the id, or the number in the list." },
  });
}

function readable(text: string): string {
  return text.trim().normalize("NFC");
}

function current(entry: IndexedEntry): Found {
  return {
    identity: identityOf(entry),
    entry,
    claudeSessionId: entry.claudeSessionId ?? entry.forkOf,
    retired: false,
  };
}

function earlier(entry: IndexedEntry): { found: Found; retiredAt: string }[] {
  return entry.retired.map(({ claudeSessionId, retiredAt }) => ({
    found: { identity: identityOf(entry), entry, claudeSessionId, retired: true },
    retiredAt,
  }));
}

// One for each harness session: of those that know its id, the conversation that is in it, else the one that was last, else
// one that begins as its copy.
function byClaudeId(entries: readonly IndexedEntry[]): Found[] {
  const inIt = entries.filter((entry) => entry.claudeSessionId !== undefined).map(current);
  const wereInIt = entries.flatMap(earlier).sort((a, b) => b.retiredAt.localeCompare(a.retiredAt));
  const copies = entries.filter((entry) => entry.claudeSessionId === undefined && entry.forkOf).map(current);
  const best = new Map<string | undefined, Found>();
  for (const found of [...inIt, ...wereInIt.map((one) => one.found), ...copies])
    if (!best.has(found.claudeSessionId)) best.set(found.claudeSessionId, found);
  return [...best.values()];
}

function nameOf({ claudeSessionId, entry }: Found): string {
  return claudeSessionId ?? entry.openclawSessionKey;
}
