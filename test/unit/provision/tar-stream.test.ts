// Reading tars: long names, sizes that fill blocks or do not, contents left unread, chunks of any size.
import { Readable } from "node:stream";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readTar } from "../../../adapters/provision/tar-stream.ts";
import { type TarMember, tarOf } from "../../support/tar.ts";

async function read(members: TarMember[], o: { chunk?: number; skip?: boolean } = {}) {
  const bytes = gunzipSync(tarOf(members));
  const chunk = o.chunk ?? bytes.length;
  const chunks = Array.from({ length: Math.ceil(bytes.length / chunk) }, (_, at) =>
    bytes.subarray(at * chunk, (at + 1) * chunk),
  );
  const entries: { name: string; type: string; body: string }[] = [];
  for await (const { name, type, content } of readTar(Readable.from(chunks))) {
    const parts: Uint8Array[] = [];
    if (!o.skip) for await (const part of content()) parts.push(part);
    entries.push({ name, type, body: Buffer.concat(parts).toString() });
  }
  return entries;
}

describe("reading a tar", () => {
  it("gives every member back, however the bytes are cut", async () => {
    const member = fc.record({
      name: fc.stringMatching(/^[a-z/]{1,90}$/),
      body: fc.string({ maxLength: 2000 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(member, { maxLength: 5 }),
        fc.integer({ min: 1, max: 3000 }),
        async (members, chunk) => {
          const given = members.map(({ name, body }) => ({ name, type: "file", body }));
          expect(await read(members, { chunk })).toEqual(given);
        },
      ),
      { numRuns: 50 },
    );
  });

  it("goes on behind contents nobody read", async () => {
    const members = [
      { name: "a", body: "x".repeat(1000) },
      { name: "b", body: "y" },
    ];
    expect((await read(members, { skip: true })).map(({ name }) => name)).toEqual(["a", "b"]);
  });

  it("knows the long names of pax and of GNU tar", async () => {
    const long = `${"d/".repeat(80)}ü`;
    const record = ` path=${long}\n`;
    const length = Buffer.byteLength(record) + 3;
    const members = [
      { name: "pax", flag: "x", body: `${length}${record}` },
      { name: "short", body: "1" },
      { name: "././@LongLink", flag: "L", body: `${long}\0` },
      { name: "short", body: "2" },
      { name: "plain", body: "3" },
    ];
    expect((await read(members)).map(({ name, body }) => [name, body])).toEqual([
      [long, "1"],
      [long, "2"],
      ["plain", "3"],
    ]);
  });

  it("tells links and devices apart from files", async () => {
    const members = [
      { name: "soft", link: "a" },
      { name: "hard", link: "a", hard: true },
      { name: "device", flag: "3" },
      { name: "folder/", flag: "5" },
    ];
    expect((await read(members)).map(({ type }) => type)).toEqual(["link", "link", "other", "directory"]);
  });

  it("refuses a damaged header, and an end that comes too early", async () => {
    const bytes = gunzipSync(tarOf([{ name: "a", body: "x".repeat(1000) }]));
    const drain = async (cut: Buffer) => {
      for await (const _ of readTar(Readable.from([cut])));
    };
    await expect(drain(bytes.subarray(0, 700))).rejects.toMatchObject({ message: /ends too early/ });
    bytes[0] = 0x7a;
    await expect(drain(bytes)).rejects.toMatchObject({ message: /entries are damaged/ });
  });
});
