// What people read when something goes wrong or is not allowed: one sentence and what to do next, once.
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { canMount, ownDisk } from "../support/disk.ts";
import { type Bench, bound, startBench } from "../support/e2e.ts";
import { fail, useTool } from "../support/model.ts";

const mountable = await canMount();
const WRITES = `node -e "require('fs').writeFileSync('ran', '')"`;
describe("people are told", () => {
  let bench: Bench;
  beforeAll(async () => {
    const agents = { editor: { permissionMode: "acceptEdits" }, reader: { permissionMode: "readOnly" } };
    bench = await startBench({ agents: ["cc", "editor", "reader"], pluginConfig: { agents } });
  });
  afterAll(() => bench?.dispose());

  it("once, in one sentence with the next step, what went wrong; the next message works", async () => {
    const chat = await bound(bench);
    const failures = [
      {
        answer: fail(401),
        told: "Claude Code is not logged in on this machine. To log in, run openclaw contractor-agents login there, or set ANTHROPIC_API_KEY for the gateway; then send your message again.",
      },
      {
        answer: fail(529),
        told: "Anthropic's API did not answer this turn after several tries. Send your message again in a few minutes.",
      },
      {
        answer: fail(400, { message: "tools.7: not today." }),
        told: "Claude could not finish this turn: API Error: 400 tools.7: not today. Send your message again, or /new for a fresh session.",
      },
    ];
    for (const [at, { answer, told }] of failures.entries()) {
      bench.model.always(`attempt ${at}`, answer);
      chat.says(`attempt ${at}`);
      expect((await chat.hears("⚠️")).text).toBe(`⚠️ ${told}`);
    }
    chat.says("and now?");
    await chat.hears("Echo: and now?");
    expect(chat.messages()).toHaveLength(1 + failures.length + 1);
  });

  it("why a command was not run where nothing may be changed", async () => {
    const chat = await bound(bench, { agent: "reader" });
    bench.model.will(useTool("Bash", { command: WRITES }, { saying: "I will write." }));
    chat.says("write something");
    await chat.hears("Done:");
    const said = chat.texts().slice(1).join("\n\n");
    expect(said).toMatch(
      /^I will write\.\n\nRefused \(readOnly\): .*node -e .*\n\nDone: User refused permission to run tool$/,
    );
    expect(existsSync(join(bench.gateway.workspace("reader"), "ran"))).toBe(false);
  });

  it("only of the command where edits are accepted: those are made, it waits for an answer", async () => {
    const chat = await bound(bench, { agent: "editor" });
    const file = join(bench.gateway.workspace("editor"), "made.txt");
    bench.model.will(useTool("Write", { file_path: file, content: "by Claude\n" }));
    bench.model.will(useTool("Bash", { command: WRITES }));
    chat.says("write something");
    await chat.presses(/deny/i);
    expect(await readFile(file, "utf8")).toBe("by Claude\n");
    await chat.hears("Done: User refused permission to run tool");
    expect(existsSync(join(bench.gateway.workspace("editor"), "ran"))).toBe(false);
  });

  it.runIf(mountable)(
    "that the disk takes nothing; nothing is changed, and the session goes on",
    async () => {
      const chat = await bound(bench);
      const asked = async (words: string, answer: string | RegExp) => {
        chat.says(words);
        return (await chat.hears(answer)).text;
      };
      await asked("remember plum", "OK, plum.");
      using disk = ownDisk(join(bench.gateway.stateDir, "contractor"));
      disk.fill();
      const full = "The disk is full, so nothing was changed. Free some space, then try again.";
      for (const words of ["/new", "/new and this", "/cc restart"])
        expect(await asked(words, "disk")).toContain(full);
      disk.writable();
      await asked("what do you remember?", "I remember plum.");
      disk.makeReadOnly();
      for (const words of ["/new", "hello"])
        expect(await asked(words, "disk")).toContain("The disk is read-only");
      disk.writable();
      await asked("what do you remember?", "I remember plum.");
      await asked("/new", "New session.");
      await asked("what do you remember?", "I remember nothing.");
    },
  );
});
