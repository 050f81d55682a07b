// The pool's lease book, on disk: which adapter processes are ours, so that the next gateway can end what a crash left.
import { isAlive, processCommandLine, processStartTime } from "../../adapters/process-table.ts";
import { killTree } from "../../adapters/process-tree.ts";
import { reapLeases, releaseLease, takeLease } from "../../state/lease.ts";
import type { LeaseBook } from "../session/process/pool.ts";

const inspect = { startTime: processStartTime, commandLine: processCommandLine, alive: isAlive };

/** `reap` resolves to how many processes it ended. */
export function leaseBook(o: { dir: string; graceMs: number }): LeaseBook & { reap(): Promise<number> } {
  return {
    take: async ({ pid, command }) => {
      await takeLease({ dir: o.dir, pid, command, inspect });
    },
    release: (pid) => releaseLease({ dir: o.dir, pid }),
    reap: async () => (await reapLeases({ ...o, inspect, killTree })).length,
  };
}
