// The posts of one turn: in order, each once, together where they wait, tried again when the channel refuses.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { AGAIN } from "../../../src/delivery/interrupted.ts";
import { PostFailure } from "../../../src/delivery/outbound.ts";
import { Poster } from "../../../src/delivery/poster.ts";

// The poster sleeps by the promised timers, which fake time does not reach by itself.
vi.mock("node:timers/promises", () => ({
  setTimeout: (ms: number) => new Promise((resolve) => globalThis.setTimeout(resolve, ms)),
}));
beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const identity = { agentId: "cc", sessionKey: "agent:cc:one" };
const route = { channel: "telegram", to: "501" };

interface World {
  after?: Promise<void>;
  refuse?: (text: string) => boolean;
  /** What becomes of a try, beside that. */
  fails?: (text: string) => Error | undefined;
  /** Whether the channel answers. */
  answers?: () => boolean;
  stopping?: () => boolean;
}

function bench(o: World = {}) {
  const posts: { text: string; id: string; at: number }[] = [];
  const lost: unknown[] = [];
  const told: unknown[] = [];
  const poster = new Poster({
    identity,
    route,
    turnId: "t",
    after: async () => await o.after,
    paceMs: 350,
    stopping: () => o.stopping?.() ?? false,
    onRetry: () => {},
    onPosting: async () => {},
    onLost: (error) => lost.push(error),
    onPosted: async (text) => void told.push(text),
    outbound: {
      attach: async ({ name, text, id }) => {
        if (o.refuse?.(text)) throw new Error("too large");
        posts.push({ text: `${name}: ${text}`, id, at: Date.now() });
      },
      typing: async () => {
        if (o.answers?.() === false) throw new Error("away");
      },
      mirror: async () => {},
      post: async ({ text, id, again }) => {
        if (o.refuse?.(text)) throw new Error("400");
        const failure = o.fails?.(text);
        if (failure) throw failure;
        posts.push({ text: again === undefined ? text : `${again} ${text}`, id, at: Date.now() });
      },
    },
  });
  return { poster, posts, lost, told };
}

describe("a poster", () => {
  test("posts in order, names each post by its place, and keeps its pace", async () => {
    const { poster, posts } = bench();
    const from = Date.now();
    poster.post("one");
    await vi.advanceTimersByTimeAsync(0);
    poster.post("two");
    await vi.advanceTimersByTimeAsync(400);
    poster.post("three");
    await vi.runAllTimersAsync();
    await poster.idle();
    expect(posts.map(({ text, id }) => [text, id])).toEqual([
      ["one", "contractor:t:0"],
      ["two", "contractor:t:1"],
      ["three", "contractor:t:2"],
    ]);
    expect(posts[0]?.at).toBe(from);
  });

  test("puts together what waits while a post is under way", async () => {
    const { poster, posts } = bench();
    for (const text of ["one\n\n", "two\n\n", "three"]) poster.post(text);
    await vi.runAllTimersAsync();
    expect(posts.map(({ text }) => text)).toEqual(["one\n\ntwo\n\nthree"]);
  });

  test("waits for the turn before it", async () => {
    const before = Promise.withResolvers<void>();
    const { poster, posts } = bench({ after: before.promise });
    poster.post("mine");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(posts).toEqual([]);
    before.resolve();
    await vi.runAllTimersAsync();
    expect(posts).toHaveLength(1);
  });

  test("tries again under the same name when the channel refuses, and what comes later stays behind it", async () => {
    let refusals = 2;
    const { poster, posts, lost } = bench({ refuse: () => refusals-- > 0 });
    poster.post("one");
    await vi.advanceTimersByTimeAsync(100);
    poster.post("two");
    await vi.runAllTimersAsync();
    expect(posts.map(({ text, id }) => [text, id])).toEqual([
      ["one", "contractor:t:0"],
      ["two", "contractor:t:1"],
    ]);
    expect(lost).toEqual([]);
  });

  test("tells what no channel took, and goes on", async () => {
    const { poster, posts, lost, told } = bench({ refuse: (text) => text === "one" });
    poster.post("one");
    await vi.advanceTimersByTimeAsync(100);
    poster.post("two");
    await vi.runAllTimersAsync();
    expect(lost).toHaveLength(1);
    expect(posts.map(({ text }) => text)).toEqual([
      "⚠️ A part of the answer could not be posted here. /cc history shows it.",
      "two",
    ]);
    expect(told).toEqual(["two"]);
  });

  test("posts nothing of white space alone, and nothing that was dropped", async () => {
    const { poster, posts } = bench();
    poster.post(" \n\n ");
    await vi.runAllTimersAsync();
    poster.post("never");
    poster.drop();
    await vi.runAllTimersAsync();
    await poster.idle();
    expect(posts).toEqual([]);
  });

  const unsent = new PostFailure("unsent", "ECONNREFUSED");
  const unknown = new PostFailure("unknown", "ECONNRESET");

  test("waits for a channel that cannot be reached, for hours, and then posts once and in order", async () => {
    let away = true;
    const { poster, posts, lost } = bench({ fails: () => (away ? unsent : undefined) });
    poster.post("one");
    await vi.advanceTimersByTimeAsync(4 * 3_600_000);
    poster.post("two");
    expect(posts).toEqual([]);
    away = false;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(posts.map(({ text }) => text)).toEqual(["one", "two"]);
    expect(lost).toEqual([]);
  });

  test("posts again what may have arrived, says so, and not before the channel answers", async () => {
    let away = true;
    const { poster, posts } = bench({ fails: () => (away ? unknown : undefined), answers: () => !away });
    poster.post("one");
    await vi.advanceTimersByTimeAsync(120_000);
    expect(posts).toEqual([]);
    away = false;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(posts.map(({ text }) => text)).toEqual([`${AGAIN} one`]);
  });

  test("does not fill a chat with copies where the channel takes everything and answers nothing: it says that something may be missing", async () => {
    const { poster, posts } = bench({ fails: (text) => (text === "one" ? unknown : undefined) });
    poster.post("one");
    await vi.runAllTimersAsync();
    expect(posts.map(({ text }) => text)).toEqual([
      "⚠️ A part of the answer may be missing here: the connection was lost. /cc history shows it.",
    ]);
  });

  test("leaves what is not posted to the next gateway when this one ends", async () => {
    let stopping = false;
    const { poster, posts, lost } = bench({ fails: () => unsent, stopping: () => stopping });
    poster.post("one");
    await vi.advanceTimersByTimeAsync(10_000);
    stopping = true;
    await vi.runAllTimersAsync();
    await poster.idle();
    expect([posts, lost]).toEqual([[], []]);
  });

  test("asks nobody what was settled while the channel was away", async () => {
    let away = true;
    const over = new AbortController();
    const { poster, posts } = bench({ fails: () => (away ? unsent : undefined) });
    const shown = vi.fn();
    poster.post("may it?", { buttons: [], shown, over: over.signal });
    await vi.advanceTimersByTimeAsync(60_000);
    over.abort();
    away = false;
    await vi.runAllTimersAsync();
    expect(posts).toEqual([]);
    expect(shown).toHaveBeenCalledWith(false);
  });
});
