// The border of the wire: only whole JSON objects of a sane size pass from an adapter's stdout to the ACP client.
import { Transform } from "node:stream";

/** Largest single ACP message we take, in bytes; a longer line is dropped (the adapter's turn then ends by its own error). */
export const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;
const NEWLINE = 0x0a;
const OPEN_BRACE = 0x7b;

/** Passes newline-delimited JSON objects through byte by byte, and drops everything else: banners, garbage, floods. */
export function guardStream(limit = MAX_MESSAGE_BYTES): Transform {
  let parts: Buffer[] = [];
  let size = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      let start = 0;
      for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
        const line =
          size === 0 ? chunk.subarray(start, end) : Buffer.concat([...parts, chunk.subarray(start, end)]);
        if (size !== -1 && isMessage(line)) this.push(Buffer.concat([line, Buffer.of(NEWLINE)]));
        parts = [];
        size = 0;
        start = end + 1;
      }
      if (start < chunk.length && size !== -1) {
        parts.push(chunk.subarray(start));
        size += chunk.length - start;
        if (size > limit) {
          parts = [];
          size = -1;
        }
      }
      done();
    },
  });
}

// Whether the object itself is well formed is the ACP client's to say: it answers the adapter with a parse error.
function isMessage(line: Buffer): boolean {
  return line.find((byte) => byte > 0x20) === OPEN_BRACE;
}
