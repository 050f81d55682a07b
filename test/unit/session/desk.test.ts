// The desk's list: numbers that people type later mean what they meant when they were shown.
import { writeFile } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { SessionCatalog } from "../../../src/catalog/catalog.ts";
import { readIndex } from "../../../src/catalog/session-index.ts";
import { hostLock } from "../../../src/host/file-lock.ts";
import { openSessionMap, type SessionMap } from "../../../state/session-map.ts";
import { startEngine, type TestEngine } from "../../support/engine.ts";
import { tempDir } from "../../support/poll.ts";
import { entryOf } from "../state/support/entries.ts";

const id = (sessionKey: string, agentId = "cc") => ({ agentId, sessionKey });

describe("a number of the list", () => {
  let engine: TestEngine;
  let catalog: SessionCatalog;
  beforeEach(async () => {
    engine = await startEngine({ command: ["/bin/false"] });
    catalog = new SessionCatalog({
      sessions: engine.sessions,
      agents: () => ["cc"],
      forgotten: async () => {},
    });
    for (const [at, name] of ["one", "two", "three"].entries())
      await engine.map.upsert(id(name), () => ({
        ...entryOf(id(name)),
        createdAt: `2026-11-20T03:00:0${at}.000Z`,
      }));
  });
  afterEach(() => engine.dispose());

  const numbers = async (): Promise<Record<number, string>> =>
    Object.fromEntries(
      (await catalog.list()).listed.map(({ entry }) => [entry.number, entry.openclawSessionKey]),
    );

  test("stays a session's own, however the sessions are used, closed and forgotten meanwhile", async () => {
    expect(await numbers()).toEqual({ 1: "one", 2: "two", 3: "three" });
    await engine.sessions.of(id("one")).record.note({ name: "used" });
    await catalog.close(id("three"), { reason: "closed" });
    await catalog.forget(id("two"), {});
    expect(await numbers()).toEqual({ 1: "one", 3: "three" });
    await engine.sessions.of(id("three")).ensure({});
    await engine.sessions.of(id("four")).ensure({});
    expect(await numbers()).toEqual({ 1: "one", 3: "three", 4: "four" });
    expect((await catalog.find("#3")).identity).toEqual(id("three"));
    await expect(catalog.find("2")).rejects.toThrow('No session is called "2"');
    await catalog.forget(id("four"), {});
    await engine.sessions.of(id("five")).ensure({});
    expect(await numbers()).toEqual({ 1: "one", 3: "three", 5: "five" });
  });

  test("is the same for everybody who lists at the same moment, while others begin", async () => {
    const maps = Array.from({ length: 4 }, () => openSessionMap({ workspace: engine.home, lock: hostLock }));
    const begin = async (name: string) => void (await engine.map.upsert(id(name), () => entryOf(id(name))));
    const lists = async (map: SessionMap) => (await readIndex([map])).entries;
    const seen = await Promise.all(
      maps.flatMap((map, at) =>
        Array.from({ length: 8 }, (_, round) => begin(`new-${at}-${round}`).then(() => lists(map))),
      ),
    );
    const final = await numbers();
    expect(Object.keys(final)).toHaveLength(3 + 4 * 8);
    for (const { number, openclawSessionKey } of seen.flat()) expect(final[number]).toBe(openclawSessionKey);
  });

  test("brings nobody back who is forgotten while it is given", async () => {
    const other = openSessionMap({ workspace: engine.home, lock: hostLock });
    await Promise.all([engine.map.remove(id("two")), readIndex([other]), engine.map.remove(id("one"))]);
    expect(Object.values(await numbers())).toEqual(["three"]);
  });
});

describe("the maps of several agents", () => {
  const CC = entryOf(id("agent:cc:one"));
  const DD = { ...entryOf(id("agent:dd:one", "dd")), createdAt: "2026-11-21T03:00:00.000Z" };
  let maps: [SessionMap, SessionMap];
  beforeEach(async () => {
    const [cc, dd] = await Promise.all([tempDir("roll"), tempDir("roll")]);
    const open = (workspace: string) => openSessionMap({ workspace, lock: hostLock });
    maps = [open(cc.path), open(dd.path)];
    await maps[0].upsert(id("agent:cc:one"), () => ({ ...CC, number: 3 }));
    await maps[1].upsert(id("agent:dd:one", "dd"), () => ({ ...DD, number: 3 }));
    return async () => void (await Promise.all([cc.remove(), dd.remove()]));
  });

  test("that give one number twice, as one from another machine does: the elder session keeps it", async () => {
    const called = async () =>
      (await readIndex(maps)).entries.map(({ agentId, number }) => [agentId, number]);
    const given = [
      ["cc", 3],
      ["dd", 4],
    ];
    expect(await called()).toEqual(given);
    expect(await called()).toEqual(given);
  });

  test("of which one cannot be read: the others are there, and it is said why", async () => {
    await writeFile(maps[1].file, JSON.stringify({ version: 99, sessions: [] }));
    const { entries, problems } = await readIndex(maps);
    expect(entries.map(({ agentId }) => agentId)).toEqual(["cc"]);
    expect(problems).toEqual([expect.stringMatching(/newer/)]);
    await expect(readIndex([maps[1]])).rejects.toThrow(/newer/);
  });
});
