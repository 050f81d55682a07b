// Waiting and measuring without hope: a polled condition with a deadline, temporary folders, the memory of a process.
import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

type Falsy = false | 0 | "" | null | undefined;

/** Thrown by a probe to end the waiting at once: what it waits for can no longer happen. */
export class GiveUp extends Error {}

/**
 * Calls `probe` every `everyMs` [50] until it returns something truthy, and returns that.
 * Throws after `withinMs` [120000], naming what was awaited and the last thing seen (a value or an error).
 */
export async function until<T>(
  description: string,
  probe: () => T | Falsy | Promise<T | Falsy>,
  o: { withinMs?: number; everyMs?: number; seen?: () => unknown } = {},
): Promise<T> {
  const withinMs = o.withinMs ?? 120_000;
  const deadline = performance.now() + withinMs;
  let last: unknown;
  do {
    try {
      const value = await probe();
      if (value) return value;
      last = value;
    } catch (error) {
      if (error instanceof GiveUp) throw error;
      last = error;
    }
    await sleep(o.everyMs ?? 50);
  } while (performance.now() < deadline);
  const seen = o.seen === undefined ? last : o.seen();
  throw new Error(`waited ${withinMs} ms for: ${description}\nlast seen: ${show(seen)}`);
}

/** Makes a temporary folder; `await using` or `remove()` deletes it. */
export async function tempDir(
  name = "test",
): Promise<{ path: string; remove(): Promise<void>; [Symbol.asyncDispose](): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), `contractor-${name}-`));
  const remove = () => rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  return { path, remove, [Symbol.asyncDispose]: remove };
}

/** Proportional memory of a process in bytes, 0 when it is gone. Linux only. */
export async function pssOf(pid: number): Promise<number> {
  try {
    const rollup = await readFile(`/proc/${pid}/smaps_rollup`, "utf8");
    return Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** True while the process runs; a zombie does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return true; // no /proc on this system: the signal test has to do
  }
}

function show(value: unknown): string {
  if (value instanceof Error) return value.stack ?? value.message;
  const text = typeof value === "string" ? value : JSON.stringify(value, null, 1);
  return (text ?? "nothing").slice(-4_000);
}
