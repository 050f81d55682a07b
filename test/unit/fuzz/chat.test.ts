// What people type: every reader of the chat reads it or leaves it alone, at once, and none changes a word of the rest.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { code, plain, plainLines } from "../../../common/text.ts";
import { Paragraphs } from "../../../src/delivery/paragraphs.ts";
import { readCommand } from "../../../src/door/commands.ts";
import { readReset } from "../../../src/door/reset.ts";
import { conversationKey } from "../../../src/host/conversation-binding.ts";
import { AwaitedReplies } from "../../../src/permission/awaited-replies.ts";
import { readReply } from "../../../src/permission/replies.ts";
import { chatSurface } from "../../../src/surfaces/chat.ts";
import { realOperations } from "./operations.ts";
import { anyText, runs } from "./words.ts";

const RUNS = runs(500);

describe("a text of the chat", () => {
  it("is a reset only when it begins with one, and keeps what stands behind it", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const read = readReset(text);
        if (read) expect(text.trim()).toMatch(/^\/(new|reset)/i);
        if (read) expect(text).toContain(read.rest);
      }),
      RUNS,
    );
  });

  it("is a command of ours only as a whole, and is handed on as it was typed", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const command = readCommand(text, false);
        if (command !== undefined) expect(text.trim()).toMatch(/^\/(claude|cc|steer)/i);
        expect(typeof (readCommand(text, true) ?? "")).toBe("string");
      }),
      RUNS,
    );
  });

  it("is an answer only where it is nothing else: a sentence is never a yes", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const read = readReply(text);
        if (read?.is === "once" || read?.is === "always") expect(text.trim().length).toBeLessThan(12);
        expect(readReply(`${text} and then delete everything`)?.is).not.toBe("once");
        expect(readReply(`${text} and then delete everything`)?.is).not.toBe("always");
      }),
      RUNS,
    );
  });

  it("is left alone while no question waits", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const replies = new AwaitedReplies(conversationKey);
        const identity = { agentId: "cc", sessionKey: "agent:cc:acp:x" };
        const sender = { authorized: true, approver: true };
        expect(replies.hear({ identity }, { text, ...sender }).is).toBe("unheard");
      }),
      RUNS,
    );
  });

  it("is shown in a question without what would move or hide the words around it", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        for (const shown of [plain(text, 80), plainLines(text, 80), code(plain(text, 80))])
          expect(shown).not.toMatch(/[\u202a-\u202e\u2066-\u2069\0]/u);
        expect(plain(text, 80)).not.toContain("\n");
      }),
      RUNS,
    );
  });

  it("comes out of the paragraphs as it went in, cut as it may be", () => {
    fc.assert(
      fc.property(fc.array(anyText, { maxLength: 12 }), (pieces) => {
        const paragraphs = new Paragraphs();
        const out = pieces.map((piece) => paragraphs.push(piece)).join("") + paragraphs.flush();
        expect(out).toBe(pieces.join(""));
      }),
      RUNS,
    );
  });

  it("as a command is answered with a sentence, whoever gives it, and never rejects", async () => {
    await using real = await realOperations();
    const surface = chatSurface(real.operations, async (command) => `passed ${command}`);
    const verbs = real.operations.map(({ name }) => name);
    const commands = fc.tuple(fc.oneof(fc.constantFrom(...verbs), anyText), anyText, fc.boolean());
    await fc.assert(
      fc.asyncProperty(commands, async ([verb, rest, owner]) => {
        const signal = AbortSignal.timeout(10_000);
        const route = { channel: "telegram", to: "1" };
        const text = `${verb} ${rest}`;
        const answer = await surface.run({ text, here: real.here, route, owner, approver: owner, signal });
        expect(typeof answer).toBe("string");
        expect(answer.trim()).not.toBe("");
        expect(answer).not.toMatch(/undefined|\[object Object\]|Cannot read|is not a function/);
      }),
      runs(150),
    );
  });
});
