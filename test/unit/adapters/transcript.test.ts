// Whether somebody else prompted a session, read from Claude Code's transcript.
import { appendFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { markTranscript, projectFolder, writtenElsewhere } from "../../../adapters/claude/transcript.ts";
import { tempDir } from "../../support/poll.ts";

const LATER = "2999-01-01T00:00:00.000Z";

describe("a transcript that grows after our turn", () => {
  it.each([
    ["a prompt of a terminal", { type: "user", message: { content: "go on" } }, true],
    ["blocks of a terminal", { type: "user", message: { content: [{ type: "text", text: "go on" }] } }, true],
    [
      "Claude's note of a cancelled turn",
      { type: "user", message: { content: [{ type: "text", text: "[Request interrupted by user]" }] } },
      false,
    ],
    [
      "Claude's note of a cancelled tool",
      {
        type: "user",
        message: { content: [{ type: "text", text: "[Request interrupted by user for tool use]" }] },
      },
      false,
    ],
    ["a tool's late result", { type: "user", message: { content: [{ type: "tool_result" }] } }, false],
    ["a title", { type: "ai-title", title: "Test" }, false],
  ])("by %s", async (_, line, elsewhere) => {
    await using home = await tempDir("transcript");
    const place = { env: { CLAUDE_CONFIG_DIR: home.path }, cwd: "/work/place", sessionId: "one" };
    const folder = join(home.path, "projects", projectFolder(place.cwd));
    await mkdir(folder, { recursive: true });
    const file = join(folder, "one.jsonl");
    await writeFile(file, `${JSON.stringify({ type: "user", message: { content: "ours" } })}\n`);
    const mark = await markTranscript(place);
    await appendFile(file, `${JSON.stringify({ ...line, timestamp: LATER })}\n`);
    expect(mark && (await writtenElsewhere(place, mark))).toBe(elsewhere);
  });
});
