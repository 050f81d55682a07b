// Reading a tar stream: ustar, with the long names of pax and GNU tar. It only reads; what is written is decided elsewhere.
import { Failure } from "../../common/failure.ts";

export interface TarEntry {
  readonly name: string;
  readonly type: "file" | "directory" | "link" | "other";
  readonly size: number;
  readonly executable: boolean;
  /** The content, to be read before the next entry is asked for; what is left unread is skipped. */
  content(): AsyncIterable<Uint8Array>;
}

const BLOCK = 512;
const MAX_META = 1_000_000;

/**
 * The entries of a tar in order.
 * Format: https://www.gnu.org/software/tar/manual/html_node/Standard.html and POSIX pax, Extended Header.
 * @throws {Failure} "invalid" when the bytes are not a whole tar.
 */
export async function* readTar(source: AsyncIterable<Uint8Array>): AsyncGenerator<TarEntry> {
  const bytes = new ByteReader(source);
  let long: { path?: string; size?: number } = {};
  for (;;) {
    const block = await bytes.exactly(BLOCK);
    if (block.every((byte) => byte === 0)) return;
    const header = readHeader(block);
    if (header.flag === "x" || header.flag === "L") {
      const text = await bytes.text(header.size);
      long = header.flag === "x" ? readPax(text) : { path: text.replace(/\0.*$/s, "") };
      continue;
    }
    const size = long.size ?? header.size;
    const section = bytes.section(size);
    const type = TYPES[header.flag] ?? "other";
    const name = long.path ?? header.name;
    long = {};
    // A global pax header (git archives have one) and GNU's long link name describe nothing we use.
    if (header.flag !== "g" && header.flag !== "K")
      yield { name, type, size, executable: (header.mode & 0o100) !== 0, content: () => section };
    for await (const _ of section);
    await bytes.exactly(padding(size));
  }
}

const TYPES: Record<string, TarEntry["type"]> = {
  "0": "file",
  "\0": "file",
  "7": "file",
  "5": "directory",
  "1": "link",
  "2": "link",
};

function readHeader(block: Buffer): { name: string; size: number; mode: number; flag: string } {
  const sum = block.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0);
  if (sum !== octal(block, 148, 8)) throw broken("its entries are damaged");
  const ustar = block.toString("latin1", 257, 262) === "ustar" && block[263] === 0x30;
  const prefix = ustar ? text(block, 345, 155) : "";
  const name = text(block, 0, 100);
  return {
    name: prefix ? `${prefix}/${name}` : name,
    size: octal(block, 124, 12),
    mode: octal(block, 100, 8),
    flag: String.fromCharCode(block[156] ?? 0),
  };
}

// Sizes above 8 GiB are written in base 256; nothing we unpack is that large, so such a number is damage or malice.
function octal(block: Buffer, at: number, length: number): number {
  const digits = block
    .toString("latin1", at, at + length)
    .replace(/[\0 ]+$/, "")
    .trim();
  if (!/^[0-7]*$/.test(digits)) throw broken("its entries are damaged");
  return Number.parseInt(digits || "0", 8);
}

function text(block: Buffer, at: number, length: number): string {
  return block.toString("utf8", at, at + length).replace(/\0.*$/s, "");
}

// Records of the form "<length> <key>=<value>\n"; the length counts bytes, itself included.
function readPax(records: string): { path?: string; size?: number } {
  const found: { path?: string; size?: number } = {};
  let rest = Buffer.from(records);
  while (rest.length > 0) {
    const length = Number.parseInt(rest.toString("latin1", 0, 12), 10);
    if (!(length > 0)) throw broken("its entries are damaged");
    const record = rest.toString("utf8", 0, length - 1);
    const [, key, value] = /^\d+ ([^=]+)=(.*)$/s.exec(record) ?? [];
    if (key === "path" && value) found.path = value;
    if (key === "size" && value) found.size = Number(value);
    rest = rest.subarray(length);
  }
  return found;
}

function padding(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}

function broken(why: string): Failure {
  return new Failure({
    code: "invalid",
    message: `The archive cannot be read: ${why}.`,
    next: { say: "Copy it again, or make a new one." },
  });
}

// Chunks come in any size; headers and contents are cut out of them without ever holding more than one chunk.
class ByteReader {
  readonly #source: AsyncIterator<Uint8Array>;
  #held: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  async exactly(length: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    for await (const part of this.section(length)) parts.push(part);
    return Buffer.concat(parts);
  }

  async text(length: number): Promise<string> {
    if (length > MAX_META) throw broken("a name in it is longer than any name");
    const value = (await this.exactly(length)).toString("utf8");
    await this.exactly(padding(length));
    return value;
  }

  /** The next `length` bytes, each handed out once however often it is iterated. */
  section(length: number): AsyncIterable<Buffer> {
    const next = (most: number) => this.#upTo(most);
    let left = length;
    return {
      async *[Symbol.asyncIterator]() {
        while (left > 0) {
          const part = await next(left);
          left -= part.length;
          yield part;
        }
      },
    };
  }

  async #upTo(most: number): Promise<Buffer> {
    while (this.#held.length === 0) {
      const { value, done } = await this.#source.next();
      if (done) throw broken("it ends too early");
      this.#held = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    }
    const part = this.#held.subarray(0, most);
    this.#held = this.#held.subarray(part.length);
    return part;
  }
}
