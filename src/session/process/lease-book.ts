// The pool's lease book, on disk: which adapter processes are ours, so that the next gateway can end what a crash left.
import { isAlive, processCommandLine, processStartTime } from "../../../adapters/process-table.ts";
import { killTree } from "../../../adapters/process-tree.ts";
import type { Log } from "../../../common/log.ts";
import { reapLeases, releaseLease, takeLease } from "../../../state/lease.ts";
import type { LeaseBook } from "./pool.ts";

const inspect = { startTime: processStartTime, commandLine: processCommandLine, alive: isAlive };

/** `reap` ends what a gateway left behind that crashed, and resolves to how many processes that were. */
export function leaseBook(o: {
  dir: string;
  graceMs: number;
  log: Log;
}): LeaseBook & { reap(): Promise<number> } {
  return {
    take: async ({ pid, command }) => {
      await takeLease({ dir: o.dir, pid, command, inspect });
    },
    release: (pid) => releaseLease({ dir: o.dir, pid }),
    reap: async () => {
      const { length: reaped } = await reapLeases({ ...o, inspect, killTree });
      if (reaped > 0) o.log.info(`ended ${reaped} adapter(s) of a gateway that crashed`);
      return reaped;
    },
  };
}
