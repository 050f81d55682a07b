// Held turns: the host hears the result when it has read the last word, never before, and never twice.
import { describe, expect, test } from "vitest";
import { Failure } from "../../../common/failure.ts";
import { heldTurn, legacyTurn } from "../../../src/backend/turn-stream.ts";
import { Turn } from "../../../src/session/turn.ts";

const settled = () => new Promise((resolve) => setImmediate(resolve));

function bench() {
  const turn = new Turn({ id: "r1", text: "x", images: [], audience: { is: "caller" } });
  const held = heldTurn(turn);
  let result: unknown;
  void held.result.then((one) => {
    result = one;
  });
  const done = () => turn.settle({ status: "completed", stopReason: "end_turn" });
  return { turn, held, done, result: () => result };
}
async function read(events: AsyncIterable<unknown>): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const event of events) all.push(event);
  return all;
}

describe("a held turn", () => {
  test("settles only when its last event was read", async () => {
    const { turn, held, done, result } = bench();
    turn.emit({ type: "text", text: "one" });
    turn.emit({ type: "tool", id: "t", title: "ls", kind: "execute", status: "pending", first: true });
    turn.emit({ type: "text", text: "two" });
    done();
    const events = held.events[Symbol.asyncIterator]();
    for (const expected of ["one", "ls", "two"]) {
      await settled();
      expect(result()).toBeUndefined();
      expect((await events.next()).value).toMatchObject({ text: expected });
    }
    expect((await events.next()).done).toBe(true);
    await settled();
    expect(result()).toEqual({ status: "completed", stopReason: "end_turn" });
  });

  test("puts chunks together that nobody has read yet, of one kind, and keeps their order", async () => {
    const { turn, held, done } = bench();
    for (let n = 0; n < 1_000; n += 1) turn.emit({ type: "text", text: `${n} ` });
    turn.emit({ type: "thought", text: "hm" });
    turn.emit({ type: "text", text: "end" });
    done();
    const events = (await read(held.events)) as { text: string; stream?: string }[];
    expect(events.map(({ stream }) => stream)).toEqual(["output", "thought", "output"]);
    expect(events[0]?.text.split(" ")).toHaveLength(1_001);
  });

  test("wakes a reader that waits, and ends it when the turn ends", async () => {
    const { turn, held, done } = bench();
    const reading = read(held.events);
    for (const text of ["one", "two"]) {
      await settled();
      turn.emit({ type: "text", text });
    }
    await settled();
    done();
    expect(await reading).toMatchObject([{ text: "one" }, { text: "two" }]);
  });

  test("that was cancelled or failed says so, in words", async () => {
    const cancelled = bench();
    const cancelling = cancelled.held.cancel({ reason: "stopped" });
    expect(cancelled.turn.signal.reason).toBe("stopped");
    cancelled.turn.settleCancelled();
    await cancelling;
    await read(cancelled.held.events);
    expect(await cancelled.held.result).toMatchObject({ status: "cancelled" });

    const failed = bench();
    failed.turn.settleFailed(new Failure({ code: "overloaded", message: "Busy.", next: { say: "Again." } }));
    expect(await read(legacyTurn(failed.held))).toEqual([
      { type: "error", message: "Busy. Again.", code: "ACP_TURN_FAILED" },
    ]);
  });

  test("whose stream is closed settles without a reader, and is cancelled", async () => {
    const { turn, held } = bench();
    turn.emit({ type: "text", text: "unread" });
    await held.closeStream({ reason: "gone" });
    expect(turn.signal.reason).toBe("gone");
    turn.settleCancelled();
    expect(await held.result).toMatchObject({ status: "cancelled" });
  });

  test("read the older way ends with how it ended; a reader that breaks off cancels it", async () => {
    const whole = bench();
    whole.turn.emit({ type: "text", text: "one" });
    whole.done();
    expect(await read(legacyTurn(whole.held))).toMatchObject([
      { text: "one" },
      { type: "done", status: "completed" },
    ]);
    expect(whole.turn.signal.aborted).toBe(false);

    const broken = bench();
    broken.turn.emit({ type: "text", text: "one" });
    for await (const event of legacyTurn(broken.held)) if (event.type === "text_delta") break;
    expect(broken.turn.signal.aborted).toBe(true);
  });
});
