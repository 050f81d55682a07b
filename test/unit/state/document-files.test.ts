// What a document makes of files as it finds them: absent, bad, or not its own to rewrite.
import { chmod, mkdir, readdir, readFile, stat, symlink, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { StateError } from "../../../state/error.ts";
import { add, type ListFile, listFile } from "./support/list-file.ts";

let list: ListFile;
beforeEach(async () => {
  list = await listFile();
  return list.remove;
});

describe("an absent file", () => {
  test("reads as empty, and nothing is made", async () => {
    expect(await list.open().read()).toEqual({ version: 1, items: [] });
    expect(await readdir(list.folder)).toEqual([]);
  });

  test("is made by the first update, for the user alone", async () => {
    await list.open().update(add("one"));
    expect(await list.onDisk()).toEqual({ version: 1, items: ["one"] });
    expect((await stat(list.file)).mode & 0o777).toBe(0o600);
    expect((await stat(join(list.folder, "made"))).mode & 0o777).toBe(0o700);
    expect(await list.names()).toEqual(["list.json"]);
  });
});

describe("a bad file", () => {
  const bad = {
    truncated: '{"version":1,"items":["a',
    empty: "",
    garbage: "\u0000\u0001!",
    "wrong in shape": '{"items":5}',
  };
  for (const [kind, content] of Object.entries(bad)) {
    test(`that is ${kind} is kept beside, reported once, and work goes on with empty`, async () => {
      await list.given(content);
      const document = list.open();
      const values = await Promise.all([document.read(), document.read(), list.open().read()]);
      for (const value of values) expect(value).toEqual({ version: 1, items: [] });
      expect(list.corrupt).toHaveLength(1);
      expect(list.corrupt[0]?.kept).toMatch(/list\.json\.corrupt-\d{4}-\d\d-\d\dT\d{6}\.\d{3}Z$/);
      expect(await readFile(list.corrupt[0]?.kept ?? "", "utf8")).toBe(content);

      await document.update(add("after"));
      expect(await list.onDisk()).toEqual({ version: 1, items: ["after"] });
      expect(list.corrupt).toHaveLength(1);
    });
  }

  test("that an update meets is set aside just so, and the update is written", async () => {
    await list.given("nonsense");
    expect(await list.open().update(add("one"))).toEqual({ version: 1, items: ["one"] });
    expect(list.corrupt.map(({ reason }) => reason)).toEqual(["it is not valid JSON"]);
  });

  test("never has its content told in the reason", async () => {
    await list.given('{"items":["sk-secret-1", 7], "token": sk-secret-2');
    await list.open().read();
    await list.given('{"items":["ok", {"token":"sk-secret-3"}]}');
    await list.open().read();
    expect(list.corrupt).toHaveLength(2);
    for (const { reason } of list.corrupt) expect(reason).not.toContain("sk-");
  });

  test("of any bytes at all never stops the work, and is never lost", async () => {
    const anything = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
      fc.json().map((text) => Buffer.from(text)),
      fc.json().chain((text) => fc.nat(text.length).map((length) => Buffer.from(text.slice(0, length)))),
      fc
        .record({ items: fc.jsonValue(), version: fc.jsonValue(), extra: fc.jsonValue() })
        .map((value) => Buffer.from(JSON.stringify(value))),
    );
    await fc.assert(
      fc.asyncProperty(anything, async (bytes) => {
        await list.given(bytes);
        list.corrupt.length = 0;
        try {
          const { items } = await list.open().update(add("mine"));
          expect(items.at(-1)).toBe("mine");
          for (const { kept } of list.corrupt) expect(bytes.equals(await readFile(kept))).toBe(true);
        } catch (error) {
          expect(error).toMatchObject({ name: "StateError", code: "newer-version" });
          expect(bytes.equals(await readFile(list.file))).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  }, 20_000);

  test("nested beyond reason is set aside too", async () => {
    await list.given(`{"items":[],"deep":${"[".repeat(50_000)}${"]".repeat(50_000)}}`);
    expect(await list.open().read()).toEqual({ version: 1, items: [] });
    expect(list.corrupt).toHaveLength(1);
  });
});

describe("a file that is not ours to rewrite", () => {
  test("because it is newer is refused with a next step, and stays as it is", async () => {
    const content = '{"version":2,"things":{}}';
    await list.given(content);
    for (const attempt of [list.open().read(), list.open().update(add("one"))]) {
      const error = await attempt.catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(StateError);
      expect(error).toMatchObject({ code: "newer-version" });
      expect(String(error)).toContain("Update openclaw-contractor");
    }
    expect(await readFile(list.file, "utf8")).toBe(content);
    expect(list.corrupt).toEqual([]);
  });

  test("because it is a link is refused, and the link's target stays as it is", async () => {
    const target = join(list.folder, "target.json");
    await writeFile(target, '{"items":["theirs"]}');
    await mkdir(join(list.folder, "made"));
    await symlink(target, list.file);
    for (const attempt of [list.open().read(), list.open().update(add("one"))]) {
      await expect(attempt).rejects.toMatchObject({ name: "StateError", code: "not-a-file" });
    }
    expect(await readFile(target, "utf8")).toBe('{"items":["theirs"]}');
    await unlink(target);
    await expect(list.open().read(), "a link to nothing").rejects.toMatchObject({ code: "not-a-file" });
  });

  test("because it is a folder is refused", async () => {
    await mkdir(list.file, { recursive: true });
    await expect(list.open().read()).rejects.toMatchObject({ name: "StateError", code: "not-a-file" });
    await expect(list.open().update(add("one"))).rejects.toMatchObject({
      name: "StateError",
      code: "not-a-file",
    });
  });

  test("because a file stands where its folder should be is refused", async () => {
    await writeFile(join(list.folder, "made"), "");
    await expect(list.open().update(add("one"))).rejects.toMatchObject({
      name: "StateError",
      code: "unwritable",
    });
  });

  test.skipIf(process.getuid?.() === 0)("because it may not be read is refused", async () => {
    await list.given("{}");
    await chmod(list.file, 0);
    await expect(list.open().read()).rejects.toMatchObject({ name: "StateError", code: "unreadable" });
  });
});

test("a linked folder is followed, and both its names are one document with one lock", async () => {
  await mkdir(join(list.folder, "real"));
  await symlink(join(list.folder, "real"), join(list.folder, "made"));
  const locked: string[] = [];
  await list
    .open((path, task) => {
      locked.push(path);
      return task();
    })
    .update(add("one"));
  expect(locked).toEqual([join(list.folder, "real", "list.json")]);
  expect(await readdir(join(list.folder, "real"))).toEqual(["list.json"]);
});
