// Settings files that Claude Code cannot read: which, and where.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { settingsFaults } from "../../../adapters/claude/settings-faults.ts";
import { tempDir } from "../../support/poll.ts";

const SOURCES = ["user", "project", "local"];

test.each<[string, string, number | undefined]>([
  ["whole", '{"permissions": {}}', undefined],
  ["whole, behind a byte order mark", '\uFEFF{"permissions": {}}', undefined],
  ["empty", "", undefined],
  ["with a comma too many", '{\n  "deny": [\n    "Bash",\n  ]\n}', 4],
  ["with a comment", '{\n  // mine\n  "model": "opus"\n}', 2],
  ["that ends too soon", '{\n  "deny": [\n', 2],
])("a file that is %s", async (_, text, line) => {
  await using folder = await tempDir("settings");
  const cwd = join(folder.path, "work");
  await mkdir(join(cwd, ".claude"), { recursive: true });
  await mkdir(join(folder.path, "own"));
  const env = { CLAUDE_CONFIG_DIR: join(folder.path, "own") };
  const files = [
    join(folder.path, "own/settings.json"),
    join(cwd, ".claude/settings.json"),
    join(cwd, ".claude/settings.local.json"),
  ];
  for (const file of files) await writeFile(file, text);
  const all = await settingsFaults({ cwd, sources: SOURCES, env });
  expect(all).toEqual(line === undefined ? [] : files.map((file) => ({ file, line })));
  // One that does not count is nobody's business.
  expect(await settingsFaults({ cwd, sources: [], env })).toEqual([]);
});
