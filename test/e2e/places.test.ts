// Several places at once: two bot accounts, a forum topic, a group and a private chat, each with its own words.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Bench, type Bound, bound, inboxOf, startBench } from "../support/e2e.ts";
import { say } from "../support/model.ts";
import { until } from "../support/poll.ts";

const FORUM = -1_001;
const GROUP = -2_002;

describe("places", () => {
  let bench: Bench;
  let places: Record<"private" | "second" | "topic" | "other" | "group", Bound>;
  beforeAll(async () => {
    bench = await startBench({ accounts: ["second"] });
    places = {
      private: await bound(bench, { from: { id: 501 } }),
      second: await bound(bench, { from: { id: 501 }, account: "second" }),
      topic: await bound(bench, { id: FORUM, topic: 42 }),
      other: await bound(bench, { id: FORUM, topic: 43 }),
      group: await bound(bench, { id: GROUP }),
    };
  });
  afterAll(() => bench?.dispose());

  it("have a session each", () => {
    expect(new Set(Object.values(places).map((place) => place.sessionKey)).size).toBe(5);
  });

  it("get their own words, in the right account and thread, though all ask at once", async () => {
    const gate = Promise.withResolvers<void>();
    for (const name of Object.keys(places))
      bench.model.will(name, say(`For ${name}.`, { after: gate.promise }));
    for (const [name, place] of Object.entries(places)) place.says(`remember ${name}`);
    await until(
      "every place to wait for Claude",
      async () => {
        const inboxes = await Promise.all(
          Object.values(places).map((place) => inboxOf(bench.gateway, place)),
        );
        return inboxes.every((prompts) => prompts.length === 1 && prompts[0]?.state === "submitted");
      },
      { withinMs: 60_000 },
    );
    gate.resolve();
    for (const [name, place] of Object.entries(places)) {
      const heard = await place.hears(`For ${name}.`);
      expect(heard).toMatchObject({ account: name === "second" ? "second" : "default" });
      expect(place.texts().slice(1)).toEqual([`For ${name}.`]);
      expect(place.typing().length).toBeGreaterThan(0);
    }
    expect(places.topic.messages().at(-1)).toMatchObject({ chatId: FORUM, topic: 42 });
    expect(places.other.messages().at(-1)).toMatchObject({ chatId: FORUM, topic: 43 });
    expect(places.group.messages().at(-1)).toMatchObject({ chatId: GROUP, topic: undefined });
  });

  it("remember only what was said in them", async () => {
    for (const place of Object.values(places)) place.says("what do you remember?");
    for (const [name, place] of Object.entries(places)) await place.hears(`I remember ${name}.`);
  });
});
