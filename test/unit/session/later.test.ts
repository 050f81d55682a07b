// A write that may wait is made once, soon enough, and not a second time when another one has made it already.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DebouncedWrite } from "../../../src/session/record/debounced-write.ts";

describe("what is written later", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function later() {
    const write = vi.fn(async () => it.cancel());
    const it = new DebouncedWrite({ write, withinMs: 1_000 });
    return { later: it, write };
  }

  it("is written once for all who asked for it", async () => {
    const { later: one, write } = later();
    one.schedule();
    one.schedule();
    await vi.advanceTimersByTimeAsync(999);
    expect(write).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(write).toHaveBeenCalledTimes(1);
  });

  it("is written now where somebody asked for it, and not at all where nobody did", async () => {
    const { later: one, write } = later();
    await one.flush();
    expect(write).not.toHaveBeenCalled();
    one.schedule();
    await one.flush();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(write).toHaveBeenCalledTimes(1);
  });

  it("is not written again when another write has it", async () => {
    const { later: one, write } = later();
    one.schedule();
    one.cancel();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(write).not.toHaveBeenCalled();
  });
});
