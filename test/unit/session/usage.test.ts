// Usage: what a turn and a session used, as the harness tells it, and as people read it.
import { describe, expect, test, vi } from "vitest";
import { NO_USAGE, plus, UsageMeter } from "../../../src/session/usage.ts";
import { footerText, usageText } from "../../../src/session/usage-text.ts";

const told = (amount: number) => ({
  type: "usage" as const,
  used: 1_500,
  size: 200_000,
  cost: { amount, currency: "USD" },
});
const answer = {
  stopReason: "end_turn",
  usage: { inputTokens: 10, outputTokens: 5, cachedReadTokens: 100, cachedWriteTokens: 20, totalTokens: 135 },
};

describe("a usage meter", () => {
  test("counts a turn's tokens, and of the cost what came with this turn", () => {
    const meter = new UsageMeter();
    meter.heard({ ...told(0.5), model: "claude-sonnet-5-5" });
    meter.begin();
    meter.heard({ ...told(0.75), model: "claude-sonnet-5-5" });
    const turn = meter.end(answer);
    expect(turn).toMatchObject({ model: "claude-sonnet-5-5", tokens: 135, cost: 0.25, currency: "USD" });
    expect(meter.unsaved).toMatchObject({
      turns: 1,
      inputTokens: 10,
      outputTokens: 5,
      cachedTokens: 120,
      cost: 0.75,
    });
    expect(meter.context).toEqual({ used: 1_500, size: 200_000 });
  });

  test("does not count the time in which people were asked", () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    try {
      const meter = new UsageMeter();
      meter.begin();
      vi.advanceTimersByTime(2_000);
      meter.asked();
      vi.advanceTimersByTime(60_000);
      meter.answered();
      vi.advanceTimersByTime(1_000);
      expect(meter.end(answer).durationMs).toBe(3_000);
      meter.begin();
      meter.asked();
      vi.advanceTimersByTime(5_000);
      expect(meter.end(answer).durationMs).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  test("takes a cost that falls for that of a new process", () => {
    const meter = new UsageMeter();
    meter.heard(told(0.5));
    meter.heard(told(0.1));
    expect(meter.unsaved.cost).toBeCloseTo(0.6);
  });

  test("leaves out what an adapter does not tell", () => {
    const meter = new UsageMeter();
    meter.begin();
    expect(Object.keys(meter.end({ stopReason: "end_turn" }))).toEqual(["durationMs"]);
    expect(meter.unsaved).toMatchObject({ turns: 1, inputTokens: 0 });
  });

  test("keeps what comes while it is being saved", () => {
    const meter = new UsageMeter();
    meter.heard(told(1));
    const saved = meter.unsaved;
    meter.heard(told(3));
    meter.saved(saved);
    expect(meter.unsaved.cost).toBe(2);
    meter.saved(meter.unsaved);
    expect(meter.unsaved).toBe(NO_USAGE);
  });

  test("adds nothing of a session that ended to the next", () => {
    const meter = new UsageMeter();
    meter.heard(told(1));
    meter.forget();
    expect(meter.unsaved).toBe(NO_USAGE);
    expect(meter.context).toBeUndefined();
  });
});

describe("usage in words", () => {
  test.each([
    [
      { model: "claude-sonnet-5-5", durationMs: 12_400, tokens: 3_120, cost: 0.021 },
      "sonnet-5-5 · 12 s · 3.1k tokens · $0.02",
    ],
    [{ durationMs: 40 }, "1 s"],
    [
      { model: "claude-opus-4-20250514", durationMs: 600_000, tokens: 999, cost: 0.001 },
      "opus-4 · 10 min · 999 tokens · <$0.01",
    ],
    [
      { durationMs: 9_000_000, tokens: 1_234_567, cost: 12.5, currency: "EUR" },
      "2.5 h · 1.2M tokens · EUR 12.50",
    ],
    [{ durationMs: 5_000, tokens: 999_600 }, "5 s · 1M tokens"],
  ])("%j is %j", (usage, text) => expect(footerText(usage)).toBe(text));

  test("tells context, last turn and session, each on its line", () => {
    const total = plus(NO_USAGE, {
      ...NO_USAGE,
      turns: 14,
      inputTokens: 20_000,
      outputTokens: 5_000,
      cachedTokens: 95_000,
      cost: 1.2,
      workedMs: 480_000,
    });
    expect(
      usageText({
        model: "claude-opus-5-5",
        context: { used: 50_000, size: 200_000 },
        last: { model: "claude-opus-5-5", durationMs: 3_000, tokens: 900 },
        total,
      }),
    ).toBe(
      "Model: opus-5-5\nContext: 50k of 200k tokens (25 %)\nLast turn: opus-5-5 · 3 s · 900 tokens\n" +
        "Session: 14 turns · 8 min · 120k tokens (20k in, 5k out, 95k cached) · $1.20",
    );
  });

  test("says so where nothing was used", () => {
    expect(usageText({ model: undefined, context: undefined, last: undefined, total: NO_USAGE })).toBe(
      "Nothing has been used here yet.",
    );
  });
});
