// What is in an archive of ours, and every byte of it, for a test that looks for what must not be there.
import { gunzipSync } from "node:zlib";
import { readTar } from "../../adapters/provision/tar-stream.ts";

/** The files of a .tgz by name, and its bytes as one text. */
export async function unpacked(bytes: Buffer): Promise<{ files: Map<string, string>; raw: string }> {
  const tar = gunzipSync(bytes);
  const files = new Map<string, string>();
  async function* source() {
    yield tar;
  }
  for await (const entry of readTar(source())) {
    const parts: Uint8Array[] = [];
    for await (const part of entry.content()) parts.push(part);
    files.set(entry.name, Buffer.concat(parts).toString());
  }
  return { files, raw: tar.toString("latin1") };
}
