// The roll: every session of all agents, each under a number of its own that stays with it.
import { describe } from "../../adapters/failure.ts";
import type { SessionEntry, SessionMap } from "../../state/session-map.ts";
import { identityOf } from "./identity.ts";

export type Numbered = SessionEntry & { number: number };

export interface Roll {
  /** In the order they were made. */
  entries: Numbered[];
  /** What keeps sessions out of it, a sentence for each map that cannot be read. */
  problems: string[];
}

interface Registered {
  entry: SessionEntry;
  map: SessionMap;
}

/**
 * Calls everybody in these maps; who is new gets the next number, for good. A map that cannot be read keeps nobody from the
 * others; where none can be, the first one's error is thrown.
 */
export async function callRoll(maps: readonly SessionMap[]): Promise<Roll> {
  const read = await Promise.allSettled(maps.map((map) => sessionsIn(map)));
  const failed = read.flatMap((one) => (one.status === "rejected" ? [one.reason as unknown] : []));
  if (failed.length > 0 && failed.length === maps.length) throw failed[0];
  const all = read
    .flatMap((one) => (one.status === "fulfilled" ? one.value : []))
    .sort((a, b) => a.entry.createdAt.localeCompare(b.entry.createdAt));
  return { entries: await numbered(all), problems: failed.map(describe) };
}

async function sessionsIn(map: SessionMap): Promise<Registered[]> {
  return (await map.read()).sessions.map((entry) => ({ entry, map }));
}

// Two maps may have given the same number out, as when a workspace came from another machine: the elder session keeps it.
async function numbered(all: readonly Registered[]): Promise<Numbered[]> {
  const taken = new Set<number>();
  const fresh = all.filter(({ entry: { number } }) => {
    if (!number || taken.has(number)) return true;
    taken.add(number);
    return false;
  });
  const last = Math.max(0, ...taken);
  const given = new Map(fresh.map(({ entry }, at) => [entry, last + at + 1]));
  // One that cannot be written down is called by it all the same.
  await Promise.allSettled(fresh.map((one) => keep(one, given.get(one.entry))));
  return all.map(({ entry }) => ({ ...entry, number: given.get(entry) ?? entry.number ?? 0 }));
}

// Somebody else may have called the roll at the same moment.
async function keep({ entry, map }: Registered, number: number | undefined): Promise<void> {
  await map.change(identityOf(entry), (now) =>
    number !== undefined && now.number === entry.number ? { ...now, number } : now,
  );
}
