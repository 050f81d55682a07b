// Which processes a test has on its conscience, and how none of them outlives it.
import { execFileSync } from "node:child_process";
import { readFileSync, readlinkSync } from "node:fs";
import { isAlive } from "./poll.ts";

export type Process = { pid: number; ppid: number; command: string };

/** Every descendant of `pid`, and every process that works in or was told of `folder` (orphans included). */
export function familyOf(o: { pid: number | undefined; folder: string }): Process[] {
  const all = listProcesses();
  const family = new Set<number>();
  const belongs = (entry: Process) =>
    entry.ppid === o.pid || family.has(entry.ppid) || touches(entry.pid, o.folder);
  for (let before = -1; before !== family.size; ) {
    before = family.size;
    for (const entry of all)
      if (entry.pid !== o.pid && entry.pid !== process.pid && belongs(entry)) family.add(entry.pid);
  }
  return all.filter((entry) => family.has(entry.pid) && isAlive(entry.pid));
}

/** Kills what is left of these when the test process ends, however it ends. Returns the function that takes it off the list. */
export function killAtExit(family: () => number[]): () => void {
  if (families.size === 0) listen();
  families.add(family);
  return () => families.delete(family);
}

/** One signal to one process; throws where there is no pid, since 0 would mean ourselves and everybody around us. */
export function strike(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined || pid <= 1) throw new Error(`no process to send ${signal} to (${pid})`);
  process.kill(pid, signal);
}

/** SIGKILL, one by one; a process already gone is fine. */
export function killAll(pids: number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // already gone
    }
  }
}

const families = new Set<() => number[]>();

function listen(): void {
  process.once("exit", () => killAll([...families].flatMap((family) => family())));
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => process.exit(1));
}

function listProcesses(): Process[] {
  const table = execFileSync("ps", ["-Ao", "pid=,ppid=,args="], {
    encoding: "utf8",
    maxBuffer: 16 * 1024 * 1024,
  });
  return table.split("\n").flatMap((line) => {
    const [, pid, ppid, command] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return command === undefined || command.startsWith("ps -Ao")
      ? []
      : [{ pid: Number(pid), ppid: Number(ppid), command }];
  });
}

// An orphan has lost its parent but not its environment and working folder. Linux only; elsewhere the tree has to do.
function touches(pid: number, folder: string): boolean {
  try {
    return (
      readlinkSync(`/proc/${pid}/cwd`).startsWith(folder) ||
      readFileSync(`/proc/${pid}/environ`, "utf8").includes(folder)
    );
  } catch {
    return false;
  }
}
