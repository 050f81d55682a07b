// An adapter that hears neither cancel nor SIGTERM nor the end of its stdin: how long a cancel leaves the user waiting.
import { setTimeout as sleep } from "node:timers/promises";
import { isAlive, tempDir, until } from "../../support/poll.ts";
import { killAll } from "../../support/processes.ts";
import { scriptedAgent } from "../../support/scripted-agent.ts";
import type { Bench } from "../bench.ts";
import type { SideName } from "../sides/side.ts";
import { add } from "../stats.ts";

const HUNG = {
  ignoreCancel: true,
  ignoreSigterm: true,
  ignoreEof: true,
  turns: { hang: [{ say: "I begin" }, { hang: true as const }] },
};
/** As long as a side is watched that does not settle. */
const WATCHED_MS = { full: 10_000, quick: 5_000 };

/** Cancel → settled, and the process gone. A bare client has nothing that would end it. */
export async function hungCancel(bench: Bench): Promise<void> {
  // Who never settles is watched once.
  const settles = new Set<SideName>(["acpx", "ours"]);
  for (let round = 0; round < bench.rounds(2, 1); round++) {
    for (const name of [...settles]) {
      const watchedMs = bench.quick ? WATCHED_MS.quick : WATCHED_MS.full;
      const took = await once(bench, name, watchedMs);
      if (took !== undefined) {
        add(bench.samples, "hung-cancel", name, took);
        continue;
      }
      settles.delete(name);
      bench.instead("hung-cancel", name, `never (watched ${watchedMs / 1000} s)`);
    }
  }
}

/** Undefined where it was not over in time. */
async function once(bench: Bench, name: SideName, watchedMs: number): Promise<number | undefined> {
  await using folder = await tempDir("bench-hung");
  const agent = scriptedAgent({ dir: folder.path, script: HUNG });
  const side = await bench.side(name, { adapter: agent.command });
  const pids = () => agent.events("start").map(({ pid }) => pid);
  try {
    const turn = (await side.open("hung")).send("hang");
    await turn.first;
    const from = performance.now();
    turn.cancel();
    const gone = turn.over.then(() =>
      until("the process to be gone", () => !pids().some(isAlive), { everyMs: 10, withinMs: watchedMs }),
    );
    const settled = await Promise.race([gone.then(() => true), sleep(watchedMs, false)]);
    return settled ? performance.now() - from : undefined;
  } finally {
    killAll(pids());
    await side.close();
  }
}
