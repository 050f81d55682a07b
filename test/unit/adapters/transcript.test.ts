// Whether somebody else prompted a session, read from Claude Code's transcript.
import { appendFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  markTranscript,
  projectFolder,
  saidAfter,
  writtenElsewhere,
} from "../../../adapters/claude/transcript.ts";
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

describe("what was said after a prompt", () => {
  const user = (content: string) => ({ type: "user", message: { content } });
  const claude = (text: string, stop_reason: string | null) => ({
    type: "assistant",
    message: { content: [{ type: "text", text }], stop_reason },
  });
  it.each([
    ["nothing, where the prompt never arrived", [user("another")], { text: "", complete: false }],
    [
      "all of it, where Claude had finished",
      [user("dig"), claude("Digging.", "tool_use"), claude("Dug.", "end_turn")],
      { text: "Digging.\n\nDug.", complete: true },
    ],
    [
      "what there is, where it was cut off",
      [user("dig"), claude("Digging.", "tool_use")],
      { text: "Digging.", complete: false },
    ],
    [
      "of that prompt alone",
      [user("dig"), claude("Dug.", "end_turn"), user("and now?"), claude("More.", null)],
      { text: "Dug.", complete: true },
    ],
  ])("is %s", async (_, lines, expected) => {
    await using home = await tempDir("transcript");
    const place = { env: { CLAUDE_CONFIG_DIR: home.path }, cwd: "/work/place", sessionId: "one" };
    const folder = join(home.path, "projects", projectFolder(place.cwd));
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "one.jsonl"), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    expect(await saidAfter(place, "dig")).toEqual(expected);
  });
});
