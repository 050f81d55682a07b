// The inbox of a session: accepted prompts in order, each once, and nothing of it lost with the process.
import { appendFile, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { type Inbox, listInboxes, openInbox } from "../../../state/inbox.ts";
import type { Lock } from "../../../state/lock.ts";
import { tempDir } from "../../support/poll.ts";
import { promptOf } from "./support/entries.ts";

const lock: Lock = (_file, task) => task();
const identity = { agentId: "cc", sessionKey: "agent:cc:acp:1" };

let dir: string;
let inbox: Inbox;
let corrupt: string[];
const place = () => ({
  dir,
  lock,
  owner: true,
  onCorrupt: ({ kept }: { kept: string }) => corrupt.push(kept),
});

beforeEach(async () => {
  const folder = await tempDir("inbox");
  dir = join(folder.path, "inbox");
  corrupt = [];
  inbox = openInbox({ ...place(), identity });
  return folder.remove;
});

const ids = async (of: Inbox = inbox) => (await of.all()).map((prompt) => prompt.id);
const files = async () => (await readdir(dir)).map((name) => join(dir, name));
const fileOf = async () => (await files())[0] ?? "";

test("keeps prompts in the order of their arrival, each until it is done", async () => {
  for (const id of ["1", "2", "3"]) expect(await inbox.accept(promptOf(id))).toBe("accepted");
  expect((await inbox.all())[0]).toEqual(promptOf("1"));
  await inbox.submitted("1");
  expect(await ids()).toEqual(["1", "2", "3"]);
  await inbox.done("1");
  expect(await ids()).toEqual(["2", "3"]);
});

test("keeps the order of messages accepted at the same time", async () => {
  const wanted = Array.from({ length: 30 }, (_, index) => String(index));
  await Promise.all(wanted.map((id) => inbox.accept(promptOf(id))));
  expect(await ids()).toEqual(wanted);
});

test("is the same after the process has gone, with what was submitted marked", async () => {
  await inbox.accept(
    promptOf("1", { text: '$HOME !x \n "q" 你好', images: [{ mimeType: "image/png", data: "AAAA" }] }),
  );
  await inbox.accept(promptOf("2"));
  await inbox.submitted("1");
  const [found] = await listInboxes(place());
  expect(found?.identity).toEqual(identity);
  const [first, second] = (await found?.inbox.all()) ?? [];
  expect(first).toMatchObject({
    state: "submitted",
    text: '$HOME !x \n "q" 你好',
    images: [{ data: "AAAA" }],
  });
  expect(Date.parse(first?.submittedAt ?? "")).toBeGreaterThan(0);
  expect(second).toEqual(promptOf("2"));
});

describe("a redelivered prompt is a duplicate", () => {
  test("while it waits, while it runs, and after it is done", async () => {
    await inbox.accept(promptOf("1"));
    expect(await inbox.accept(promptOf("1"))).toBe("duplicate");
    await inbox.submitted("1");
    expect(await inbox.accept(promptOf("1"))).toBe("duplicate");
    await inbox.done("1");
    expect(await openInbox({ ...place(), identity }).accept(promptOf("1"))).toBe("duplicate");
    expect(await ids()).toEqual([]);
  });

  test("when both arrive at once", async () => {
    const answers = await Promise.all([inbox.accept(promptOf("1")), inbox.accept(promptOf("1"))]);
    expect(answers).toEqual(["accepted", "duplicate"]);
  });

  test("among the last 200 that were finished", async () => {
    await Promise.all(Array.from({ length: 201 }, (_, index) => inbox.accept(promptOf(String(index)))));
    await Promise.all(Array.from({ length: 201 }, (_, index) => inbox.done(String(index))));
    expect(await inbox.accept(promptOf("1"))).toBe("duplicate");
    expect(await inbox.accept(promptOf("0"))).toBe("accepted");
  });
});

test("a reset drops what waits and what runs, gives it back, and remembers all of it", async () => {
  for (const id of ["1", "2", "3"]) await inbox.accept(promptOf(id));
  await inbox.done("1");
  await inbox.submitted("2");
  expect((await inbox.drop()).map(({ id, state }) => [id, state])).toEqual([
    ["2", "submitted"],
    ["3", "accepted"],
  ]);
  expect(await readFile(await fileOf(), "utf8")).not.toContain("words of");
  expect(await inbox.drop()).toEqual([]);
  expect(await inbox.all()).toEqual([]);
  for (const id of ["1", "2", "3"]) expect(await inbox.accept(promptOf(id))).toBe("duplicate");
});

test("somebody else empties it behind the back of its owner, who goes on", async () => {
  const other = openInbox({ ...place(), identity, owner: false });
  await inbox.accept(promptOf("1"));
  expect((await other.drop()).map(({ id }) => id)).toEqual(["1"]);
  await inbox.submitted("1");
  await inbox.accept(promptOf("2"));
  expect([await ids(), await ids(other)]).toEqual([["2"], ["2"]]);
  expect(await inbox.accept(promptOf("1"))).toBe("duplicate");
});

test("a late word about a prompt that was dropped changes nothing", async () => {
  await inbox.accept(promptOf("1"));
  await inbox.drop();
  await inbox.submitted("1");
  await inbox.done("1");
  expect(await inbox.all()).toEqual([]);
});

test("sessions do not share an inbox, however alike their names are", async () => {
  const others = [
    { agentId: "cc", sessionKey: "agent:cc:acp:2" },
    { agentId: "c", sessionKey: "cagent:cc:acp:1" },
  ];
  await inbox.accept(promptOf("1"));
  for (const other of others)
    expect(await openInbox({ ...place(), identity: other }).accept(promptOf("1"))).toBe("accepted");
  expect((await listInboxes(place())).map((one) => one.identity)).toEqual(
    expect.arrayContaining([identity, ...others]),
  );
});

describe("files as they are found", () => {
  test("a missing folder has no inboxes", async () => {
    expect(await listInboxes(place())).toEqual([]);
  });

  test("a prompt that is bad does not take the others with it", async () => {
    await inbox.accept(promptOf("1"));
    const accept = (prompt: object) => `${JSON.stringify({ op: "accept", prompt })}\n`;
    await appendFile(await fileOf(), accept({ id: "bad" }) + accept(promptOf("2")));
    const [found] = await listInboxes(place());
    expect(found && (await ids(found.inbox))).toEqual(["1", "2"]);
    expect(corrupt).toHaveLength(1);
  });

  test("bad ones are set aside and not listed, other names are left alone, good ones are listed", async () => {
    await inbox.accept(promptOf("1"));
    const bad = join(dir, `${"0".repeat(64)}.jsonl`);
    await writeFile(bad, "{");
    await writeFile(join(dir, "notes.txt"), "mine");
    expect((await listInboxes(place())).map((one) => one.identity)).toEqual([identity]);
    expect(corrupt).toHaveLength(1);
    expect(await files()).not.toContain(bad);
    expect(await readFile(join(dir, "notes.txt"), "utf8")).toBe("mine");
  });

  test("one under another session's name is set aside: its prompts must not run there", async () => {
    await inbox.accept(promptOf("1"));
    await writeFile(join(dir, `${"f".repeat(64)}.jsonl`), await readFile(await fileOf()));
    expect(await listInboxes(place())).toHaveLength(1);
    expect(corrupt).toHaveLength(1);
  });

  test("a newer one is left alone and told of, and does not hide the others", async () => {
    await inbox.accept(promptOf("1"));
    const newer = join(dir, `${"0".repeat(64)}.jsonl`);
    await writeFile(newer, '{"version":2}');
    const refused: string[] = [];
    const found = await listInboxes({ ...place(), onRefused: (error) => refused.push(error.code) });
    expect(found).toHaveLength(1);
    expect(refused).toEqual(["newer-version"]);
    expect(await readFile(newer, "utf8")).toBe('{"version":2}');
  });

  test("of any content at all never stop the listing", async () => {
    const value = fc.record({ identity: fc.jsonValue(), prompts: fc.jsonValue(), done: fc.jsonValue() });
    const anything = fc.oneof(
      fc.string(),
      fc.json(),
      value.map((one) => JSON.stringify(one)),
    );
    await inbox.accept(promptOf("1"));
    await fc.assert(
      fc.asyncProperty(anything, async (text) => {
        await writeFile(join(dir, `${"0".repeat(64)}.jsonl`), text);
        expect((await listInboxes(place())).map((one) => one.identity)).toEqual([identity]);
      }),
      { numRuns: 100 },
    );
  });
});

test("remembers what was posted of an answer, and ids of prompts that never lay in it", async () => {
  await inbox.accept(promptOf("1"));
  await inbox.posted("1", "first");
  await inbox.posted("1", "second");
  expect((await inbox.all())[0]?.posted).toBe("first\n\nsecond\n\n");
  expect(await inbox.knows("held")).toBe(false);
  await inbox.remember("held");
  expect(await inbox.knows("held")).toBe(true);
  expect(await inbox.knows("1")).toBe(true);
});
