// The process tree is what a child has started, and what they have started in turn: found, told apart from later
// processes of the same pid, and ended as a whole. Adapter children and leases of dead gateways are ended through it.
import { allRows, goneWithin, KILL_MS, type Row, rowOf, stillRuns } from "./process-table.ts";

type Tree = Map<number, Row>;

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

type End = { root: Row; tree: Tree; signal: "SIGTERM" | "SIGKILL"; withinMs: number };

async function endWith({ root, tree, signal, withinMs }: End): Promise<boolean> {
  const find = async () => {
    const rows = await allRows();
    for (const row of membersIn({ rows, root, tree })) tree.set(row.pid, row);
    // Children first: a parent that goes first may leave them to init, or start them anew.
    return runningIn({ rows, tree }).reverse();
  };
  return await goneWithin({ ms: withinMs, find, signal });
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
  return [...tree.values()].filter((row) => stillRuns(row, now.get(row.pid)));
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
