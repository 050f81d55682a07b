// Where a turn was begun, by what the host tells of it.
import { describe, expect, test } from "vitest";
import { sourceOfMessage, sourceOfRun } from "../../../src/host/turn-source.ts";
import { sourceLabel } from "../../../src/session/source.ts";

describe("the source of a message", () => {
  const of = (ctx: Omit<Parameters<typeof sourceOfMessage>[0], "agentText">, agentText = "hi") =>
    sourceOfMessage({ agentText, ...ctx }, undefined);

  test.each([
    [{ GatewayClientCaps: ["tool-events", "ui-commands"] }, "🖥 web"],
    [{ GatewayClientCaps: ["tool-events", "plugin-approvals"] }, "⌨ tui"],
    [{}, "⌨ tui"],
    [{ SenderId: "gateway-client" }, "🔌 gateway"],
    [{ SenderId: "cli" }, "⌨ command line"],
    [{ SenderId: "openclaw-ios" }, "📱 app"],
    [{ SenderId: "webchat-ui" }, "🖥 web"],
    [{ SenderId: "openclaw-iosx" }, "🔌 gateway"],
  ])("%o is %s", (ctx, label) => {
    expect(sourceLabel(of(ctx))).toBe(label);
  });

  test("an editor's folder is none of its words", () => {
    const source = of(
      { SenderId: "cli", SenderName: "ACP" },
      "[Working directory: ~/shop]\n\nfix [it]\n\nnow",
    );
    expect(source).toEqual({ is: "editor", words: "fix [it]\n\nnow" });
  });

  test("a name is no markup of another chat", () => {
    const label = sourceLabel({ is: "chat", where: "telegram", by: "[x](https://e.vil) **b**\nn" });
    expect(label).not.toMatch(/(?<!\\)[[\]*@]|\n/);
  });

  test("a chat is named with who wrote there", () => {
    const chat = { channel: "telegram", by: "@ada", group: true };
    const source = sourceOfMessage({ agentText: "hi" }, chat);
    expect(source).toEqual({ is: "chat", where: "telegram", by: "@ada", group: true });
    expect(sourceLabel(source)).toBe("💬 telegram, \\@ada");
  });
});

describe("the source of a run", () => {
  test("is the command line, where its text says nothing else", () => {
    expect(sourceOfRun("say [Inter-session message] x")).toEqual({ is: "command line" });
  });

  test("is the agent whose session has sent it, and its words are what it sent", () => {
    const text =
      "[Inter-session message] sourceSession=agent:main:main sourceTool=sessions_send isUser=false\nThis content was routed by OpenClaw.\n\nfix the\nbuild";
    expect(sourceOfRun(text)).toEqual({ is: "agent", where: "main", words: "fix the\nbuild" });
    expect(sourceLabel(sourceOfRun(text))).toBe("🤖 agent main");
  });

  test("is nobody's where the host reports what an agent of its own has done", () => {
    const text =
      "[Inter-session message] sourceSession=agent:main:x sourceTool=subagent_announce isUser=false\nThis content was routed by OpenClaw.\nDone.";
    expect(sourceOfRun(text)).toEqual({ is: "system", words: "Done." });
  });
});
