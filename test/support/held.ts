// What this process holds, after a collection: for those who look for what is never given back.
import { readdirSync, readlinkSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

export interface Held {
  heapMb: number;
  rssMb: number;
  fds: number;
  /** Of the process object and its signals. */
  listeners: number;
  /** What keeps the event loop alive: timers, sockets, pipes, children. */
  resources: number;
}

const MB = 1_048_576;

export function held(): Held {
  collect();
  const { heapUsed, rss } = process.memoryUsage();
  const names = process.eventNames();
  return {
    heapMb: heapUsed / MB,
    rssMb: rss / MB,
    fds: readdirSync("/proc/self/fd").length,
    listeners: names.reduce((sum, name) => sum + process.listenerCount(name), 0),
    resources: process.getActiveResourcesInfo().length,
  };
}

/** How many open files there are of each kind; one that is only there once is named. */
export function openFiles(): Record<string, number> {
  const kinds: Record<string, number> = {};
  for (const fd of readdirSync("/proc/self/fd")) {
    const kind = kindOf(`/proc/self/fd/${fd}`);
    kinds[kind] = (kinds[kind] ?? 0) + 1;
  }
  return kinds;
}

function kindOf(link: string): string {
  try {
    return readlinkSync(link).replace(/:\[\d+\]$/, "");
  } catch {
    return "closed meanwhile";
  }
}

function collect(): void {
  setFlagsFromString("--expose-gc");
  const gc: unknown = runInNewContext("gc");
  if (typeof gc === "function") gc();
}
