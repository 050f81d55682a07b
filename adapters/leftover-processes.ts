// What is left of a process that has ended: found by the group it led, or by what it had put into the environment of all it started.
import { allRows, environmentOf, goneWithin, KILL_MS, type Row } from "./process-table.ts";
import { descendants } from "./process-tree.ts";

/**
 * Ends what is left of a process that is gone: its group if it led one, and with `mark`, a "NAME=value" of its
 * environment, all that inherited that, whatever group, session or parent they have now (Linux). After `graceMs` SIGTERM,
 * after `graceMs` more SIGKILL. Resolves when nothing of it runs, at most twice `graceMs` + 2 s later. POSIX only.
 */
export async function killLeftovers(o: {
  leader: number;
  mark?: string | undefined;
  graceMs: number;
}): Promise<void> {
  const { leader, mark, graceMs } = o;
  await endAll(graceMs, async () => {
    const running = await others();
    const marked = mark === undefined ? new Set() : await carriersOf([mark], running);
    return running.filter(({ pid, group }) => group === leader || marked.has(pid));
  });
}

/**
 * Ends at once what carries all these marks and does not hang below `root` any more: what a process below it had started
 * and left behind when it died. Resolves when nothing of that runs, at most 2 s later. Linux only.
 */
export async function killOrphans({
  root,
  marks,
}: {
  root: number;
  marks: readonly string[];
}): Promise<void> {
  await endAll(0, async () => {
    const kept = new Set([root, ...(await descendants(root))]);
    const running = (await others()).filter(({ pid }) => !kept.has(pid));
    const marked = await carriersOf(marks, running);
    return running.filter(({ pid }) => marked.has(pid));
  });
}

async function endAll(graceMs: number, find: () => Promise<Row[]>): Promise<void> {
  if (await goneWithin({ ms: graceMs, find })) return;
  if (await goneWithin({ ms: graceMs, find, signal: "SIGTERM" })) return;
  await goneWithin({ ms: KILL_MS, find, signal: "SIGKILL" });
}

// We may have been started from what we are to end ourselves.
async function others(): Promise<Row[]> {
  return (await allRows()).filter(({ pid, ended }) => !ended && pid !== process.pid);
}

async function carriersOf(marks: readonly string[], running: readonly Row[]): Promise<Set<number>> {
  const seen = await Promise.all(
    running.map(async ({ pid }) => ({ pid, environment: await environmentOf(pid) })),
  );
  const carriers = seen.filter(({ environment }) => marks.every((mark) => environment.has(mark)));
  return new Set(carriers.map(({ pid }) => pid));
}
