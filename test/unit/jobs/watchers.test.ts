// Watchers of a job: what each conversation is shown, from where it left off, and what it costs the job.
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { silentLog } from "../../../common/log.ts";
import { type Outbound, PostFailure } from "../../../src/delivery/outbound.ts";
import { Telling } from "../../../src/jobs/telling.ts";
import { Watchers } from "../../../src/jobs/watchers.ts";
import { openJobOutput } from "../../../state/job-output.ts";
import { type Job, openJobs } from "../../../state/jobs.ts";
import { tempDir, until } from "../../support/poll.ts";

const HERE = { channel: "telegram", to: "telegram:1" };
const THERE = { channel: "telegram", to: "telegram:2" };
const ORIGIN = { channel: "telegram", to: "telegram:9" };
const at = "2026-11-27T00:00:00.000Z";
const job = (id: string, name: string): Job => ({
  ...{ id, name, agentId: "cc", sessionKey: `agent:cc:acp:job-${id}`, prompt: "do it", cwd: "/p" },
  ...{ origin: { by: "person", place: ORIGIN }, once: false, quiet: false, cycle: 1, state: "working" },
  ...{ createdAt: at, cycleAt: at, turns: 0, workedMs: 0, unattended: 0 },
});
const NORTH = job("a1b2c3d4", "north");
const SOUTH = job("b1b2c3d4", "south");

async function bench() {
  const { path, remove } = await tempDir("watchers");
  onTestFinished(remove);
  const now = () => new Date(at);
  const lock = async <T>(_: string, task: () => Promise<T>) => await task();
  const posts: { to: string; text: string }[] = [];
  const jobs = [NORTH, SOUTH];
  const world = { away: false, stopping: false, tries: 0 };
  const outbound: Outbound = {
    post: async ({ route, text }) => {
      world.tries += world.away ? 1 : 0;
      if (world.away) throw new PostFailure("unsent", "away");
      posts.push({ to: route.to.replace("telegram:", ""), text });
    },
    attach: async () => {},
    typing: async () => {},
    mirror: async () => {},
  };
  const keyOf = ({ to }: { to: string }) => to;
  const stopping = () => world.stopping;
  // A gateway with what is on disk.
  const start = async () => {
    const store = openJobs({ file: join(path, "jobs.jsonl"), lock, owner: true });
    const outputs = new Map(jobs.map(({ id }) => [id, openJobOutput({ dir: path, id, now })] as const));
    const output = ({ id }: { id: string }) => outputs.get(id) ?? openJobOutput({ dir: path, id, now });
    const telling = new Telling({ store, outbound, keyOf, stopping, log: silentLog });
    const watchers = new Watchers({
      ...{ store, telling, keyOf, stopping, now, log: silentLog },
      book: { job: (id) => jobs.find((one) => one.id === id), output, placeOf: () => ORIGIN },
    });
    await watchers.load();
    const says = async (one: Job, text: string, kind: "text" | "tool" | "ask" = "text") => {
      await output(one).add(kind, text);
      watchers.look(one);
    };
    return { watchers, output, says };
  };
  const heard = (to: string) => posts.filter((post) => post.to === to).map(({ text }) => text);
  const hears = async (to: string, text: string) =>
    await until(`${to} to hear ${text}`, () => heard(to).some((one) => one.includes(text)), {
      withinMs: 5_000,
      seen: () => posts,
    });
  const ends = (one: Job) => {
    const found = jobs.findIndex(({ id }) => id === one.id);
    jobs[found] = { ...one, state: "done", endedAt: at };
    return jobs[found];
  };
  return { start, posts, heard, hears, ends, world };
}

describe("a conversation that watches a job", () => {
  test("is shown once what it missed, with the count, then each block in order", async () => {
    const { start, heard, hears } = await bench();
    const { watchers, says } = await start();
    for (const text of ["one", "two"]) await says(NORTH, text);
    await says(NORTH, "npm test", "tool");
    await watchers.attach(NORTH, HERE, 2);
    await hears("1", "📋 3 missed");
    expect(heard("1")).toEqual([
      "👀 north (a1b2c3d4) · working · 0 s\nWhat it says is shown here now, until you say: /cc bg north\n📋 3 missed\n…\n\n🔧 npm test",
    ]);
    await says(NORTH, "four");
    await hears("1", "four");
    await says(NORTH, "five");
    await hears("1", "five");
    expect(heard("1").slice(1)).toEqual(["four", "five"]);
    await watchers.attach(NORTH, HERE, 30);
    await until("the second look", () => heard("1").length === 4);
    expect(heard("1")[3]).not.toContain("missed");
  });

  test("goes on from its own place: after bg, beside another conversation, and after a restart", async () => {
    const { start, heard, hears } = await bench();
    const first = await start();
    await first.says(NORTH, "one");
    await first.watchers.attach(NORTH, HERE, 30);
    await hears("1", "📋 1 missed\none");
    expect(await first.watchers.detach(HERE, NORTH)).toEqual([NORTH.id]);
    expect(first.watchers.watches(NORTH)).toBe(false);
    await first.says(NORTH, "two");
    await first.watchers.attach(NORTH, THERE, 30);
    await hears("2", "📋 2 missed\none\n\ntwo");
    await first.watchers.settle();

    const second = await start();
    await second.output(NORTH).add("text", "three");
    expect(second.watchers.watches(NORTH)).toBe(true);
    second.watchers.resume();
    await hears("2", "three");
    expect(heard("2").slice(1)).toEqual(["three"]);
    expect(heard("1")).toHaveLength(1);
    await second.watchers.attach(NORTH, HERE, 30);
    await hears("1", "📋 2 missed\ntwo\n\nthree");
  });

  test("hears which job it is where it watches several, until bg ends all of them", async () => {
    const { start, heard, hears } = await bench();
    const { watchers, says } = await start();
    await watchers.attach(NORTH, HERE, 30);
    await hears("1", "👀 north");
    await says(NORTH, "alone");
    await hears("1", "alone");
    await watchers.attach(SOUTH, HERE, 30);
    await watchers.attach(SOUTH, THERE, 30);
    await hears("1", "👀 south");
    await hears("2", "👀 south");
    await says(NORTH, "bricks");
    await says(SOUTH, "stones");
    await hears("1", "bricks");
    await hears("1", "stones");
    await hears("2", "stones");
    expect(heard("1").filter((text) => !text.startsWith("👀"))).toEqual([
      "alone",
      "[north] bricks",
      "[south] stones",
    ]);
    expect(heard("2").slice(1)).toEqual(["stones"]);
    expect((await watchers.detach(HERE)).sort()).toEqual([NORTH.id, SOUTH.id]);
    expect(await watchers.detach(HERE)).toEqual([]);
    await says(SOUTH, "more");
    await hears("2", "more");
    expect(heard("1")).toHaveLength(5);
  });

  test("is asked nothing where the job was launched, and elsewhere in words with how to answer", async () => {
    const { start, heard, hears } = await bench();
    const { watchers, says } = await start();
    await watchers.attach(NORTH, HERE, 30);
    await watchers.attach(NORTH, ORIGIN, 30);
    await hears("1", "👀");
    await hears("9", "👀");
    await says(NORTH, "May I?", "ask");
    await says(NORTH, "Thanks.");
    await hears("1", "Thanks.");
    await hears("9", "Thanks.");
    expect(heard("1").join("\n")).toContain("May I?\nTo answer: /cc respond north TEXT");
    expect(heard("9").join("\n")).not.toContain("May I?");
  });

  test("is shown the rest of a job that ends, and is detached then; a look at an ended one attaches nothing", async () => {
    const { start, heard, hears, ends } = await bench();
    const { watchers, says, output } = await start();
    await watchers.attach(NORTH, HERE, 30);
    await hears("1", "👀");
    await output(NORTH).add("text", "last words");
    const ended = ends(NORTH);
    expect(watchers.places(ended)).toEqual([{ place: HERE, where: HERE.to, launchedHere: false }]);
    await watchers.caughtUp(ended, HERE);
    expect(heard("1").slice(1)).toEqual(["last words"]);
    expect(watchers.watches(ended)).toBe(false);
    await watchers.attach(ended, THERE, 30);
    await hears("2", "It has ended: nothing more is shown here.\n📋 1 missed\nlast words");
    expect(watchers.watches(ended)).toBe(false);
    await says(ended, "a late word");
    expect(watchers.caughtUp(ended, THERE)).toBeUndefined();
    expect(heard("2")).toHaveLength(1);
  });

  test("misses what could not be posted before bg, and is shown it once it looks again", async () => {
    const { start, heard, hears, world } = await bench();
    const { watchers, says } = await start();
    await watchers.attach(NORTH, HERE, 30);
    await hears("1", "👀");
    world.away = true;
    await says(NORTH, "one");
    const posted = watchers.caughtUp(NORTH, HERE);
    await until("a try", () => world.tries > 0);
    await watchers.detach(HERE, NORTH);
    world.away = false;
    await posted;
    expect(heard("1")).toHaveLength(1);
    await watchers.attach(NORTH, HERE, 30);
    await hears("1", "📋 1 missed\none");
    expect(heard("1")).toHaveLength(2);
  });

  test("is shown by the next gateway what this one could not post any more", async () => {
    const { start, heard, hears, world } = await bench();
    const { watchers, says } = await start();
    await watchers.attach(NORTH, HERE, 30);
    await hears("1", "👀");
    await says(NORTH, "one");
    await hears("1", "one");
    world.stopping = true;
    await says(NORTH, "two");
    await watchers.settle();
    world.stopping = false;
    const next = await start();
    next.watchers.resume();
    await hears("1", "two");
    expect(heard("1").slice(1)).toEqual(["one", "two"]);
  });
});

test("twenty watchers whose channel is away cost the job nothing", async () => {
  const { start, world } = await bench();
  const { watchers, output } = await start();
  world.away = true;
  for (let number = 10; number < 30; number += 1)
    await watchers.attach(NORTH, { channel: "telegram", to: `telegram:${number}` }, 30);
  const begun = performance.now();
  for (let number = 0; number < 500; number += 1) {
    void output(NORTH).add("text", `line ${number}`);
    watchers.look(NORTH);
  }
  expect(performance.now() - begun).toBeLessThan(250);
});
