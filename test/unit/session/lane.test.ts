// A queue: one turn at a time, in order; cancelled and closed ones never run.
import { describe, expect, test, vi } from "vitest";
import { Turn } from "../../../src/session/turn.ts";
import { TurnQueue } from "../../../src/session/turn-queue.ts";

const turnOf = (id: string) => new Turn({ id, text: id, images: [], audience: { is: "caller" } });
const settled = () => new Promise((resolve) => setImmediate(resolve));

function bench() {
  const started: string[] = [];
  const onIdle = vi.fn();
  const ends = new Map<string, () => void>();
  const queue = new TurnQueue({
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
  return { queue, started, onIdle, end };
}

describe("a queue", () => {
  test("runs its turns one after the other, and is idle when the last is over, not before", async () => {
    const { queue, started, onIdle, end } = bench();
    for (const id of ["a", "b", "c"]) queue.add(turnOf(id));
    expect([started, queue.waiting, queue.idle]).toEqual([["a"], 2, false]);
    await end("a");
    await end("b");
    expect(started).toEqual(["a", "b", "c"]);
    expect(onIdle).not.toHaveBeenCalled();
    onIdle.mockImplementation(() => expect(queue.idle).toBe(true));
    await end("c");
    expect(onIdle).toHaveBeenCalledTimes(1);
  });

  test("drops one that is cancelled while it waits, and never starts it", async () => {
    const { queue, started, end } = bench();
    const [a, b, c] = ["a", "b", "c"].map(turnOf) as [Turn, Turn, Turn];
    for (const turn of [a, b, c]) queue.add(turn);
    b.cancel("changed my mind");
    expect(await b.result).toEqual({ status: "cancelled", reason: "changed my mind" });
    await end("a");
    await end("c");
    expect(started).toEqual(["a", "c"]);
  });

  test("cancelled as a whole ends all it has, and takes new ones", async () => {
    const { queue, started, end } = bench();
    const turns = ["a", "b"].map(turnOf);
    for (const turn of turns) queue.add(turn);
    await queue.cancel("stopped");
    for (const turn of turns) expect(turn.outcome).toEqual({ status: "cancelled", reason: "stopped" });
    await settled();
    const next = turnOf("next");
    queue.add(next);
    await end("next");
    expect(started).toEqual(["a", "next"]);
    expect(next.outcome?.status).toBe("completed");
  });

  test("that is closed settles its turns at once, whatever the one that runs does, and is idle for nobody", async () => {
    const onIdle = vi.fn();
    const queue = new TurnQueue({ onIdle, run: () => new Promise(() => {}) });
    const turns = ["hangs", "waits"].map(turnOf);
    for (const turn of turns) queue.add(turn);
    queue.close("reset");
    for (const turn of turns) expect(turn.outcome).toEqual({ status: "cancelled", reason: "reset" });
    expect(queue.closed).toBe(true);
    await settled();
    expect(onIdle).not.toHaveBeenCalled();
  });
});
