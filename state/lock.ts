// Who may write a file of ours next: across processes by a lock that is handed in, within this one in turn.

/** A lock across processes on a file's path, held while `task` runs. Handed in: the host has one. */
export type Lock = <T>(file: string, task: () => Promise<T>) => Promise<T>;

const turns = new Map<string, Promise<unknown>>();

/** The task alone on its path, in this process and, by `lock`, across processes. */
export function exclusively<R>(lock: Lock, path: string, task: () => Promise<R>): Promise<R> {
  return inTurn(path, () => lock(path, task));
}

/**
 * Tasks of this process on the same path, one after the other. In front of a lock it spares those who wait for each
 * other the lock's polling.
 */
export function inTurn<R>(path: string, task: () => Promise<R>): Promise<R> {
  const mine = (turns.get(path) ?? Promise.resolve()).then(task);
  const settled = mine.then(
    () => {},
    () => {},
  );
  turns.set(path, settled);
  void settled.then(() => {
    if (turns.get(path) === settled) turns.delete(path);
  });
  return mine;
}
