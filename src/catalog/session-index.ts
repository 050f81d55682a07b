// The index: every session of all agents, each under a number of its own that stays with it.
import { describe } from "../../common/failure.ts";
import { identityOf } from "../../state/identity.ts";
import type { SessionEntry, SessionMap } from "../../state/session-map.ts";

export type IndexedEntry = SessionEntry & { number: number };

export interface SessionIndex {
  /** In the order they were made. */
  entries: IndexedEntry[];
  /** What keeps sessions out of it, a sentence for each map that cannot be read. */
  problems: string[];
}

interface StoredEntry {
  entry: SessionEntry;
  map: SessionMap;
}

/**
 * Reads the sessions of these maps; a new one gets the next number, for good. A map that cannot be read does not hide the
 * others; if none can be read, the first error is thrown.
 */
export async function readIndex(maps: readonly SessionMap[]): Promise<SessionIndex> {
  const { all, last, failed } = await readAll(maps);
  if (failed.length > 0 && failed.length === maps.length) throw failed[0];
  const fresh = unnumbered(all);
  if (fresh.length > 0) await assignNumbers(fresh, last);
  const called = fresh.length > 0 ? await readAll(maps) : { all, last };
  return { entries: withNumbers(called), problems: failed.map((error) => describe(error)) };
}

interface ReadMaps {
  all: StoredEntry[];
  /** The highest number that was ever given. */
  last: number;
}

async function readAll(maps: readonly SessionMap[]): Promise<ReadMaps & { failed: unknown[] }> {
  const read = await Promise.allSettled(maps.map(async (map) => ({ map, ...(await map.read()) })));
  const good = read.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const all = good.flatMap(({ map, sessions }) => sessions.map((entry) => ({ entry, map })));
  return {
    all: all.sort((a, b) => a.entry.createdAt.localeCompare(b.entry.createdAt)),
    last: Math.max(
      0,
      ...good.map((map) => map.lastNumber ?? 0),
      ...all.map(({ entry }) => entry.number ?? 0),
    ),
    failed: read.flatMap((one) => (one.status === "rejected" ? [one.reason as unknown] : [])),
  };
}

// Two maps may have given the same number out, as when a workspace came from another machine: the elder session keeps it.
function unnumbered(all: readonly StoredEntry[]): StoredEntry[] {
  const taken = new Set<number>();
  return all.filter(({ entry: { number } }) => {
    if (!number || taken.has(number)) return true;
    taken.add(number);
    return false;
  });
}

// One map after the other, so that no two give out the same. One that cannot be written to keeps nobody from being listed.
async function assignNumbers(fresh: readonly StoredEntry[], taken: number): Promise<void> {
  let above = taken;
  for (const [map, some] of Map.groupBy(fresh, (one) => one.map)) {
    const wanted = some.map(({ entry }) => ({ id: identityOf(entry), seen: entry.number }));
    above = Math.max(above, await map.number(wanted, above).catch(() => 0));
  }
}

// Who could not be registered is called by the next number, for now.
function withNumbers({ all, last }: ReadMaps): IndexedEntry[] {
  let next = last;
  return all.map(({ entry }) => {
    if (!entry.number) next += 1;
    return { ...entry, number: entry.number || next };
  });
}
