// A lane: one turn at a time, in order; cancelled and closed ones never run.
import { describe, expect, test, vi } from "vitest";
import { Turn } from "../../../src/session/turn.ts";
import { Lane } from "../../../src/session/turn-queue.ts";

const turnOf = (id: string) => new Turn({ id, text: id, images: [] });
const settled = () => new Promise((resolve) => setImmediate(resolve));

function bench() {
  const started: string[] = [];
  const onIdle = vi.fn();
  const ends = new Map<string, () => void>();
  const lane = new Lane({
    onIdle,
    run: async (turn) => {
      started.push(turn.input.id);
      await new Promise<void>((resolve) => {
        ends.set(turn.input.id, resolve);
        turn.signal.addEventListener("abort", () => resolve());
      });
      if (turn.signal.aborted) turn.settleCancelled();
      else turn.settle({ status: "completed", stopReason: "end_turn" });
    },
  });
  const end = async (id: string) => {
    ends.get(id)?.();
    await settled();
  };
  return { lane, started, onIdle, end };
}

describe("a lane", () => {
  test("runs its turns one after the other, and is idle when the last is over, not before", async () => {
    const { lane, started, onIdle, end } = bench();
    for (const id of ["a", "b", "c"]) lane.add(turnOf(id));
    expect([started, lane.waiting, lane.idle]).toEqual([["a"], 2, false]);
    await end("a");
    await end("b");
    expect(started).toEqual(["a", "b", "c"]);
    expect(onIdle).not.toHaveBeenCalled();
    onIdle.mockImplementation(() => expect(lane.idle).toBe(true));
    await end("c");
    expect(onIdle).toHaveBeenCalledTimes(1);
  });

  test("drops one that is cancelled while it waits, and never starts it", async () => {
    const { lane, started, end } = bench();
    const [a, b, c] = ["a", "b", "c"].map(turnOf) as [Turn, Turn, Turn];
    for (const turn of [a, b, c]) lane.add(turn);
    b.cancel("changed my mind");
    expect(await b.result).toEqual({ status: "cancelled", reason: "changed my mind" });
    await end("a");
    await end("c");
    expect(started).toEqual(["a", "c"]);
  });

  test("cancelled as a whole ends all it has, and takes new ones", async () => {
    const { lane, started, end } = bench();
    const turns = ["a", "b"].map(turnOf);
    for (const turn of turns) lane.add(turn);
    await lane.cancel("stopped");
    for (const turn of turns) expect(turn.outcome).toEqual({ status: "cancelled", reason: "stopped" });
    await settled();
    const next = turnOf("next");
    lane.add(next);
    await end("next");
    expect(started).toEqual(["a", "next"]);
    expect(next.outcome?.status).toBe("completed");
  });

  test("that is closed settles its turns at once, whatever the one that runs does, and is idle for nobody", async () => {
    const onIdle = vi.fn();
    const lane = new Lane({ onIdle, run: () => new Promise(() => {}) });
    const turns = ["hangs", "waits"].map(turnOf);
    for (const turn of turns) lane.add(turn);
    lane.close("reset");
    for (const turn of turns) expect(turn.outcome).toEqual({ status: "cancelled", reason: "reset" });
    expect(lane.closed).toBe(true);
    await settled();
    expect(onIdle).not.toHaveBeenCalled();
  });
});
