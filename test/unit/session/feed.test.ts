// The feed of a session: one order for all, bounded, and nobody harmed by a reader.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Feed, type FeedEntry, type FeedEvent } from "../../../src/session/feed.ts";

const text = (words: string): FeedEvent => ({
  type: "said",
  turn: "t",
  event: { type: "text", text: words },
});
const idle: FeedEvent = { type: "idle" };

/** Reads until as many entries came, then goes. */
async function take(feed: Feed, o: { from?: number; count: number }): Promise<FeedEntry[]> {
  const entries: FeedEntry[] = [];
  const gone = new AbortController();
  if (o.count === 0) return entries;
  for await (const entry of feed.watch({ ...o, signal: gone.signal })) {
    entries.push(entry);
    if (entries.length === o.count) break;
  }
  return entries;
}

const numbers = (entries: FeedEntry[]) => entries.map(({ seq }) => seq);
const upTo = (count: number, from = 1) => Array.from({ length: count }, (_, i) => from + i);

describe("a feed", () => {
  test("gives a thousand readers the same entries in the same order", async () => {
    const feed = new Feed();
    const reading = Array.from({ length: 1_000 }, () => take(feed, { count: 50 }));
    for (let i = 0; i < 50; i += 1) feed.publish(text(`${i}`));
    for (const entries of await Promise.all(reading)) expect(numbers(entries)).toEqual(upTo(50));
  });

  test("is not held up by one that never reads, and tells it what it missed", async () => {
    const feed = new Feed({ kept: { entries: 100, characters: 1_000_000 } });
    const lazy = feed.watch({ signal: new AbortController().signal });
    const first = lazy.next();
    feed.publish(idle);
    expect((await first).value).toMatchObject({ seq: 1 });
    for (let i = 0; i < 500; i += 1) feed.publish(idle);
    expect((await lazy.next()).value).toMatchObject({ event: { type: "missed", entries: 400 } });
    expect((await lazy.next()).value).toMatchObject({ seq: 402 });
  });

  test("goes on for the others when one throws, and tells why", () => {
    const [errors, heard]: [unknown[], number[]] = [[], []];
    const feed = new Feed({ onError: (error) => errors.push(error) });
    feed.read(() => {
      throw new Error("no");
    });
    feed.read(({ seq }) => heard.push(seq));
    feed.publish(idle);
    feed.publish(idle);
    expect(heard).toEqual([1, 2]);
    expect(errors).toHaveLength(2);
  });

  test("lets one that joins late begin where it wants", async () => {
    const feed = new Feed();
    for (let i = 0; i < 10; i += 1) feed.publish(idle);
    expect(numbers(await take(feed, { from: 4, count: 7 }))).toEqual(upTo(7, 4));
    const next = take(feed, { count: 1 });
    feed.publish(idle);
    expect(numbers(await next)).toEqual([11]);
  });

  test("keeps 20,000 updates within its bounds", async () => {
    const feed = new Feed({ kept: { entries: 1_000, characters: 200_000 } });
    for (let i = 0; i < 20_000; i += 1) feed.publish(text("x".repeat(1_000)));
    const kept = await take(feed, { from: 1, count: 100 });
    expect(kept[0]?.event).toEqual({ type: "missed", entries: 19_819 });
    expect(numbers(kept.slice(1))).toEqual(upTo(99, 19_820));
    expect(feed.last).toBe(20_000);
  });

  test("tells every reader what a reader publishes after what it was told of", () => {
    const feed = new Feed();
    const [one, other]: [string[], string[]] = [[], []];
    feed.read(({ event }) => {
      one.push(event.type);
      if (event.type === "asked") feed.publish({ type: "answered" });
    });
    feed.read(({ event }) => other.push(event.type));
    feed.publish({ type: "asked" });
    expect([one, other]).toEqual([
      ["asked", "answered"],
      ["asked", "answered"],
    ]);
  });

  test("ends with its reader's signal", async () => {
    const gone = new AbortController();
    const reading = new Feed().watch({ signal: gone.signal }).next();
    gone.abort();
    expect(await reading).toEqual({ done: true, value: undefined });
  });
});

test("every reader sees the same order, no gap, no double, whenever it joins and however slow it is", async () => {
  const plan = fc.record({
    entries: fc.integer({ min: 1, max: 200 }),
    readers: fc.array(fc.record({ joins: fc.nat(200), pauses: fc.nat(7) }), { minLength: 1, maxLength: 8 }),
  });
  await fc.assert(
    fc.asyncProperty(plan, async ({ entries, readers }) => {
      const feed = new Feed();
      const reading: Promise<FeedEntry[]>[] = [];
      const from = readers.map(({ joins }) => Math.min(joins, entries));
      for (let seq = 0; seq <= entries; seq += 1) {
        for (const [at, { pauses }] of readers.entries())
          if (from[at] === seq) reading.push(slowly(feed, { count: entries - seq, pauses }));
        await Promise.resolve();
        if (seq < entries) feed.publish(text(`${seq}`));
      }
      const seen = await Promise.all(reading);
      for (const numbered of seen.map(numbers))
        expect(numbered).toEqual(upTo(entries).slice(-numbered.length || entries));
      expect(seen.map(({ length }) => length).sort()).toEqual(from.map((seq) => entries - seq).sort());
    }),
    { numRuns: 200 },
  );
});

/** Takes the entries from now on, and lets others go first so many times between two. */
async function slowly(feed: Feed, o: { count: number; pauses: number }): Promise<FeedEntry[]> {
  const entries: FeedEntry[] = [];
  const from = feed.last + 1;
  if (o.count === 0) return entries;
  for await (const entry of feed.watch({ from, signal: new AbortController().signal })) {
    entries.push(entry);
    for (let i = 0; i < o.pauses; i += 1) await Promise.resolve();
    if (entries.length === o.count) break;
  }
  return entries;
}
