// Opening: which harness session stands behind this one, resumed or new, and how it is set before its first prompt.
import { isUnknownSession } from "../../../adapters/connection.ts";
import { type Harness, keepsElsewhere, type SessionSource } from "../../../adapters/harness.ts";
import type { SessionListener } from "../../../adapters/router.ts";
import { type Log, logName } from "../../../common/log.ts";
import { identityOf } from "../../../state/identity.ts";
import type { SessionEntry } from "../../../state/session-map.ts";
import type { Trust } from "../folder-trust.ts";
import type { SessionDefaults } from "../parts.ts";
import { choicesOf, standingOf, wantedMode } from "../record/session-options.ts";
import type { SessionRecord } from "../record/session-record.ts";
import { ELSEWHERE, FRESH, goneChoice, staysIn } from "../sentences.ts";
import { type Choice, LiveSession } from "./live-session.ts";
import type { Pool } from "./pool.ts";

export interface Opening {
  harness: Harness;
  pool: Pool;
  record: SessionRecord;
  defaults: SessionDefaults;
  trust: Trust;
  reader: SessionListener;
  openMs: number;
  log: Log;
  /** A sentence for the user: an earlier session that cannot be continued, or a wait for a free slot. */
  note: (sentence: string) => void;
  /** Aborted when nobody wants the session any more: it is let go, and the record knows nothing of it. */
  signal: AbortSignal;
}

/**
 * The live session of this record. A stored id is resumed where the harness has its transcript; a prompted session
 * without one starts fresh with a note, an unprompted one silently (nothing was in it). Where another process changes
 * the record meanwhile, it is what the record says then.
 */
export async function openSession(opening: Opening): Promise<LiveSession> {
  for (;;) {
    const live = await openRecorded(opening);
    if (await orLeave(opening, live, () => catchUp(opening, live))) return live;
    await live.release(opening.openMs);
    opening.signal.throwIfAborted();
  }
}

/** Whether a live session is still what its record and the settings mean: the next prompt may go to it as it is. */
export async function isCurrent(
  live: LiveSession,
  { record, defaults, harness, trust }: Pick<Opening, "record" | "defaults" | "harness" | "trust">,
): Promise<boolean> {
  if (!(await live.inPlace()) || !(await record.means(live.sessionId))) return false;
  const entry = await record.read();
  return (
    live.offers(wantedMode({ entry, defaults, harness })) &&
    live.openedWith(standingOf(entry, defaults)) &&
    (await trust.holds(live))
  );
}

// Nothing of a session that could not be opened to the end stays behind.
async function orLeave<T>({ openMs }: Opening, live: LiveSession, task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (error) {
    await live.release(openMs);
    throw error;
  }
}

// A mode that was chosen while the session opened is in the record only; the session would be looser than it says.
// False where another session was chosen.
async function catchUp({ record, defaults, harness }: Opening, live: LiveSession): Promise<boolean> {
  const entry = await record.read();
  if (entry?.claudeSessionId !== live.sessionId) return false;
  await live.ensureMode(wantedMode({ entry, defaults, harness }));
  return true;
}

async function openRecorded(opening: Opening): Promise<LiveSession> {
  const { record, defaults, harness } = opening;
  const entry = await record.ensure({ defaultCwd: defaults.cwd });
  const known = entry.claudeSessionId;
  if (known === undefined) return await openNew(opening, entry);
  if (await harness.transcripts?.has({ cwd: entry.cwd, sessionId: known }))
    return await resume(opening, entry, known);
  if (entry.prompted) {
    const elsewhere = await fromElsewhere(opening, () => resume(opening, entry, known));
    if (elsewhere) return elsewhere;
    opening.note(FRESH);
    await record.orphan();
  }
  return await openNew(opening, entry);
}

// Where we cannot see its transcripts the adapter is asked; undefined where it knows nothing of that session either.
async function fromElsewhere(
  { harness }: Opening,
  opened: () => Promise<LiveSession>,
): Promise<LiveSession | undefined> {
  if (!keepsElsewhere(harness)) return undefined;
  try {
    return await opened();
  } catch (error) {
    if (isUnknownSession(error) || harness.failure(error).code === "transcript-missing") return undefined;
    throw error;
  }
}

// What was not as it is thought to be is told, once it is open, and put right in the record.
async function resume(opening: Opening, entry: SessionEntry, sessionId: string): Promise<LiveSession> {
  const { harness, record, note } = opening;
  const { transcripts } = harness;
  const began = await transcripts?.originalCwd({ cwd: entry.cwd, sessionId });
  const cwd = began ?? entry.cwd;
  const { readTo } = entry;
  const elsewhere =
    readTo && (await transcripts?.hasExternalWrites({ cwd, sessionId }, readTo).catch(() => false));
  const gone: Choice[] = [];
  const onGone = (choice: Choice) => void gone.push(choice);
  const live = await open(opening, {
    entry: { ...entry, cwd },
    from: { is: "resume", id: sessionId },
    onGone,
  });
  await orLeave(opening, live, async () => {
    if (began !== undefined) note(staysIn({ began, wanted: entry.cwd, name: harness.name }));
    if (elsewhere) note(ELSEWHERE);
    for (const choice of gone) note(goneChoice(choice, harness.name));
    if (began !== undefined || readTo) await record.note({ cwd, readTo: undefined });
    for (const { key } of gone) await record.noteOption(key, undefined);
  });
  return live;
}

async function openNew(opening: Opening, entry: SessionEntry): Promise<LiveSession> {
  const { harness, note } = opening;
  const { forkOf: origin, cwd } = entry;
  const fork = (id: string) => open(opening, { entry, from: { is: "fork", id } });
  let live: LiveSession | undefined;
  if (origin !== undefined) {
    const seen = await harness.transcripts?.has({ cwd, sessionId: origin });
    live = seen ? await fork(origin) : await fromElsewhere(opening, () => fork(origin));
    if (!live) note(FRESH);
  }
  live ??= await open(opening, { entry, from: { is: "new" } });
  await begin(opening, { live, entry });
  return live;
}

async function begin(
  opening: Opening,
  { live, entry }: { live: LiveSession; entry: SessionEntry },
): Promise<void> {
  const { record, signal } = opening;
  await orLeave(opening, live, async () => {
    signal.throwIfAborted();
    await record.opened(live.sessionId, entry);
  });
}

async function open(
  opening: Opening,
  o: {
    entry: SessionEntry;
    from: SessionSource;
    onGone?: (choice: Choice) => void;
  },
): Promise<LiveSession> {
  const { harness, reader, pool, openMs, note, signal } = opening;
  // Whoever named it, the settings and a resumed session too.
  await opening.trust.requireGround(o.entry.cwd, { anyway: true });
  const { mode, extras, ...choices } = choicesOf({ entry: o.entry, defaults: opening.defaults, harness });
  const options = { ...choices, ...standingOf(o.entry, opening.defaults) };
  const began = performance.now();
  const slot = await pool.slot({
    signal,
    onWait: (running) => note(`Waiting for a free slot (${running} running).`),
  });
  if (signal.aborted) await slot.leave({ linger: true });
  signal.throwIfAborted();
  const { cwd } = o.entry;
  const standing = await opening.trust.standing(cwd);
  const folders = await Promise.all(
    (o.entry.folders ?? []).map((folder) => opening.trust.folder(folder)),
  ).catch(async (error: unknown) => {
    await slot.leave({ linger: true });
    throw error;
  });
  const untrusted = opening.trust.notice(identityOf(o.entry), standing);
  if (untrusted !== undefined) note(untrusted);
  for (const fault of await opening.trust.faults(identityOf(o.entry), cwd)) note(fault);
  const live = await LiveSession.open({
    harness,
    slot,
    cwd,
    project: standing.use,
    from: o.from,
    options,
    mode,
    extras,
    reader,
    openMs,
    ...(o.onGone ? { onUnsupported: o.onGone } : {}),
  });
  opening.trust.opened(live, [standing, ...folders]);
  const ms = Math.round(performance.now() - began);
  opening.log.info(
    `${logName(identityOf(o.entry))} ${OPENED[o.from.is]} harness session ${live.sessionId} in adapter ${slot.connection.pid}, ${ms} ms`,
  );
  return live;
}

const OPENED = { new: "started", resume: "resumed", fork: "forked" } as const;
