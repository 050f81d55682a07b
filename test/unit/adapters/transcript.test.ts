// Whether somebody else prompted a session, read from Claude Code's transcript.
import { appendFile, mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, test } from "vitest";
import {
  findAnswer,
  hasExternalWrites,
  markTranscript,
  originalCwd,
  projectFolder,
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
    expect(await hasExternalWrites(place, mark)).toBe(elsewhere);
  });
});

test("a transcript that is begun only after our turn, as the older Claude Code does, counts from that turn on", async () => {
  await using home = await tempDir("transcript");
  const place = { env: { CLAUDE_CONFIG_DIR: home.path }, cwd: "/work/place", sessionId: "one" };
  const mark = await markTranscript(place);
  const folder = join(home.path, "projects", projectFolder(place.cwd));
  await mkdir(folder, { recursive: true });
  const said = (timestamp: string) =>
    JSON.stringify({ type: "user", timestamp, message: { content: "words" } });
  await writeFile(join(folder, "one.jsonl"), `${said("2020-01-01T00:00:00.000Z")}\n`);
  expect(await hasExternalWrites(place, mark)).toBe(false);
  await appendFile(join(folder, "one.jsonl"), `${said(LATER)}\n`);
  expect(await hasExternalWrites(place, mark)).toBe(true);
});

describe("where a session began", () => {
  it("is told where it is another directory than the one named, whatever its name and wherever Claude went since", async () => {
    await using home = await tempDir("transcript");
    const [here, there, link] = ["here", "there", "link"].map((name) => join(home.path, name)) as [
      string,
      string,
      string,
    ];
    await mkdir(here);
    await symlink(here, link);
    const folder = join(home.path, "projects", projectFolder(here));
    await mkdir(folder, { recursive: true });
    const lines = [{ type: "ai-title" }, { type: "user", cwd: there }, { type: "user", cwd: here }];
    await writeFile(join(folder, "one.jsonl"), lines.map((one) => `${JSON.stringify(one)}\n`).join(""));
    const began = (cwd: string, sessionId = "one") =>
      originalCwd({ env: { CLAUDE_CONFIG_DIR: home.path }, cwd, sessionId });
    expect(await began(there)).toBe(here);
    for (const same of [here, link, `${here}/`]) expect(await began(same)).toBeUndefined();
    expect(await began(there, "two")).toBeUndefined();
  });
});

describe("what was said after a prompt", () => {
  const at = (timestamp: string) => ({ timestamp: `2026-11-20T10:${timestamp}.000Z` });
  const user = (content: string, when = "05:00") => ({ type: "user", ...at(when), message: { content } });
  const claude = (text: string, stop_reason: string | null) => ({
    type: "assistant",
    message: { content: [{ type: "text", text }], stop_reason },
  });
  const uses = (name: string, input: object) => ({
    type: "assistant",
    message: { content: [{ type: "tool_use", name, input }], stop_reason: "tool_use" },
  });
  const nothing = { text: "", complete: false };

  it.each([
    ["nothing, where the prompt never arrived", "dig", [user("another")], nothing],
    [
      "all of it, where Claude had finished",
      "dig",
      [user("dig"), claude("Digging.", "tool_use"), claude("Dug.", "end_turn")],
      { text: "Digging.\n\nDug.", complete: true },
    ],
    [
      "what there is, where it was cut off",
      "dig",
      [user("dig"), claude("Digging.", "tool_use")],
      { text: "Digging.", complete: false },
    ],
    [
      "of that prompt alone, and not all, where another is behind it",
      "dig",
      [user("dig"), claude("Dug.", "end_turn"), user("and now?"), claude("More.", null)],
      { text: "Dug.", complete: false },
    ],
    [
      "nothing of an earlier prompt of the same words",
      "continue",
      [user("continue", "01:00"), claude("Went on.", "end_turn")],
      nothing,
    ],
    ["nothing, where only a picture was sent", "", [user("dig"), claude("Dug.", "end_turn")], nothing],
    [
      "not all, where something goes on in the background",
      "dig",
      [user("dig"), uses("Bash", { run_in_background: true }), claude("It runs.", "end_turn")],
      { text: "It runs.", complete: false },
    ],
  ])("is %s", async (_, prompt, lines, expected) => {
    await using home = await tempDir("transcript");
    const place = { env: { CLAUDE_CONFIG_DIR: home.path }, cwd: "/work/place", sessionId: "one" };
    const folder = join(home.path, "projects", projectFolder(place.cwd));
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "one.jsonl"), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    const since = at("04:00").timestamp;
    expect(await findAnswer(place, { text: prompt, since })).toEqual(expected);
  });
});
