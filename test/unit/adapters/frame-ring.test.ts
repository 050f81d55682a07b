// The ring of frames keeps what a fault report needs of them, and by itself no word that anybody said.
import { describe, expect, test } from "vitest";
import { type Frame, FrameRing, FrameRings } from "../../../adapters/frame-ring.ts";

const WORDS = "the vault opens with mango";
const SECRET = "sk-ant-api03-aaaabbbbccccdddd";

function read(message: unknown, withText = false): Frame {
  const ring = new FrameRing();
  ring.record("received", message);
  const [frame] = ring.read({ withText });
  if (!frame) throw new Error("nothing was kept");
  return frame;
}

const update = (fields: object) => ({
  jsonrpc: "2.0",
  method: "session/update",
  params: { sessionId: "s-1", update: fields },
});

describe("a frame that was kept", () => {
  test("has its time, direction, method, id and size, and the words of the protocol", () => {
    const ring = new FrameRing();
    ring.record("sent", {
      jsonrpc: "2.0",
      id: 7,
      method: "session/prompt",
      params: { sessionId: "s-1", prompt: [{ type: "text", text: WORDS }] },
    });
    ring.record("received", { jsonrpc: "2.0", id: 7, result: { stopReason: "end_turn" } });
    const [asked, answered] = ring.read({ withText: false });
    expect(asked).toMatchObject({ direction: "sent", method: "session/prompt", id: 7 });
    expect(asked?.at).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
    expect(asked?.body).toMatchObject({ params: { sessionId: "s-1", prompt: "<1 parts>" } });
    expect(answered).toMatchObject({ direction: "received", method: "response", id: 7 });
    expect(answered?.body).toMatchObject({ result: { stopReason: "end_turn" } });
  });

  test("has the size of its JSON", () => {
    for (const message of [update({ a: 1, b: [true, null, "x"], c: {} }), { id: 1, result: [] }, "text", 5])
      expect(read(message).bytes).toBe(Buffer.byteLength(JSON.stringify(message)));
  });

  test("says what went wrong, in the adapter's own sentence, cut and redacted", () => {
    const error = { code: -32603, message: `Internal error, token=${SECRET}`, data: { details: WORDS } };
    const { body } = read({ id: 1, error });
    expect(body).toMatchObject({ error: { code: -32603, message: "Internal error, token=[redacted]" } });
    expect(JSON.stringify(body)).not.toContain("mango");
  });

  test("is kept whatever it is", () => {
    const odd = JSON.parse(
      '{"error":{"message":{"toString":1}},"__proto__":{"a":"mango"},"constructor":null,"id":{}}',
    );
    for (const message of [odd, [odd], null, undefined, "mango", 5])
      expect(JSON.stringify(read(message, false))).not.toContain("mango");
  });

  test.each<[string, object]>([
    ["an answer", update({ sessionUpdate: "agent_message_chunk", content: { type: "text", text: WORDS } })],
    [
      "a tool's title",
      update({ sessionUpdate: "tool_call", title: WORDS, locations: [{ path: `/w/${WORDS}` }] }),
    ],
    ["a tool's input", update({ rawInput: { command: WORDS, mode: "mango", type: "mango" } })],
    ["a tool's output", update({ rawOutput: "mango", content: [{ type: "diff", newText: "mango" }] })],
    ["a plan", update({ sessionUpdate: "plan", entries: [{ content: "mango", status: "mango" }] })],
    ["a name", update({ title: "mango", name: "mango", description: "mango" })],
    ["a key that is a sentence", update({ properties: { [WORDS]: { type: "string" } } })],
    ["a word of the protocol that is none", update({ status: WORDS, kind: "mango ".repeat(30) })],
    [
      "an environment",
      { method: "session/new", params: { mcpServers: [{ env: [{ name: "A", value: "mango" }] }] } },
    ],
    [
      "a message of the harness",
      { method: "_claude/sdk", params: { message: { result: "mango", summary: "mango" } } },
    ],
    ["a method that is a sentence", { method: WORDS, id: WORDS }],
  ])("has nothing of %s", (_, message) => {
    expect(JSON.stringify(read(message))).not.toContain("mango");
  });

  test("has no secret, not even where the protocol has its words", () => {
    const message = {
      id: SECRET,
      method: SECRET,
      params: { sessionId: SECRET, [SECRET]: 1, token: "abcdef" },
    };
    expect(JSON.stringify(read(message, true))).not.toMatch(/aaaabbbb|abcdef/);
  });
});

describe("the words of a frame", () => {
  test("are there for whoever asks, redacted and cut", () => {
    const text = `${WORDS} ${SECRET} ${"long ".repeat(1_000)}`;
    const frame = read(update({ content: { type: "text", text } }), true);
    expect(frame.text).toContain(WORDS);
    expect(frame.text).not.toContain("aaaabbbb");
    expect(frame.text?.length).toBe(2_000);
  });

  test("have no beginning of a secret that stands across the cut", () => {
    const text = `${"x".repeat(1_985)} ${SECRET}`;
    expect(read(update({ text }), true).text).not.toContain("sk-ant");
  });
});

describe("the ring", () => {
  test("keeps the last 500, in order", () => {
    const ring = new FrameRing();
    for (let id = 0; id < 1_234; id += 1) ring.record("sent", { id, method: "m" });
    const ids = ring.read({ withText: false }).map((frame) => frame.id);
    expect(ids).toEqual(Array.from({ length: 500 }, (_, at) => 734 + at));
  });

  test("is bounded, whatever the frames were", () => {
    const deep = JSON.parse(`${"[".repeat(50_000)}${"]".repeat(50_000)}`);
    const wide = Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`key-${at}`, "type"]));
    const many = Array.from({ length: 10_000 }, () => ({ type: "text", sessionId: "a".repeat(80) }));
    for (const params of [deep, wide, many, { text: "x".repeat(5_000_000) }, null, undefined]) {
      const frame = read({ method: "m", params }, true);
      expect(JSON.stringify(frame).length).toBeLessThan(7_000);
    }
  });

  test("does not hold the large texts it was cut from", () => {
    const ring = new FrameRing();
    const before = process.memoryUsage().heapUsed;
    for (let at = 0; at < 400; at += 1) {
      // Made anew each time, as the parser of the wire does.
      const text = Buffer.alloc(500_000, 97 + (at % 26)).toString("latin1");
      ring.record("received", update({ content: { text } }));
    }
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(100_000_000);
    expect(ring.read({ withText: true })).toHaveLength(400);
  });
});

test("of connections that ended, the last four are kept; a pid that comes again begins anew", () => {
  const rings = new FrameRings();
  for (const pid of [1, 2, 3, 4, 5, 6]) {
    rings.open(pid).record("sent", { id: pid, method: "m" });
    if (pid !== 1) rings.ended(pid);
  }
  const read = () => rings.read({ withText: false }).map(({ pid, ended }) => [pid, ended]);
  expect(read()).toEqual([1, 3, 4, 5, 6].map((pid) => [pid, pid !== 1]));
  rings.open(4);
  expect(rings.read({ withText: false }).at(-1)).toEqual({ pid: 4, ended: false, frames: [] });
});
