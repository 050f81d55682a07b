// Preloaded into the gateway of the soak: writes down every few seconds what the process holds, after a collection.
import { appendFileSync, readdirSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { isMainThread } from "node:worker_threads";

export interface Held {
  at: number;
  pid: number;
  heapMb: number;
  rssMb: number;
  fds: number;
  /** Of the process object and its signals. */
  listeners: number;
  /** What keeps the event loop alive: timers, sockets, pipes, children. */
  resources: number;
}

const EVERY_MS = 3_000;
const MB = 1_048_576;
const file = process.env.CONTRACTOR_SOAK_PROBE;

if (isMainThread && file !== undefined && process.argv.includes("gateway")) {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  setInterval(() => {
    if (typeof collect === "function") collect();
    appendFileSync(file, `${JSON.stringify(held())}\n`);
  }, EVERY_MS).unref();
}

function held(): Held {
  const { heapUsed, rss } = process.memoryUsage();
  const names = process.eventNames();
  return {
    at: Date.now(),
    pid: process.pid,
    heapMb: heapUsed / MB,
    rssMb: rss / MB,
    fds: readdirSync("/proc/self/fd").length,
    listeners: names.reduce((sum, name) => sum + process.listenerCount(name), 0),
    resources: process.getActiveResourcesInfo().length,
  };
}
