// The border of the wire: only whole JSON objects of a sane size pass from an adapter's stdout to the ACP client.
import { Transform } from "node:stream";

/** Largest single ACP message we take, in bytes; a longer one is dropped, and a word about it put in its place. */
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;
const MISSING = "A part of the answer was too large to be passed on and is missing here.";
/** How much of a message that is too large is read to see whose it is. */
const HEAD_BYTES = 1_000;
const NEWLINE = 0x0a;
const OPEN_BRACE = 0x7b;
const JSON_SPACE = new Set([0x20, 0x09, 0x0d]);

/**
 * Passes newline-delimited JSON objects through byte by byte, and drops everything else: banners, garbage, floods. In
 * place of a message over `limit` bytes comes a text update of its session, or an error, where it was the answer to a request.
 */
export function guardStream(limit = MAX_MESSAGE_BYTES): Transform {
  let parts: Buffer[] = [];
  let size = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      let start = 0;
      for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
        const rest = chunk.subarray(start, end);
        const line = size === 0 ? rest : Buffer.concat(size === -1 ? parts : [...parts, rest]);
        if (size === -1) this.push(inPlaceOf(line.toString()));
        else if (isMessage(line)) this.push(Buffer.concat([line, Buffer.of(NEWLINE)]));
        parts = [];
        size = 0;
        start = end + 1;
      }
      if (start < chunk.length && size !== -1) {
        parts.push(chunk.subarray(start));
        size += chunk.length - start;
        if (size > limit) {
          parts = [Buffer.concat(parts).subarray(0, HEAD_BYTES)];
          size = -1;
        }
      }
      done();
    },
  });
}

// The names come first in what adapters write; where they do not, nothing can be said in its place.
function inPlaceOf(head: string): string {
  const sessionId = /"sessionId":"([^"]+)"/.exec(head)?.[1];
  if (/"method":"session\/update"/.test(head) && sessionId !== undefined) {
    const update = {
      sessionUpdate: "agent_message_chunk",
      content: { type: "text", text: `\n\n${MISSING}\n\n` },
    };
    return encoded({ method: "session/update", params: { sessionId, update } });
  }
  const id = /"id":(\d+)/.exec(head)?.[1];
  if (id === undefined || /"method":/.test(head)) return "";
  return encoded({ id: Number(id), error: { code: -32603, message: MISSING } });
}

function encoded(message: object): string {
  return `${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`;
}

// Whether the object itself is well formed is the ACP client's to say: it answers the adapter with a parse error.
function isMessage(line: Buffer): boolean {
  return line.find((byte) => !JSON_SPACE.has(byte)) === OPEN_BRACE;
}
