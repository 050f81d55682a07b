// Writes a .tgz of a few files in memory: ustar headers, nothing but plain files.
import { gzipSync } from "node:zlib";

const BLOCK = 512;
const NAME_BYTES = 100;

/**
 * The bytes of the archive. Names are relative, of ASCII and at most 100 bytes long, else this throws a TypeError.
 * Format: https://www.gnu.org/software/tar/manual/html_node/Standard.html
 */
export function tgz(files: readonly { name: string; text: string | Buffer }[], at: Date): Buffer {
  const members = files.flatMap(({ name, text }) => {
    const content = typeof text === "string" ? Buffer.from(text) : text;
    return [
      header(name, content.length, at),
      content,
      Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK),
    ];
  });
  return gzipSync(Buffer.concat([...members, Buffer.alloc(2 * BLOCK)]));
}

function header(name: string, size: number, at: Date): Buffer {
  if (name.length > NAME_BYTES || !/^(?!\.)[\w.-]+(?:\/(?!\.)[\w.-]+)*$/.test(name))
    throw new TypeError(`tgz: ${JSON.stringify(name)} cannot be the name of a file in it`);
  const block = Buffer.alloc(BLOCK);
  block.write(name, 0);
  block.write(octal(0o600, 8), 100);
  block.write(octal(0, 8), 108);
  block.write(octal(0, 8), 116);
  block.write(octal(size, 12), 124);
  block.write(octal(Math.floor(at.getTime() / 1000), 12), 136);
  // The sum is taken with spaces in its own place.
  block.write("        ", 148);
  block.write("0", 156);
  block.write("ustar\x0000", 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}

function octal(value: number, length: number): string {
  return `${value.toString(8).padStart(length - 1, "0")}\0`;
}
