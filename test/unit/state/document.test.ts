// What a document promises to those who read and update it.
import { readFile, rename, stat, utimes, writeFile } from "node:fs/promises";
import { beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { add, type ListFile, listFile } from "./support/list-file.ts";

let list: ListFile;
beforeEach(async () => {
  list = await listFile();
  return list.remove;
});

describe("an update", () => {
  test("keeps keys it does not know, and the byte order mark of an editor does not matter", async () => {
    await list.given('\uFEFF{"items":["a"],"note":{"by":"user"}}');
    await list.open().update(add("b"));
    expect(await list.onDisk()).toEqual({ version: 1, items: ["a", "b"], note: { by: "user" } });
    expect(list.corrupt).toEqual([]);
  });

  test("may return the next value instead of editing the draft", async () => {
    const document = list.open();
    await document.update((draft) => ({ ...draft, items: ["replaced"] }));
    expect((await document.read()).items).toEqual(["replaced"]);
  });

  test("that throws writes nothing", async () => {
    const document = list.open();
    await document.update(add("kept"));
    const before = await stat(list.file, { bigint: true });
    const failing = document.update((draft): void => {
      draft.items.push("half done");
      throw new Error("changed my mind");
    });
    await expect(failing).rejects.toThrow("changed my mind");
    expect((await stat(list.file, { bigint: true })).mtimeNs).toBe(before.mtimeNs);
    expect((await document.read()).items).toEqual(["kept"]);
  });

  test("whose result does not fit is refused and writes nothing", async () => {
    const document = list.open();
    await document.update(add("kept"));
    const failing = document.update((draft): void => void Object.assign(draft, { items: "no list" }));
    await expect(failing).rejects.toMatchObject({ name: "StateError", code: "invalid-change" });
    expect(await list.onDisk()).toEqual({ version: 1, items: ["kept"] });
  });

  test("that changes nothing leaves the file untouched", async () => {
    const document = list.open();
    await document.update(add("one"));
    const before = await stat(list.file, { bigint: true });
    await document.update(() => {});
    expect((await stat(list.file, { bigint: true })).ino).toBe(before.ino);
  });

  test("sees what another program wrote, even of the same length and at the same time", async () => {
    const document = list.open();
    await document.update(add("aaa"));
    const { atime, mtime } = await stat(list.file);
    await writeFile(list.file, (await readFile(list.file, "utf8")).replace("aaa", "bbb"));
    await utimes(list.file, atime, mtime);
    expect((await document.update(add("c"))).items).toEqual(["bbb", "c"]);
  });

  test("gives what it wrote frozen, so that no reader can change it for another", async () => {
    const document = list.open();
    const written = await document.update(add("one"));
    expect(() => written.items.push("two")).toThrow(TypeError);
    const read = await document.read();
    expect(() => read.items.push("two")).toThrow(TypeError);
  });

  test("fails with the lock's own error when there is no lock to be had, and later ones work again", async () => {
    let broken = true;
    const document = list.open((_file, task) => (broken ? Promise.reject(new Error("no lock")) : task()));
    await expect(document.update(add("one"))).rejects.toThrow("no lock");
    broken = false;
    expect((await document.update(add("two"))).items).toEqual(["two"]);
  });
});

describe("updates at the same time", () => {
  test("share a write, keep their order, and each resolves when it is on disk", async () => {
    const document = list.open();
    const resolved = await Promise.all(
      Array.from({ length: 100 }, async (_, index) => {
        await document.update(add(String(index)));
        return z
          .object({ items: z.array(z.string()) })
          .parse(await list.onDisk())
          .items.includes(String(index));
      }),
    );
    expect(resolved.every(Boolean)).toBe(true);
    expect((await document.read()).items).toEqual(Array.from({ length: 100 }, (_, index) => String(index)));
    expect(list.locks()).toBeLessThan(5);
  });

  test("fail alone: the bad one is rejected, its neighbours are written", async () => {
    const document = list.open();
    const bad = (draft: { items: string[] }): void => {
      draft.items.length = 0;
      throw new Error("bad one");
    };
    const outcomes = await Promise.allSettled([
      document.update(add("a")),
      document.update(bad),
      document.update(add("b")),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(await list.onDisk()).toEqual({ version: 1, items: ["a", "b"] });
  });

  test("through two openings of one file lose nothing, even without a lock across processes", async () => {
    const documents = [list.open(), list.open()];
    await Promise.all(
      documents.flatMap((one, which) =>
        Array.from({ length: 50 }, (_, index) => one.update(add(`${which}-${index}`))),
      ),
    );
    expect((await list.open().read()).items).toHaveLength(100);
  });
});

describe("reading", () => {
  test("takes no lock, and sees every replacement of the file at once", async () => {
    const document = list.open();
    await list.given('{"items":["0"]}');
    for (let round = 0; round < 50; round++) {
      await writeFile(`${list.file}.next`, JSON.stringify({ items: [String(round % 10)] }));
      await rename(`${list.file}.next`, list.file);
      expect((await document.read()).items).toEqual([String(round % 10)]);
    }
    expect(list.locks()).toBe(0);
  });
});
