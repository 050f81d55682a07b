// What is meant by a file's name, and the forms in which a file can reach a chat.
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { formsOf, isOfType } from "../../../src/host/file-forms.ts";
import { namesFor } from "../../../src/operations/session/send.ts";

test.each([
  ["a b.txt", "a b.txt"],
  ['"a b.txt"', "a b.txt"],
  ["'a b.txt'", "a b.txt"],
  ["`a b.txt`", "a b.txt"],
  ["“a b.txt”", "a b.txt"],
  ["„a b.txt“", "a b.txt"],
  ["‘a b.txt’", "a b.txt"],
  ["«a b.txt»", "a b.txt"],
  ["「报告.txt」", "报告.txt"],
  ["a\\ b\\ \\(1\\).txt", "a b (1).txt"],
  ["Ada’s notes.txt", "Ada's notes.txt"],
  ["a—b….txt", "a--b....txt"],
  ['"say “hi”.txt"', 'say "hi".txt'],
  ["re\u0301sume\u0301.pdf", "résumé.pdf"],
])("%s may mean %s", (typed, name) => {
  expect(namesFor(typed)).toContain(name);
});

test("a name as typed goes before all that it may mean", () => {
  for (const name of ['"a b.txt"', "Ada’s notes.txt", "a\\ b.txt"]) expect(namesFor(name)[0]).toBe(name);
  expect(namesFor("a.txt")).toEqual(["a.txt"]);
  expect(namesFor('""')).toEqual(['""']);
});

test("source code goes as a text where it must, then in an archive; what is no text in an archive alone", () => {
  const names = (name: string, bytes: Buffer) => [...formsOf({ name, bytes })].map((form) => form.name);
  expect(names("a.py", Buffer.from("print(1)"))).toEqual(["a.py", "a.py.txt", "a.py.tgz"]);
  expect(names("a.bin", Buffer.from([1, 0, 255]))).toEqual(["a.bin", "a.bin.tgz"]);
});

test.each(["报告.db", "..hidden", "a b'c.so", `${"x".repeat(200)}.wasm`, ".env"])(
  "an archive holds %s",
  (name) => {
    const bytes = Buffer.from([0, 255, 7]);
    const archive = [...formsOf({ name, bytes })].at(-1)?.bytes ?? Buffer.alloc(0);
    expect(gunzipSync(archive).subarray(512, 515)).toEqual(bytes);
  },
);

test("only the host's word about the type leads to another form", () => {
  const type = Object.assign(new Error("no such type"), { name: "HostReadMediaTypeError" });
  expect(isOfType(new Error("delivery failed", { cause: type }))).toBe(true);
  expect(isOfType(new Error("Host-local media sends only allow buffer-verified images"))).toBe(true);
  expect(isOfType(new Error("Bad Request: file is too big"))).toBe(false);
});
