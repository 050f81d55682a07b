// The border to an adapter: what passes the guard, whom the router tells, and what nobody must ever read.
import { Readable } from "node:stream";
import { describe, expect, test, vi } from "vitest";
import { guardStream } from "../../../adapters/guard.ts";
import { Router, type SessionListener } from "../../../adapters/router.ts";
import { redact } from "../../../common/redact.ts";

async function pass(chunks: string[], limit?: number): Promise<string> {
  let out = "";
  for await (const chunk of Readable.from(chunks.map((text) => Buffer.from(text))).pipe(guardStream(limit)))
    out += chunk;
  return out;
}

const NEVER = new AbortController().signal;

describe("the guard", () => {
  const message = '{"jsonrpc":"2.0","id":1,"result":{"text":"你好 🦞"}}\n';

  test("passes messages byte for byte, however they are cut", async () => {
    const bytes = Buffer.from(message + message);
    for (let size = 1; size < 40; size += 1) {
      const pieces: Buffer[] = [];
      for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
      const parts: Buffer[] = [];
      for await (const chunk of Readable.from(pieces).pipe(guardStream())) parts.push(chunk as Buffer);
      expect(Buffer.concat(parts).equals(bytes)).toBe(true);
    }
  });

  test.each([
    ["banners", "Welcome!\n"],
    ["arrays and numbers", "[]\n7\n"],
    ["blank lines", "\n \n\r\n"],
    ["an object behind a byte that is no JSON (found by fuzzing)", "\0{}\n"],
    ["a half line at the end", '{"jsonrpc'],
  ])("drops %s, and passes what is around them", async (_, garbage) => {
    expect(await pass([message, garbage])).toBe(message);
    if (garbage.endsWith("\n")) expect(await pass([garbage, message])).toBe(message);
  });

  test("puts a word in place of an update that is too large, in the session it was for", async () => {
    const large = `{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"s1","x":"${"x".repeat(5_000)}"}}\n`;
    const [told, after] = (await pass([large.slice(0, 3_000), large.slice(3_000) + message], 2_000)).split(
      "\n",
    );
    expect(JSON.parse(told ?? "")).toMatchObject({
      method: "session/update",
      params: { sessionId: "s1", update: { sessionUpdate: "agent_message_chunk" } },
    });
    expect(`${after}\n`).toBe(message);
  });

  test("answers a request whose answer is too large with an error, and says nothing for what it cannot read", async () => {
    const answer = `{"jsonrpc":"2.0","id":7,"result":"${"x".repeat(5_000)}"}\n`;
    const told = await pass([answer.slice(0, 4_000), answer.slice(4_000)], 2_000);
    expect(JSON.parse(told)).toMatchObject({ id: 7, error: { code: -32603 } });
    const asked = `{"jsonrpc":"2.0","id":7,"method":"session/request_permission","x":"${"x".repeat(5_000)}"}\n`;
    expect(await pass([asked.slice(0, 4_000), asked.slice(4_000) + message], 2_000)).toBe(message);
  });
});

describe("the router", () => {
  const update = (sessionId: string, text: string) => ({
    sessionId,
    update: { sessionUpdate: "agent_message_chunk", content: { type: "text", text } },
  });
  const question = (sessionId: string) => ({
    sessionId,
    toolCall: { toolCallId: "t", rawInput: {} },
    options: [{ optionId: "once", name: "Allow", kind: "allow_once" }],
  });
  function listener(answer?: SessionListener["permission"]) {
    const heard: unknown[] = [];
    const permission =
      answer ?? (async () => ({ outcome: { outcome: "selected" as const, optionId: "once" } }));
    return {
      heard,
      update: (one: unknown) => heard.push(one),
      permission,
      extension: vi.fn(),
    } as never as SessionListener & { heard: unknown[]; extension: ReturnType<typeof vi.fn> };
  }

  test("tells each session its own, in order, and what came before anybody listened", () => {
    const router = new Router();
    router.update(update("a", "early"));
    const [a, b] = [listener(), listener()];
    router.listen("a", a);
    router.listen("b", b);
    router.update(update("b", "for b"));
    router.update(update("a", "late"));
    expect(a.heard).toEqual([update("a", "early").update, update("a", "late").update]);
    expect(b.heard).toEqual([update("b", "for b").update]);
  });

  test("keeps only so much for sessions nobody listens to", () => {
    const router = new Router();
    for (let n = 0; n < 1_000; n += 1) router.update(update("a", String(n)));
    for (let n = 0; n < 1_000; n += 1) router.update(update(`other ${n}`, "x"));
    const [a, last] = [listener(), listener()];
    router.listen("a", a);
    router.listen("other 999", last);
    expect([a.heard.length, last.heard.length]).toEqual([0, 1]);
  });

  test("never grants what nobody listens to, what has no form, and what its listener fails on", async () => {
    const router = new Router();
    const cancelled = { outcome: { outcome: "cancelled" } };
    expect(await router.permission(question("a"), NEVER)).toEqual(cancelled);
    router.listen(
      "a",
      listener(() => Promise.reject(new Error("broken"))),
    );
    expect(await router.permission(question("a"), NEVER)).toEqual(cancelled);
    const stop = router.listen("a", listener());
    expect(await router.permission(question("a"), NEVER)).toMatchObject({ outcome: { optionId: "once" } });
    expect(await router.permission({ ...question("a"), options: [] }, NEVER)).toEqual(cancelled);
    for (const nonsense of [undefined, 7, {}, { sessionId: "a" }]) {
      expect(await router.permission(nonsense, NEVER)).toEqual(cancelled);
      expect(() => router.update(nonsense)).not.toThrow();
      expect(() => router.extension("_claude/x", nonsense)).not.toThrow();
    }
    stop();
    expect(await router.permission(question("a"), NEVER)).toEqual(cancelled);
  });

  test("an old listener that stops does not silence the new one of the same session", () => {
    const router = new Router();
    const stopOld = router.listen("a", listener());
    const fresh = listener();
    router.listen("a", fresh);
    stopOld();
    router.update(update("a", "x"));
    expect(fresh.heard).toHaveLength(1);
  });
});

describe("redaction", () => {
  test.each([
    "sk-ant-api03-abcdefghijklmnop",
    "ghp_abcdefghijklmnopqrstuvwxyz012345",
    "github_pat_11ABCDEFG0abcdefghijkl",
    "xoxb-123456789012-abcdefghijkl",
    "AKIAABCDEFGHIJKLMNOP",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NSJ9.SflKxwRJSMeKKF2QT4fw",
    "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw",
  ])("takes %s out, wherever it stands", (secret) => {
    for (const text of [
      secret,
      `key=${secret}`,
      `{"a":"${secret}"}`,
      `Authorization: Bearer ${secret}`,
      `(${secret})`,
    ]) {
      expect(redact(text)).not.toContain(secret);
      expect(redact(text)).toContain("[redacted]");
    }
  });

  test.each([
    "ANTHROPIC_API_KEY=hush1234",
    '"password": "hush1234"',
    "my_token: hush1234",
    "Cookie: hush1234=1",
  ])("takes the value of a name that says secret: %s", (text) =>
    expect(redact(text)).not.toContain("hush1234"),
  );

  test("takes a bot's token out of the address it is called at", () => {
    const text =
      "fetch https://api.telegram.org/bot123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw/sendDocument failed";
    expect(redact(text)).toBe("fetch https://api.telegram.org/bot[redacted]/sendDocument failed");
  });

  test("leaves everything else as it is", () => {
    const text = "The task skipped 12345: 3 tokens used, risk-free. See https://example.org/sk?x=1";
    expect(redact(text)).toBe(text);
  });
});
