// Where a session may work: never on what decides what it may do, and only on a person's word where it would reach far.
import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Ground, requireGround } from "../../../src/session/ground.ts";
import { tempDir } from "../../support/poll.ts";

let root: string;
let remove: () => Promise<void>;
let ground: Ground;
const at = (path: string) => join(root, path);

beforeAll(async () => {
  const folder = await tempDir("ground");
  ({ path: root, remove } = folder);
  for (const path of ["home/.openclaw/workspace/src", "home/.claude", "home/.ssh", "home/shop", "else"])
    await mkdir(at(path), { recursive: true });
  await symlink(at("home/.openclaw"), at("home/innocent"));
  await symlink(at("home/shop"), at("home/.openclaw/shop"));
  ground = {
    closed: [at("home/.openclaw"), at("home/.claude")],
    open: [at("home/.openclaw/workspace")],
    home: at("home"),
  };
});
afterAll(() => remove());

const outcome = (path: string, o: { anyway?: boolean; over?: Partial<Ground> } = {}) =>
  requireGround({ ...ground, ...o.over }, path, { anyway: o.anyway ?? false }).then(
    () => "open",
    ({ message }: Error) => (/decides what may be done/.test(message) ? "closed" : message),
  );

describe("is closed, whatever is said", () => {
  test.each([
    "home/.openclaw",
    "home/.openclaw/agents",
    "home/.openclaw/not/there/yet",
    "home/innocent",
    "home/innocent/../.openclaw",
    "home/.claude",
  ])("%s", async (path) => {
    expect(await outcome(at(path))).toBe("closed");
    expect(await outcome(at(path), { anyway: true })).toBe("closed");
  });

  test("a folder around the state that is no home", async () => {
    expect(await outcome(root, { anyway: true })).toBe("closed");
  });

  test("the state, though an agent's workspace was put on it or around it", async () => {
    for (const open of [[at("home/.openclaw")], [root]])
      expect(await outcome(at("home/.openclaw"), { anyway: true, over: { open } })).toBe("closed");
  });
});

describe("needs a word of somebody who means it", () => {
  test.each([
    ["home", /your whole home/],
    ["home/.ssh", /a folder of keys/],
  ])("%s", async (path, why) => {
    expect(await outcome(at(path))).toMatch(why);
    expect(await outcome(at(path), { anyway: true })).toBe("open");
  });

  test.each([
    ["/", /the whole machine/],
    ["/etc", /a folder of the system/],
    ["/usr/lib", /a folder of the system/],
  ])("%s", async (path, why) => {
    expect(await outcome(path)).toMatch(why);
    expect(await outcome(path, { anyway: true })).toBe("open");
  });
});

describe("is open", () => {
  test.each([
    "home/shop",
    "home/.openclaw/shop",
    "else",
    "home/.openclaw/workspace",
    "home/.openclaw/workspace/src",
  ])("%s", async (path) => expect(await outcome(at(path))).toBe("open"));

  test("a project below a home that lies in a folder of the system", async () => {
    expect(await outcome("/root/shop", { over: { home: "/root" } })).toBe("open");
    expect(await outcome("/root/shop")).toMatch(/a folder of the system/);
  });
});
