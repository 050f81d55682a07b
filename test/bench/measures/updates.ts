// A flood: 20,000 small updates in one turn, from a scripted agent that writes them as fast as it can.
import { tempDir } from "../../support/poll.ts";
import { scriptedAgent } from "../../support/scripted-agent.ts";
import { type Bench, SIDES } from "../bench.ts";
import type { SideName } from "../sides/side.ts";
import { add, interleave } from "../stats.ts";

const UPDATES = 20_000;

/** Prompt → the last update; for acpx without what it waits after it, which is another measure. */
export async function updates(bench: Bench): Promise<void> {
  await interleave({
    ...{ rounds: bench.rounds(4, 1), things: SIDES, gapMs: 200 },
    once: (name) => once(bench, name),
  });
}

async function once(bench: Bench, name: SideName): Promise<void> {
  await using folder = await tempDir("bench-updates");
  const agent = scriptedAgent({ dir: folder.path, script: { turns: { flood: [{ updates: UPDATES }] } } });
  const side = await bench.side(name, { adapter: agent.command });
  try {
    const talk = await side.open("flooded");
    await talk.send("hello").over;
    const from = performance.now();
    const turn = talk.send("flood");
    const over = await turn.over;
    // Ours and the floor are over when the adapter says so; acpx waits for a second of silence after that.
    add(bench.samples, "updates-20k", name, (name === "acpx" ? turn.last() : over) - from);
  } finally {
    await side.close();
  }
}
