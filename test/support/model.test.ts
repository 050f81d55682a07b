// The fake model, proved against the real Claude Code behind both adapters.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { adapterEntry, type BareClient, startBareClient } from "./bare-client.ts";
import {
  cut,
  fail,
  failMidStream,
  type Model,
  say,
  silence,
  startModel,
  together,
  useTool,
} from "./model.ts";
import { tempDir, until } from "./poll.ts";

const awkward = '$HOME !x \n "q" 你好';

describe.each(["claude-agent-acp", "claude-code-acp"] as const)(
  "real Claude Code behind %s",
  { timeout: 60_000 },
  (name) => {
    let model: Model;
    let dir: Awaited<ReturnType<typeof tempDir>>;
    let agent: BareClient;
    let session: string;

    beforeEach(async () => {
      model = await startModel();
      dir = await tempDir("model");
      agent = startBareClient({ args: [adapterEntry(name)], env: model.env(), cwd: dir.path });
      await agent.initialize();
      session = await agent.newSession(dir.path);
    });

    afterEach(async () => {
      await agent.stop();
      await model.close();
      await dir.remove();
    });

    const ask = (text: string) => agent.ask(session, text);

    it("echoes the exact bytes of a prompt and journals them", async () => {
      expect((await ask(awkward)).text).toBe(`Echo: ${awkward}`);
      expect(model.prompts()).toEqual([awkward]);
    });

    it("remembers across turns and across a compaction", async () => {
      expect((await ask("remember BLUE")).text).toBe("OK, BLUE.");
      expect((await ask("remember GREEN")).text).toBe("OK, GREEN.");
      await ask("/compact");
      expect((await ask("what do you remember")).text).toBe("I remember BLUE, GREEN.");
      expect(model.prompts()).toEqual(["remember BLUE", "remember GREEN", "what do you remember"]);
    });

    it("keeps Claude Code's side requests away from the script", async () => {
      model.will(say("first"));
      model.will(say("second"));
      model.will("special", say("third"));
      expect((await ask("something special")).text).toBe("first");
      expect((await ask("anything")).text).toBe("second");
      expect((await ask("plain")).text).toBe("Echo: plain");
      expect((await ask("something special")).text).toBe("third");
      expect(model.pending()).toBe(0);
    });

    it("streams text in chunks, with thinking before it", async () => {
      model.will(say("one two three four", { chunks: 4, gapMs: 20, thinking: "hm" }));
      expect((await ask("go")).text).toBe("one two three four");
      const kinds = agent.updates.map((update) => update.sessionUpdate);
      expect(kinds).toContain("agent_thought_chunk");
      expect(kinds.filter((kind) => kind === "agent_message_chunk").length).toBeGreaterThanOrEqual(4);
    });

    it("uses real tools, one after the other and two at once", async () => {
      const file = join(dir.path, "note.txt");
      await writeFile(file, "from the file");
      model.will(
        useTool("Bash", { command: "echo from bash > made.txt; cat made.txt" }, { saying: "Running." }),
      );
      model.will(
        together(useTool("Read", { file_path: file }), useTool("Bash", { command: "cat made.txt" })),
      );
      const { text } = await ask("work");
      expect(text).toContain("Running.");
      expect(text).toContain("from the file");
      expect(text).toContain("from bash");
      expect(agent.permissions.length).toBeGreaterThan(0);
      expect(model.prompts()).toEqual(["work"]);
    });

    it("fails as the API fails, and the conversation survives", async () => {
      model.always("busy", fail(529));
      await expect(ask("busy")).rejects.toThrow();
      expect(model.requests().filter((request) => request.kind === "main").length).toBeGreaterThan(1);
      expect((await ask("again")).text).toBe("Echo: again");
      expect(model.prompts()).toEqual(["busy", "again"]);
    });

    it("breaks streams, which Claude Code mends or cuts short by itself", async () => {
      model.will(cut("Half"));
      expect((await ask("after a cut")).text).toMatch(
        name === "claude-agent-acp" ? /Echo: after a cut/ : /^Half/,
      );
      model.will(failMidStream());
      expect((await ask("after an error")).stopReason).toBe("end_turn");
    });

    it("stays silent until cancelled", async () => {
      model.will(silence());
      const turn = ask("anyone there?");
      await until("the model to be asked", () => model.prompts().length === 1);
      await agent.notify("session/cancel", { sessionId: session });
      expect((await turn).stopReason).toBe("cancelled");
      expect((await ask("and now?")).text).toBe("Echo: and now?");
      expect(model.prompts()).toEqual(["anyone there?", "and now?"]);
    });
  },
);
