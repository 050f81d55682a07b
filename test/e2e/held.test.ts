// Where there is no chat to post into, the host holds the turn: webchat and `openclaw agent`, with one Claude behind both.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { type Bench, bound, entryOf, historyOf, promptsFromNow, startBench } from "../support/e2e.ts";
import { say } from "../support/model.ts";
import { until } from "../support/poll.ts";

const MAIN = { agentId: "cc", sessionKey: "agent:cc:main" };
const DOT =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

const answer = z.looseObject({
  status: z.string(),
  result: z.looseObject({ payloads: z.array(z.looseObject({ text: z.string() })) }),
});

describe("held turns", () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await startBench();
  });
  afterAll(() => bench?.dispose());

  /** `openclaw agent` says it, and gets this answer. */
  async function cli(message: string): Promise<string> {
    const { code, stdout, stderr } = await bench.gateway.cli([
      "agent",
      "--agent",
      "cc",
      "--message",
      message,
      "--json",
    ]);
    if (code !== 0) throw new Error(stderr);
    const { status, result } = answer.parse(JSON.parse(stdout));
    expect(status).toBe("ok");
    return result.payloads.map(({ text }) => text).join("\n\n");
  }

  /** Webchat says it, and its page shows this answer. */
  async function webchat(message: string, attachments: object[] = []): Promise<string> {
    const before = (await historyOf(bench.gateway, MAIN)).length;
    const sent = { sessionKey: MAIN.sessionKey, message, attachments, idempotencyKey: crypto.randomUUID() };
    await bench.gateway.call("chat.send", sent);
    const lines = await until("the answer on the page", async () => {
      const shown = (await historyOf(bench.gateway, MAIN)).slice(before);
      return shown.length >= 2 && shown;
    });
    expect(lines).toEqual([`user: ${message}`, expect.stringMatching(/^assistant: /)]);
    return lines[1]?.slice("assistant: ".length) ?? "";
  }

  /** Images Claude was sent with this prompt, as base64. */
  function imagesOf(prompt: string): string[] {
    const request = bench.model.requests().findLast((one) => one.kind === "main" && one.prompt === prompt);
    const { content } = request?.body.messages.findLast(({ role }) => role === "user") ?? { content: "" };
    const blocks = typeof content === "string" ? [] : content;
    return blocks.flatMap((block) => (block.type === "image" ? [image.parse(block).source.data] : []));
  }

  it("share memory and Claude session, and send Claude exactly the words", async () => {
    const prompts = promptsFromNow(bench);
    expect(await cli("remember terminal")).toBe("OK, terminal.");
    const first = await entryOf(bench.gateway, MAIN);
    expect(first?.claudeSessionId).toMatch(/^[0-9a-f-]{36}$/);
    expect(await webchat("remember browser")).toBe("OK, browser.");
    expect(await cli("what do you remember?")).toBe("I remember terminal, browser.");
    expect(await webchat("what do you remember?")).toBe("I remember terminal, browser.");
    expect((await entryOf(bench.gateway, MAIN))?.claudeSessionId).toBe(first?.claudeSessionId);
    expect(prompts()).toEqual([
      "remember terminal",
      "remember browser",
      "what do you remember?",
      "what do you remember?",
    ]);
  });

  it("give the whole answer", async () => {
    const whole = Array.from(
      { length: 150 },
      (_, at) => `Paragraph ${at} of a long answer, with some words.`,
    ).join("\n\n");
    bench.model.will(say(whole, { chunks: 300 }));
    expect(await cli("tell me everything")).toBe(whole);
  });

  it("hand an image to the model, as a chat does", async () => {
    expect(
      await webchat("what is this?", [
        { type: "image", mimeType: "image/png", fileName: "dot.png", content: DOT },
      ]),
    ).toBe("Echo: what is this?");
    expect(imagesOf("what is this?")).toEqual([DOT]);
    const chat = await bound(bench);
    chat.sendsFile({
      name: "dot.png",
      content: Buffer.from(DOT, "base64"),
      mimeType: "image/png",
      kind: "photo",
      caption: "and this?",
    });
    await chat.hears("Echo: and this?");
    expect(imagesOf("and this?")).toEqual([DOT]);
  });
});

const image = z.looseObject({ source: z.looseObject({ data: z.string() }) });
