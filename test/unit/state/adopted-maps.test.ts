// The session maps of workspaces are taken over once; afterwards what lies there is nobody's word, and the copy tells no routes.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { adoptMaps } from "../../../state/adopted-maps.ts";
import type { Lock } from "../../../state/lock.ts";
import { sessionMapPath } from "../../../state/map-place.ts";
import { openSessionMap } from "../../../state/session-map.ts";
import { tempDir, until } from "../../support/poll.ts";
import { entryOf } from "./support/entries.ts";

const lock: Lock = (_file, task) => task();
const id = (sessionKey: string) => ({ agentId: "cc", sessionKey });
const route = { channel: "telegram", to: "telegram:1", accountId: "default" };

let home: string;
let workspace: string;
let unread: unknown[];

beforeEach(async () => {
  const folder = await tempDir("adopted");
  home = join(folder.path, "contractor");
  workspace = join(folder.path, "ws");
  unread = [];
  await mkdir(workspace);
  return folder.remove;
});

const adopt = () =>
  adoptMaps({ home, workspaces: [workspace], lock, onUnread: (error) => unread.push(error) });
const kept = () => openSessionMap({ workspace, home, lock });
const before = () => openSessionMap({ workspace, lock });

test("are taken over whole, with where their conversations are", async () => {
  await before().upsert(id("a"), () => ({ ...entryOf(id("a")), route }));
  await adopt();
  expect(await kept().get(id("a"))).toMatchObject({ ...entryOf(id("a")), route });
});

test("are not read again: a file put there later binds nothing", async () => {
  await adopt();
  await before().upsert(id("planted"), () => entryOf(id("planted")));
  await adopt();
  expect((await kept().read()).sessions).toEqual([]);
});

test("that cannot be read stay beside their place, and are told of", async () => {
  const map = sessionMapPath(workspace);
  await mkdir(dirname(map), { recursive: true });
  await writeFile(map, JSON.stringify({ version: 99, sessions: [] }));
  await adopt();
  expect(String(unread)).toContain("newer");
  expect(JSON.parse(await readFile(`${map}.unread`, "utf8"))).toEqual({ version: 99, sessions: [] });
});

test("have a copy in the workspace that tells nobody where the other conversations are, and is not believed", async () => {
  const map = kept();
  await map.upsert(id("a"), () => ({ ...entryOf(id("a")), route }));
  const copy = () => readFile(sessionMapPath(workspace), "utf8").catch(() => "");
  await until("the copy", async () => (await copy()).includes('"agentId": "cc"'));
  expect(await copy()).not.toContain("telegram:1");
  await writeFile(sessionMapPath(workspace), JSON.stringify({ version: 1, sessions: [] }));
  expect(await map.get(id("a"))).toMatchObject({ route });
  expect((await kept().read()).sessions).toHaveLength(1);
});
