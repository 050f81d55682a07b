// The process table: which processes there are, when they started, what they were called with, and who may still be signalled.
import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

export type Row = { pid: number; parent: number; group: number; ended: boolean; startTime: string };

const runFile = promisify(execFile);
const POLL_MS = 40;
/** How long SIGKILL may take to be obeyed; longer means a process stuck in the kernel. */
export const KILL_MS = 2_000;

/** When a process started, as text to compare (Linux: clock ticks since boot); `undefined` when there is no such process. */
export async function processStartTime(pid: number): Promise<string | undefined> {
  return (await rowOf(pid))?.startTime;
}

/** Whether a process runs. One that has ended and was not waited for by its parent does not. */
export async function isAlive(pid: number): Promise<boolean> {
  const row = await rowOf(pid);
  return row !== undefined && !row.ended;
}

/** A process's argv joined with spaces; `undefined` when it is gone. */
export async function processCommandLine(pid: number): Promise<string | undefined> {
  try {
    const text = isLinux()
      ? (await readFile(`/proc/${pid}/cmdline`, "utf8")).replaceAll("\0", " ")
      : (await ps(["-o", "command=", "-p", String(pid)])).stdout;
    return text.trim() || undefined;
  } catch {
    return undefined;
  }
}

/** The environment a process was started with, as "NAME=value" texts; empty where it cannot be seen (not Linux, not ours, gone). */
export async function environmentOf(pid: number): Promise<Set<string>> {
  // proc_pid_environ(5): each text is ended by a zero byte.
  const environ = isLinux() ? await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "") : "";
  return new Set(environ.split("\0"));
}

/** One process; `undefined` when there is none of that pid. */
export async function rowOf(pid: number): Promise<Row | undefined> {
  return isLinux() ? linuxRow(pid) : (await psRows(["-p", String(pid)]))[0];
}

/** Every process there is now, those that have ended and were not waited for included. */
export async function allRows(): Promise<Row[]> {
  if (!isLinux()) return psRows(["-A"]);
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const rows = await Promise.all(pids.map((pid) => linuxRow(Number(pid))));
  return rows.filter((row) => row !== undefined);
}

// proc_pid_stat(5): "pid (name) state ppid pgrp …", the start time is field 22; the name may hold spaces and brackets.
async function linuxRow(pid: number): Promise<Row | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    const [state, parent, group, ...rest] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const startTime = rest[16];
    if (state === undefined || startTime === undefined) return undefined;
    return { pid, parent: Number(parent), group: Number(group), ended: isEnded(state), startTime };
  } catch {
    return undefined;
  }
}

async function psRows(which: string[]): Promise<Row[]> {
  try {
    const { stdout } = await ps([...which, "-o", "pid=,ppid=,pgid=,stat=,lstart="]);
    return stdout.split("\n").flatMap(psRow);
  } catch {
    // ps exits with 1 when there is no such process.
    return [];
  }
}

// Two processes must read the same start time whatever their language and time zone.
function ps(args: string[]): Promise<{ stdout: string }> {
  return runFile("ps", args, { env: { ...process.env, LC_ALL: "C", TZ: "UTC" } });
}

function psRow(line: string): Row[] {
  const [pid, parent, group, state, ...started] = line.trim().split(/\s+/);
  if (pid === undefined || state === undefined || started.length === 0) return [];
  const startTime = started.join(" ");
  return [
    { pid: Number(pid), parent: Number(parent), group: Number(group), ended: isEnded(state), startTime },
  ];
}

function isEnded(state: string): boolean {
  return /^[ZXx]/.test(state);
}

function isLinux(): boolean {
  return process.platform === "linux";
}

/**
 * Looks again until `find` finds no process, and resolves to whether that was so within `ms`. Each process found, one that
 * was started since the last look too, gets the signal once, in the order it is found.
 */
export async function goneWithin(o: {
  ms: number;
  find: () => Promise<Row[]>;
  signal?: NodeJS.Signals;
}): Promise<boolean> {
  const deadline = performance.now() + o.ms;
  const told = new Map<number, Row>();
  for (;;) {
    const found = await lookTwice(o.find);
    if (found.length === 0 && (await allEnded([...told.values()]))) return true;
    for (const row of found) {
      if (o.signal && !told.has(row.pid)) send(row.pid, o.signal);
      told.set(row.pid, row);
    }
    if (performance.now() >= deadline) return false;
    await sleep(Math.min(POLL_MS, Math.max(1, deadline - performance.now())));
  }
}

// The rows are read one by one: what was started meanwhile by one that then ended is in the next list alone.
async function lookTwice(find: () => Promise<Row[]>): Promise<Row[]> {
  const found = await find();
  return found.length > 0 ? found : await find();
}

// One that is just being ended has no environment any more, and is not found by it.
async function allEnded(rows: readonly Row[]): Promise<boolean> {
  const running = await Promise.all(rows.map(async (row) => stillRuns(row, await rowOf(row.pid))));
  return !running.includes(true);
}

/** Whether a process that was seen before is what has its pid `now`, and has not ended. */
export function stillRuns({ startTime }: Row, now: Row | undefined): boolean {
  return now !== undefined && now.startTime === startTime && !now.ended;
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended between the look and the signal, or is not ours to signal; the next look tells which.
  }
}
