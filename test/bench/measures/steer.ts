// Words for a turn that runs: when the model has them, and whether it is still the same turn.
import { setTimeout as sleep } from "node:timers/promises";
import { say } from "../../support/model.ts";
import { type Bench, SIDES } from "../bench.ts";
import type { SideName } from "../sides/side.ts";
import { add, interleave } from "../stats.ts";

/** A long answer: 3 s, as in the reports of users whose steering came too late. */
const ANSWER = () => say("word ".repeat(60), { chunks: 60, gapMs: 50 });

export async function steering(bench: Bench): Promise<void> {
  await interleave({
    ...{ rounds: bench.rounds(2, 1), things: SIDES, gapMs: 400 },
    once: (name, round) => once(bench, name, round),
  });
}

async function once(bench: Bench, name: SideName, round: number): Promise<void> {
  const side = await bench.side(name);
  try {
    const talk = await side.open("steered");
    await talk.send("Good morning.").over;
    await sleep(400);
    const words = `Be brief ${name} ${round}`;
    bench.model.will("Count", ANSWER());
    const turn = talk.send("Count, please.");
    let over = false;
    void turn.over.then(() => {
      over = true;
    });
    await turn.first;
    await sleep(500);
    const from = performance.now();
    const arrived = bench.asked((request) => request.texts.some((text) => text.includes(words)));
    talk.steer(words);
    const at = await arrived;
    add(bench.samples, "steer", name, at - from);
    if (over) bench.instead("steer", name, "in a second turn");
    await turn.over;
    await sleep(400);
  } finally {
    await side.close();
    bench.model.reset();
  }
}
