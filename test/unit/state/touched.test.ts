// The time of activity in the session map: read at once, written with the next change, and without a write of its own.
import { stat } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { openSessionMap } from "../../../state/session-map.ts";
import { tempDir } from "../../support/poll.ts";
import { entryOf } from "./support/entries.ts";

const ID = { agentId: "cc", sessionKey: "agent:cc:acp:one" };
const OTHER = { agentId: "cc", sessionKey: "agent:cc:acp:two" };
const lock = <T>(_: string, task: () => Promise<T>) => task();

describe("a session that was active", () => {
  it("reads so at once, and costs no write until something changes", async () => {
    await using folder = await tempDir("touched");
    const map = openSessionMap({ workspace: folder.path, lock });
    for (const id of [ID, OTHER]) await map.upsert(id, () => entryOf(id));
    const { ino } = await stat(map.file);
    const at = "2026-11-20T09:00:00.000Z";
    map.touch(ID, at);
    expect((await map.get(ID))?.lastActivityAt).toBe(at);
    expect((await map.read()).sessions.map(({ lastActivityAt }) => lastActivityAt)).toEqual([
      at,
      entryOf(OTHER).lastActivityAt,
    ]);
    expect((await stat(map.file)).ino).toBe(ino);
    await map.upsert(ID, (entry) => ({ ...entryOf(ID), ...entry, name: "named" }));
    const onDisk = openSessionMap({ workspace: folder.path, lock });
    expect(await onDisk.get(ID)).toMatchObject({ name: "named", lastActivityAt: at });
  });

  it("is never earlier than it was", async () => {
    await using folder = await tempDir("touched");
    const map = openSessionMap({ workspace: folder.path, lock });
    await map.upsert(ID, () => entryOf(ID));
    map.touch(ID, "2020-01-01T00:00:00.000Z");
    expect((await map.get(ID))?.lastActivityAt).toBe(entryOf(ID).lastActivityAt);
  });

  it("may be changed by who was given it, without a trace in what others were given", async () => {
    await using folder = await tempDir("touched");
    const map = openSessionMap({ workspace: folder.path, lock });
    await map.upsert(ID, () => entryOf(ID));
    const before = await map.get(ID);
    await map.upsert(ID, (entry) => {
      const own = entry ?? entryOf(ID);
      own.retired.push({ claudeSessionId: "x", retiredAt: "now", reason: "reset" });
      return own;
    });
    expect(before?.retired).toEqual([]);
    expect((await map.get(ID))?.retired).toHaveLength(1);
  });
});
