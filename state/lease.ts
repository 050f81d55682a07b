// A lease says which process of ours runs an adapter child, so that a child whose owner died can be found and ended.
// One file per child, `<dir>/<pid>.json`; it belongs to the process that spawned the child. I12 (docs/architecture.md).
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { readSnapshot, resolveFileForWriting, writeDurably } from "./durable-file.ts";
import { errnoOf } from "./error.ts";
import type { Known } from "./known.ts";

const leaseSchema = z.looseObject({
  pid: z.int().positive(),
  startTime: z.string().min(1),
  command: z.string().min(1),
  ownerPid: z.int().positive(),
  ownerStartTime: z.string().min(1),
  createdAt: z.string(),
});

/** `startTime` and `ownerStartTime` are as the inspector tells them; a pid alone may have been given to another process. */
export type Lease = Known<z.infer<typeof leaseSchema>>;

/** What a lease must know of processes. `adapters/process-table.ts` can tell. */
export interface ProcessInspector {
  /** When the process started, as opaque text; `undefined` when it is gone. */
  startTime(pid: number): Promise<string | undefined>;
  /** Its argv joined with spaces; `undefined` when it is gone. */
  commandLine(pid: number): Promise<string | undefined>;
  /** False for a process that has ended, even while its parent has not waited for it. */
  alive(pid: number): Promise<boolean>;
}

export type KillTree = (o: { pid: number; graceMs: number }) => Promise<boolean>;

/**
 * Writes the lease of a child that runs; `command` is its argv joined with spaces, `ownerPid` defaults to this
 * process. `undefined`, and nothing written, when the child or its owner is gone already.
 */
export async function takeLease(o: {
  dir: string;
  pid: number;
  command: string;
  ownerPid?: number;
  inspect: Pick<ProcessInspector, "startTime">;
}): Promise<Lease | undefined> {
  const ownerPid = o.ownerPid ?? process.pid;
  const startTime = await o.inspect.startTime(o.pid);
  const ownerStartTime = await o.inspect.startTime(ownerPid);
  if (startTime === undefined || ownerStartTime === undefined) return undefined;
  const createdAt = new Date().toISOString();
  const lease: Lease = { pid: o.pid, startTime, command: o.command, ownerPid, ownerStartTime, createdAt };
  const file = await resolveFileForWriting(leaseFile(o.dir, o.pid));
  await writeDurably({ file, bytes: Buffer.from(`${JSON.stringify(lease, null, 2)}\n`) });
  return lease;
}

/** For a child that has ended. Nothing when there is no lease. */
export async function releaseLease(o: { dir: string; pid: number }): Promise<void> {
  await rm(leaseFile(o.dir, o.pid), { force: true });
}

/** The leases that can be read, by pid. */
export async function listLeases(o: { dir: string }): Promise<Lease[]> {
  const leases: Lease[] = [];
  for (const pid of await pidsIn(o.dir)) {
    const content = await readLease(o.dir, pid);
    if (typeof content === "object") leases.push(content);
  }
  return leases;
}

/**
 * Ends the children whose owner is gone, with everything they started, and returns the leases of those that are gone
 * now. A child is only touched while pid, start time and command are the lease's. Leases of children that ended, and
 * files that are not JSON, are removed; the rest (a living owner's, another command's, another format's) is left alone.
 */
export async function reapLeases(o: {
  dir: string;
  graceMs: number;
  inspect: ProcessInspector;
  killTree: KillTree;
}): Promise<Lease[]> {
  const pids = await pidsIn(o.dir);
  const reaped = await Promise.all(pids.map((pid) => reap({ ...o, pid })));
  return reaped.filter((lease) => lease !== undefined);
}

type Reap = Parameters<typeof reapLeases>[0] & { pid: number };

async function reap({ dir, pid, graceMs, inspect, killTree }: Reap): Promise<Lease | undefined> {
  const lease = await readLease(dir, pid);
  if (lease === "not JSON") await releaseLease({ dir, pid });
  if (typeof lease !== "object" || (await ownerLives(lease, inspect))) return undefined;
  switch (await childOf(lease, inspect)) {
    case "gone":
      await releaseLease({ dir, pid });
      return undefined;
    case "unsure":
      return undefined;
    case "ours":
      if (!(await killTree({ pid, graceMs }))) return undefined;
      await releaseLease({ dir, pid });
      return lease;
  }
}

async function ownerLives(lease: Lease, inspect: ProcessInspector): Promise<boolean> {
  return (
    (await inspect.alive(lease.ownerPid)) &&
    (await inspect.startTime(lease.ownerPid)) === lease.ownerStartTime
  );
}

async function childOf(lease: Lease, inspect: ProcessInspector): Promise<"ours" | "gone" | "unsure"> {
  const startTime = (await inspect.alive(lease.pid)) ? await inspect.startTime(lease.pid) : undefined;
  if (startTime !== lease.startTime) return "gone";
  const commandLine = await inspect.commandLine(lease.pid);
  return commandLine !== undefined && isCommand(commandLine, lease.command) ? "ours" : "unsure";
}

// A script runs behind its interpreter: what was spawned as "adapter --flag" shows as "node adapter --flag".
function isCommand(commandLine: string, command: string): boolean {
  return commandLine === command || commandLine.endsWith(` ${command}`);
}

async function readLease(dir: string, pid: number): Promise<Lease | "absent" | "not JSON" | "unknown"> {
  try {
    const snapshot = await readSnapshot(leaseFile(dir, pid));
    if (snapshot === undefined) return "absent";
    const lease = leaseSchema.safeParse(JSON.parse(snapshot.bytes.toString()));
    return lease.success && lease.data.pid === pid ? lease.data : "unknown";
  } catch (error) {
    return error instanceof SyntaxError ? "not JSON" : "unknown";
  }
}

function leaseFile(dir: string, pid: number): string {
  return join(dir, `${pid}.json`);
}

async function pidsIn(dir: string): Promise<number[]> {
  try {
    const names = await readdir(dir);
    return names
      .flatMap((name) => /^([1-9]\d*)\.json$/.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return [];
    throw error;
  }
}
