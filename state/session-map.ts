// The session map is the record of which conversation is which Claude session; one per agent workspace. It is kept in the gateway's state,
// where the harness may not write; the workspace has a copy for people to read, which is never believed.
import { z } from "zod";
import { ActivityOverlay } from "./activity-overlay.ts";
import { filterValid } from "./content.ts";
import { openDocument, updateGiving } from "./document.ts";
import type { OnCorrupt } from "./json-file.ts";
import type { Lock } from "./lock.ts";
import { keptAt, sessionMapPath } from "./map-place.ts";
import { withCopy } from "./readable-copy.ts";
import {
  type Contractor,
  contractorSchema,
  entryFields,
  entrySchema,
  lastNumberSchema,
  type SessionEntry,
  type StoredEntry,
} from "./session-schema.ts";

export type { Contractor, Route, SessionEntry, UsageTotals } from "./session-schema.ts";

const VERSION = 1;

// An entry that is frozen was read or written here before, and fitted then: a change of one is not a look at all of them.
const knownOrFitting = z.unknown().transform((value, context): StoredEntry => {
  if (isKnown(value)) return value;
  const read = entrySchema.safeParse(value);
  if (read.success) return read.data;
  for (const { path, message } of read.error.issues)
    context.issues.push({ code: "custom", message, path: [...path], input: value });
  return z.NEVER;
});

const fileSchema = z.looseObject({
  version: z.literal(VERSION).default(VERSION),
  contractor: contractorSchema.exactOptional(),
  lastNumber: lastNumberSchema,
  sessions: z.array(knownOrFitting).default([]),
});
type File = z.infer<typeof fileSchema>;

export type SessionIdentity = { agentId: string; sessionKey: string };

/** What is returned is frozen; entries stand in the order in which they were first written. */
export interface SessionMap {
  readonly file: string;
  /** Writes who the workspace's contractor is; sessions that are there already stay. */
  init(contractor: Contractor): Promise<void>;
  read(): Promise<{ contractor?: Contractor; lastNumber?: number; sessions: SessionEntry[] }>;
  get(id: SessionIdentity): Promise<SessionEntry | undefined>;
  /**
   * Writes what `change` makes of the entry (`undefined`: there is none) and resolves when that is durable. Known keys
   * that it leaves out are removed, unknown ones stay. `change` may run more than once, see Document.update.
   */
  upsert(
    id: SessionIdentity,
    change: (entry: SessionEntry | undefined) => SessionEntry,
  ): Promise<SessionEntry>;
  /** The same for an entry that is there; undefined where there is none, or none any more. */
  change(
    id: SessionIdentity,
    change: (entry: SessionEntry) => SessionEntry,
  ): Promise<SessionEntry | undefined>;
  /**
   * Gives these sessions the next numbers above this one and all that are given here; one whose number is not the one seen
   * any more keeps it. Resolves to the highest there is then.
   */
  number(
    wanted: readonly { id: SessionIdentity; seen: number | undefined }[],
    above: number,
  ): Promise<number>;
  /**
   * The session was active at this ISO time: read so from now on, and on disk with the next change of the entry. For
   * what happens at every message, and is not worth a write of the whole map.
   */
  touch(id: SessionIdentity, at: string): void;
  /** Whether there was one to remove. */
  remove(id: SessionIdentity): Promise<boolean>;
}

/**
 * The map of one workspace; nothing is touched before it is used. An entry that is invalid is left out and a copy of
 * the file kept (`onCorrupt`). Its methods throw a StateError for a file that cannot be used, for instance a newer one.
 */
export function openSessionMap(o: {
  workspace: string;
  /** `<OpenClaw state dir>/contractor`, where the map is kept; without it the workspace's own is the map. */
  home?: string | undefined;
  lock: Lock;
  onCorrupt?: OnCorrupt | undefined;
}): SessionMap {
  const copy = sessionMapPath(o.workspace);
  const file = o.home === undefined ? copy : keptAt(o.home, o.workspace);
  const kept = openDocument<File>({
    file,
    schema: fileSchema,
    empty: () => ({ version: VERSION, sessions: [] }),
    version: VERSION,
    lock: o.lock,
    onCorrupt: o.onCorrupt,
    salvage: salvageFile,
    draft: (value) => ({ ...value, sessions: [...value.sessions] }),
  });
  // Where the other conversations are is nobody's business there.
  const document = copy === file ? kept : withCopy(kept, copy, withoutRoutes);
  const touched = new ActivityOverlay();
  return {
    file,
    async init(contractor) {
      await document.update((draft) => {
        draft.contractor = { ...draft.contractor, ...contractor };
      });
    },
    async read() {
      const value = await document.read();
      return touched.any ? { ...value, sessions: value.sessions.map((entry) => touched.on(entry)) } : value;
    },
    async get(id) {
      const entry = (await document.read()).sessions.find((one) => isOf(one, id));
      return entry && touched.on(entry);
    },
    touch: (id, at) => touched.note(id, at),
    async upsert(id, change) {
      const entry = await updateGiving(document, ({ sessions }) =>
        put({ sessions, id, change: (before) => touched.on(change(before)) }),
      );
      touched.written(entry);
      return entry;
    },
    async change(id, change) {
      const entry = await updateGiving(document, ({ sessions }) => {
        const before = sessions.find((one) => isOf(one, id));
        return before && put({ sessions, id, change: (now) => touched.on(change(now ?? before)) });
      });
      if (entry) touched.written(entry);
      return entry;
    },
    number: (wanted, above) => updateGiving(document, (draft) => giveNumbers(draft, wanted, above)),
    remove: (id) => updateGiving(document, (draft) => takeOut(draft, id)),
  };
}

function withoutRoutes(value: File): object {
  return { ...value, sessions: value.sessions.map(({ route: _route, places: _places, ...entry }) => entry) };
}

// A map that does not fit as a whole: the entries and the contractor that do, and every key that is not ours.
function salvageFile(raw: unknown): File | undefined {
  const file = z.looseObject({}).safeParse(raw);
  if (!file.success) return undefined;
  const { contractor, lastNumber, sessions, ...others } = file.data;
  const owner = contractorSchema.safeParse(contractor);
  const last = lastNumberSchema.parse(lastNumber);
  return {
    ...others,
    version: VERSION,
    ...(owner.success ? { contractor: owner.data } : {}),
    ...(last ? { lastNumber: last } : {}),
    sessions: filterValid(entrySchema, sessions),
  };
}

type Wanted = Parameters<SessionMap["number"]>[0];

function giveNumbers({ sessions, lastNumber }: File, wanted: Wanted, above: number): number {
  let last = Math.max(above, lastNumber ?? 0, ...sessions.map((entry) => entry.number ?? 0));
  for (const { id, seen } of wanted) {
    const at = sessions.findIndex((entry) => isOf(entry, id));
    const entry = sessions[at];
    if (!entry || entry.number !== seen) continue;
    last += 1;
    sessions[at] = { ...entry, number: last };
  }
  return last;
}

// Its number is nobody else's from then on: people may still have it before them in a list.
function takeOut(draft: File, id: SessionIdentity): boolean {
  const gone = draft.sessions.find((entry) => isOf(entry, id));
  draft.sessions = draft.sessions.filter((entry) => entry !== gone);
  if (gone?.number) draft.lastNumber = Math.max(gone.number, draft.lastNumber ?? 0);
  return gone !== undefined;
}

type Put = {
  sessions: StoredEntry[];
  id: SessionIdentity;
  change: (entry: SessionEntry | undefined) => SessionEntry;
};

// In place, or at the end: the order of the file is the order in which sessions began.
function put({ sessions, id, change }: Put): SessionEntry {
  const at = sessions.findIndex((entry) => isOf(entry, id));
  const before = sessions[at];
  const kept = before === undefined ? {} : unknownKeys(before);
  const entry = structuredClone({ ...kept, ...change(structuredClone(before)) });
  if (!isOf(entry, id))
    throw new TypeError(`session map: an entry of ${id.sessionKey} became another session's`);
  if (before === undefined) sessions.push(entry);
  else sessions[at] = entry;
  return entry;
}

function unknownKeys(entry: StoredEntry): Record<string, unknown> {
  return Object.fromEntries(Object.entries(entry).filter(([key]) => !Object.hasOwn(entryFields, key)));
}

function isKnown(value: unknown): value is StoredEntry {
  return typeof value === "object" && value !== null && Object.isFrozen(value);
}

function isOf(entry: SessionEntry, id: SessionIdentity): boolean {
  return entry.agentId === id.agentId && entry.openclawSessionKey === id.sessionKey;
}
