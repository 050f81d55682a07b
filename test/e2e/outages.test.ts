// The long and the silent outages of a channel: the answer comes when it is back, and where it may be there already it says so.
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Bench, startBench } from "../support/e2e.ts";
import { AGAIN, answeredIn, FOUND } from "../support/outage.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench?.dispose());

const again = `${AGAIN}\n\n${FOUND}`;
const TIMEOUT = { timeout: 300_000 };

it.each([5_000, 75_000])("nobody listens for %i ms: the answer comes once", TIMEOUT, async (forMs) => {
  expect(await answeredIn(bench, { outage: "unreachable", forMs })).toEqual([FOUND]);
});

it(
  "connections are cut for 5 s: the answer comes, and says that it may be there already",
  TIMEOUT,
  async () => {
    expect(await answeredIn(bench, { outage: "cut", forMs: 5_000 })).toEqual([again]);
  },
);

it("Telegram takes the answer and says nothing for 65 s: it comes again, and says so", TIMEOUT, async () => {
  expect(await answeredIn(bench, { outage: "silent", forMs: 65_000 })).toEqual([FOUND, again]);
});
