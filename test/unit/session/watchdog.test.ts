// The watchdog: a word when nothing happens, an end when still nothing does, and patience with people.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Failure, describe as inWords } from "../../../common/failure.ts";
import { Turn } from "../../../src/session/turn.ts";
import { watch } from "../../../src/session/watchdog.ts";

beforeEach(() => vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] }));
afterEach(() => vi.useRealTimers());

const STALL_MS = 60_000;

function bench(o: { running?: string[]; asking?: () => boolean } = {}) {
  const turn = new Turn({ id: "1", text: "x", images: [], audience: { is: "caller" } });
  const notices: string[] = [];
  turn.read((event) => {
    if (event.type === "notice") notices.push(event.text);
  });
  const dog = watch({
    turn,
    name: "Claude",
    stallMs: STALL_MS,
    running: () => o.running ?? [],
    asking: o.asking ?? (() => false),
  });
  return { turn, notices, dog };
}

describe("a watchdog", () => {
  test("says once what runs, and at twice the time ends the turn by name", () => {
    const { turn, notices } = bench({ running: ["npm test"] });
    vi.advanceTimersByTime(STALL_MS - 1);
    expect(notices).toEqual([]);
    vi.advanceTimersByTime(STALL_MS);
    expect(notices).toEqual([
      expect.stringMatching(/^No sign of life from Claude for 60 s; .*`npm test`\..*stop/),
    ]);
    expect(turn.signal.aborted).toBe(false);
    vi.advanceTimersByTime(STALL_MS);
    expect(notices).toHaveLength(1);
    expect(turn.signal.reason).toBeInstanceOf(Failure);
    expect(turn.signal.reason).toMatchObject({ code: "timed-out" });
    expect(inWords(turn.signal.reason)).toMatch(/2 min.*kept.*again/);
  });

  test("begins anew at each sign of life, and may speak again after one", () => {
    const { turn, notices, dog } = bench();
    for (let n = 0; n < 10; n += 1) {
      vi.advanceTimersByTime(STALL_MS - 1_000);
      dog.alive();
    }
    expect(notices).toEqual([]);
    vi.advanceTimersByTime(STALL_MS * 1.2);
    dog.alive();
    vi.advanceTimersByTime(STALL_MS * 1.2);
    expect(notices).toHaveLength(2);
    expect(notices[0]).toContain("it waits for the model");
    expect(turn.signal.aborted).toBe(false);
  });

  test("leaves a turn alone while somebody is asked, and counts from the answer on", () => {
    let asking = true;
    const { turn, notices } = bench({ asking: () => asking });
    vi.advanceTimersByTime(100 * STALL_MS);
    expect(notices).toEqual([]);
    asking = false;
    vi.advanceTimersByTime(STALL_MS * 0.9);
    expect([notices, turn.signal.aborted]).toEqual([[], false]);
  });

  test("that was stopped does nothing any more", () => {
    const { turn, notices, dog } = bench();
    dog.stop();
    vi.advanceTimersByTime(10 * STALL_MS);
    expect([notices, turn.signal.aborted]).toEqual([[], false]);
  });
});
