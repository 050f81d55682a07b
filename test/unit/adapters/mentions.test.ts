// A mention reads nothing outside of its session's directory, in no spelling; inside it stays what it is.
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withoutMentions } from "../../../adapters/claude/mentions.ts";

let home: string;
let cwd: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "contractor-mentions-"));
  cwd = join(home, "work");
  await mkdir(join(cwd, "sub"), { recursive: true });
  await writeFile(join(home, "secret.txt"), "secret");
  await writeFile(join(cwd, "a b.txt"), "in");
  await symlink(home, join(cwd, "out"));
  await symlink(join(home, "secret.txt"), join(cwd, "linked.txt"));
});
afterAll(() => rm(home, { recursive: true, force: true }));

describe("a mention", () => {
  it.each([
    "@HOME/secret.txt",
    "look at @../secret.txt, please",
    "@sub/../../secret.txt",
    "@~/.ssh/id_rsa",
    '@"HOME/secret.txt"',
    '@"../secret.txt"',
    "@../secret.txt#L1-5",
    "@out/secret.txt",
    "@out/",
    "@linked.txt",
    "see。@../secret.txt",
    "two\n@../secret.txt",
    "@/etc/passwd.",
    "@/",
    "@..",
    "@server:resource://x",
    "@..\\secret.txt",
    "@HOME/work/../secret.txt",
  ])("%s, which leads outside, is made plain text", async (typed) => {
    const text = typed.replace("HOME", home);
    const inert = await withoutMentions(text, cwd);
    expect(inert).not.toBe(text);
    expect(inert.replaceAll("\u2060", "")).toBe(text);
    expect(inert).not.toMatch(/@(?!\u2060)/);
  });

  it.each([
    "@sub/new.txt and @a",
    '@"a b.txt" please',
    "@sub/file.ts#L10-20",
    "npm i @types/node@24",
    "write to joe@example.com or joe@host:/srv",
    "HOME/work/.contractor/inbox/x.pdf",
    "@HOME/work/sub",
    "@agent-reviewer",
    "no mention at all",
  ])("%s, which stays inside, is left as it is", async (typed) => {
    const text = typed.replace("HOME", home);
    expect(await withoutMentions(text, cwd)).toBe(text);
  });
});
