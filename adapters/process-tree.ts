// The process tree is what a child has started, and what they have started in turn: found, told apart from later
// processes of the same pid, and ended as a whole. Adapter children and leases of dead gateways are ended through it.
import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

type Row = { pid: number; parent: number; group: number; ended: boolean; startTime: string };
type Tree = Map<number, Row>;

const runFile = promisify(execFile);
const POLL_MS = 40;
/** How long SIGKILL may take to be obeyed; longer means a process stuck in the kernel. */
const KILL_MS = 2_000;

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

/** The pids of everything a process has started, nearest first; what its ended children left to init is not among them. */
export async function descendants(pid: number): Promise<number[]> {
  return [...descendantsIn(await allRows(), new Set([pid])).keys()];
}

/**
 * Ends a process and everything below it: SIGTERM, and after `graceMs` SIGKILL for what is left. Processes that lose
 * their parent or are started meanwhile are ended too, and so is the whole group when `pid` leads one (spawn with
 * `detached`). Resolves with whether all of it is gone, at most `graceMs` + 2 s later. POSIX only.
 */
export async function killTree(o: { pid: number; graceMs: number }): Promise<boolean> {
  const root = await rowOf(o.pid);
  if (root === undefined) return true;
  const tree: Tree = new Map([[root.pid, root]]);
  return (
    (await endWith({ root, tree, signal: "SIGTERM", withinMs: o.graceMs })) ||
    (await endWith({ root, tree, signal: "SIGKILL", withinMs: KILL_MS }))
  );
}

/**
 * Ends what is left of a process that is gone: its group if it led one, and with `mark`, a text like "NAME=value" of its
 * environment, all that inherited that, whatever group, session or parent they have now (Linux). After `graceMs` SIGTERM,
 * after `graceMs` more SIGKILL. Resolves when nothing of it runs, at most twice `graceMs` + 2 s later. POSIX only.
 */
export async function endLeft(o: Left & { graceMs: number }): Promise<void> {
  const gone = (withinMs: number) => leftGone(o, withinMs);
  if (await gone(o.graceMs)) return;
  for (const { pid } of await leftOf(o)) send(pid, "SIGTERM");
  if (await gone(o.graceMs)) return;
  for (const { pid } of await leftOf(o)) send(pid, "SIGKILL");
  await gone(KILL_MS);
}

type Left = { leader: number; mark?: string | undefined };

async function leftGone(left: Left, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while ((await leftOf(left)).length > 0) {
    if (performance.now() >= deadline) return false;
    await sleep(Math.min(POLL_MS, Math.max(1, deadline - performance.now())));
  }
  return true;
}

async function leftOf({ leader, mark }: Left): Promise<Row[]> {
  const running = (await allRows()).filter(({ ended }) => !ended);
  if (mark === undefined || !isLinux()) return running.filter(({ group }) => group === leader);
  const marked = await Promise.all(running.map(({ pid }) => carries(pid, mark)));
  return running.filter(({ group }, at) => group === leader || marked[at]);
}

// proc_pid_environ(5): the environment a process was started with, each text ended by a zero byte.
async function carries(pid: number, mark: string): Promise<boolean> {
  if (pid === process.pid) return false;
  const environ = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
  return `\0${environ}`.includes(`\0${mark}\0`);
}

type End = { root: Row; tree: Tree; signal: "SIGTERM" | "SIGKILL"; withinMs: number };

// Looks again until nothing of the tree runs, so that whoever was started since the last look gets its signal too.
async function endWith({ root, tree, signal, withinMs }: End): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  const told = new Set<number>();
  while (true) {
    const rows = await allRows();
    for (const row of membersIn({ rows, root, tree })) tree.set(row.pid, row);
    const running = runningIn({ rows, tree });
    if (running.length === 0) return true;
    // Children first: a parent that goes first may leave them to init, or start them anew.
    for (const { pid } of running.reverse()) {
      if (!told.has(pid)) send(pid, signal);
      told.add(pid);
    }
    if (performance.now() >= deadline) return false;
    await sleep(Math.min(POLL_MS, Math.max(1, deadline - performance.now())));
  }
}

// What hangs below members that still are who they were, and, where the root leads a group, what is in that group.
function membersIn({ rows, root, tree }: { rows: Row[]; root: Row; tree: Tree }): Row[] {
  const living = rows.filter((row) => tree.get(row.pid)?.startTime === row.startTime).map(({ pid }) => pid);
  const below = descendantsIn(rows, new Set(living)).values();
  const grouped = root.group === root.pid ? rows.filter(({ group }) => group === root.group) : [];
  return [...below, ...grouped];
}

function runningIn({ rows, tree }: { rows: Row[]; tree: Tree }): Row[] {
  const now = new Map(rows.map((row) => [row.pid, row]));
  return [...tree.values()].filter(({ pid, startTime }) => {
    const row = now.get(pid);
    return row !== undefined && row.startTime === startTime && !row.ended;
  });
}

function descendantsIn(rows: Row[], roots: Set<number>): Tree {
  const children = Map.groupBy(rows, ({ parent }) => parent);
  const found: Tree = new Map();
  const ahead = [...roots];
  for (let pid = ahead.shift(); pid !== undefined; pid = ahead.shift()) {
    for (const child of children.get(pid) ?? []) {
      if (found.has(child.pid) || roots.has(child.pid)) continue;
      found.set(child.pid, child);
      ahead.push(child.pid);
    }
  }
  return found;
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended between the look and the signal, or is not ours to signal; the next look tells which.
  }
}

async function rowOf(pid: number): Promise<Row | undefined> {
  return isLinux() ? linuxRow(pid) : (await psRows(["-p", String(pid)]))[0];
}

async function allRows(): Promise<Row[]> {
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
