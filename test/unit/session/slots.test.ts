// Slots: never more than the limit, first come first served, and nothing leaks when somebody gives up.
import { describe, expect, test, vi } from "vitest";
import { Slots } from "../../../src/session/process/slots.ts";

const ask = (slots: Slots, signal = new AbortController().signal, onWait = vi.fn()) => ({
  onWait,
  done: slots.take({ signal, onWait }).then(
    () => "in",
    () => "out",
  ),
});
const none = async () => false;
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("slots", () => {
  test("are given at once up to the limit, without a word", async () => {
    const slots = new Slots({ limit: 2, parkOne: none });
    for (const { done, onWait } of [ask(slots), ask(slots)]) {
      expect(await done).toBe("in");
      expect(onWait).not.toHaveBeenCalled();
    }
    expect([slots.taken, slots.free]).toEqual([2, false]);
  });

  test("that are all taken are waited for in line, and each is told once how many run", async () => {
    const slots = new Slots({ limit: 1, parkOne: none });
    await ask(slots).done;
    const order: string[] = [];
    const waiting = ["a", "b", "c"].map((name) => {
      const one = ask(slots);
      void one.done.then(() => order.push(name));
      return one;
    });
    await settled();
    for (const { onWait } of waiting) expect(onWait.mock.calls).toEqual([[1]]);
    for (let n = 0; n < 3; n += 1) {
      slots.give();
      await settled();
      expect(slots.taken).toBe(1);
    }
    expect(order).toEqual(["a", "b", "c"]);
  });

  test("are made free by parking somebody idle, without a word", async () => {
    const slots: Slots = new Slots({
      limit: 1,
      parkOne: async () => {
        slots.give();
        return true;
      },
    });
    await ask(slots).done;
    const second = ask(slots);
    expect(await second.done).toBe("in");
    expect(second.onWait).not.toHaveBeenCalled();
    expect(slots.taken).toBe(1);
  });

  test("are waited for without a word as long as somebody is on the way out, whoever that is for", async () => {
    const leaving: (() => void)[] = [];
    const slots: Slots = new Slots({
      limit: 2,
      parkOne: async () => {
        await new Promise<void>((left) => leaving.push(left));
        slots.give();
        return true;
      },
    });
    for (const one of [ask(slots), ask(slots)]) await one.done;
    const [first, second] = [ask(slots), ask(slots)];
    leaving[1]?.();
    expect(await first.done).toBe("in");
    await settled();
    leaving[0]?.();
    expect(await second.done).toBe("in");
    for (const { onWait } of [first, second]) expect(onWait).not.toHaveBeenCalled();
  });

  test("whose parking fails leave who waits in line", async () => {
    const slots = new Slots({ limit: 1, parkOne: () => Promise.reject(new Error("disk full")) });
    await ask(slots).done;
    const second = ask(slots);
    await settled();
    slots.give();
    expect(await second.done).toBe("in");
    slots.give();
    expect([slots.taken, slots.waiting]).toEqual([0, 0]);
  });

  test("are not lost when one who waits gives up, before or as it is called", async () => {
    const slots = new Slots({ limit: 1, parkOne: none });
    await ask(slots).done;
    const [early, late] = [new AbortController(), new AbortController()];
    const first = ask(slots, early.signal);
    const second = ask(slots, late.signal);
    const third = ask(slots);
    await settled();
    early.abort();
    expect(await first.done).toBe("out");
    slots.give();
    late.abort();
    expect(await second.done).toBe("out");
    expect(await third.done).toBe("in");
    slots.give();
    expect([slots.taken, slots.waiting, slots.free]).toEqual([0, 0, true]);
    const aborted = new AbortController();
    aborted.abort();
    expect(await ask(slots, aborted.signal).done).toBe("out");
    expect(slots.taken).toBe(0);
  });
});
