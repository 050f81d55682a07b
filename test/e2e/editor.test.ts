// An editor drives a session through the host's ACP bridge: what comes through, and what does not (docs/host-notes.md#editors).
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { workbench } from "../support/approvals.ts";
import { type Bench, type Bound, bound, promptsFromNow, startBench } from "../support/e2e.ts";
import { type Editor, openEditor } from "../support/editor.ts";
import { openOperator } from "../support/gateway-rpc.ts";
import { fail, say, useTool } from "../support/model.ts";
import { until } from "../support/poll.ts";
import { asks } from "../support/talk.ts";

const MAIN = "agent:cc:main";
const approvals = z.array(z.looseObject({ id: z.string() }));

describe("an editor", () => {
  let bench: Bench;
  let chat: Bound;
  let editor: Editor;
  let thread: string;
  beforeAll(async () => {
    bench = await startBench();
    chat = await bound(bench);
    editor = await openEditor(bench.gateway, chat.sessionKey);
    thread = await editor.thread();
  }, 240_000);
  afterAll(async () => {
    await editor?.stop();
    await bench?.dispose();
  });

  const { made, write } = workbench(() => bench);
  const updates = (kind: string) => editor.updates.filter(({ sessionUpdate }) => sessionUpdate === kind);

  it("prompts the session of a chat, with its memory and exactly the words", async () => {
    expect(await asks(chat, "remember basil")).toBe("OK, basil.");
    const prompts = promptsFromNow(bench);
    const answer = await editor.ask(thread, "what do you remember?");
    expect(answer).toEqual({ text: "I remember basil.", stopReason: "end_turn" });
    expect(prompts()).toEqual(["what do you remember?"]);
    await chat.hears("I remember basil.");
    expect(chat.texts().slice(-3)).toEqual([
      "OK, basil.",
      "✎ editor: what do you remember?",
      "I remember basil.",
    ]);
  });

  it("gets an answer in one piece at its end, without tools, and nothing of a turn of the chat", async () => {
    const before = updates("agent_message_chunk").length;
    bench.model.will(useTool("Bash", { command: "echo hi" }, { saying: "Looking." }));
    bench.model.will(say("One.\n\nTwo.", { chunks: 5, gapMs: 200 }));
    expect((await editor.ask(thread, "use it")).text).toBe("Looking.\n\nOne.\n\nTwo.");
    await chat.hears(/Two\.$/);
    expect(await asks(chat, "from the chat")).toBe("Echo: from the chat");
    expect(updates("agent_message_chunk").slice(before)).toHaveLength(1);
    expect(updates("tool_call")).toEqual([]);
  });

  it("cancels, and the next prompt works", async () => {
    const prompts = promptsFromNow(bench);
    bench.model.will("dig", say("Digging.", { after: new Promise(() => {}) }));
    const digging = editor.ask(thread, "dig");
    await until("Claude to be asked", () => prompts().includes("dig"));
    await editor.notify("session/cancel", { sessionId: thread });
    expect((await digging).stopReason).toBe("cancelled");
    expect((await editor.ask(thread, "and now?")).text).toBe("Echo: and now?");
  });

  it("is not told why a turn failed: the bridge ends it without a word", async () => {
    bench.model.always("fail now", fail(401));
    expect(await editor.ask(thread, "fail now")).toEqual({ text: "", stopReason: "end_turn" });
  });

  it("is asked for no permission: somebody else decides, and the turn goes on", async () => {
    const operator = await openOperator(bench.gateway);
    try {
      bench.model.will("write it", write("editor.txt"));
      const writing = editor.ask(await editor.thread(MAIN), "write it");
      const list = async () => approvals.parse(await bench.gateway.call("plugin.approval.list"));
      const asked = await until("the question", async () => (await list())[0]);
      await bench.gateway.call("plugin.approval.resolve", { id: asked.id, decision: "allow-once" });
      expect((await writing).text).toMatch(/^Done:/);
      expect(made("editor.txt")).toBe(true);
      expect(editor.permissions).toEqual([]);
    } finally {
      operator.close();
    }
  });

  it("may bring no MCP servers of its own", async () => {
    const mcpServers = [{ name: "mine", command: "/bin/true", args: [], env: [] }];
    const refused = editor.request("session/new", { cwd: editor.folder, mcpServers });
    await expect(refused).rejects.toMatchObject({
      data: { details: expect.stringContaining("does not support per-session MCP servers") },
    });
  });
});
