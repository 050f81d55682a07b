// The adapter's start, made cheaper: what it runs as Claude Code is Claude Code, but for one question.
import { execFile } from "node:child_process";
import { chmod, readdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { authStatusShim, lowMemoryNodeArgs } from "../../../adapters/claude/launch-tuning.ts";
import { tempDir } from "../../support/poll.ts";

const run = promisify(execFile);

async function fakeClaude(folder: string): Promise<string> {
  const claude = join(folder, "a claude");
  const script = `#!/bin/sh\nprintf '%s|' "$@"; echo "$CLAUDE_CODE_EXECUTABLE,$CONTRACTOR_CLAUDE,$0"\n`;
  await writeFile(claude, script);
  await chmod(claude, 0o755);
  return claude;
}

describe("the program that stands for Claude Code", () => {
  it("is Claude Code with every word and under its own name, and answers the adapter's question itself", async () => {
    await using folder = await tempDir("thrift");
    const claude = await fakeClaude(folder.path);
    const env = await authStatusShim({ claude, dir: join(folder.path, "run") });
    const shim = env.CLAUDE_CODE_EXECUTABLE ?? "";
    expect(shim).not.toBe(claude);
    const words = ["--resume", "a b", '"$HOME"', "", "auth", "status"];
    const { stdout } = await run(shim, words, { env });
    expect(stdout).toBe(`${words.map((word) => `${word}|`).join("")}${claude},,${claude}\n`);
    for (const before of [[], ["--settings", "{}"]]) {
      const answered = await run(shim, [...before, "auth", "status", "--json"], { env });
      expect(JSON.parse(answered.stdout)).toEqual({ loggedIn: true });
    }
    expect((await stat(shim)).mode & 0o777).toBe(0o700);
  });

  it("is written once, mended when it is not as it was, and left out where it cannot run", async () => {
    await using folder = await tempDir("thrift");
    const claude = await fakeClaude(folder.path);
    const dir = join(folder.path, "run");
    const first = await authStatusShim({ claude, dir });
    const shim = first.CLAUDE_CODE_EXECUTABLE ?? "";
    const { mtimeMs } = await stat(shim);
    expect(await authStatusShim({ claude, dir })).toEqual(first);
    expect((await stat(shim)).mtimeMs).toBe(mtimeMs);
    await writeFile(shim, "#!/bin/sh\nexit 3\n");
    expect(await authStatusShim({ claude, dir })).toEqual(first);
    await expect(run(shim, ["auth", "status", "--json"], { env: first })).resolves.toBeDefined();
    expect(await readdir(dir)).toEqual(["claude"]);
    await rm(dir, { recursive: true });
    await writeFile(dir, "in the way");
    expect(await authStatusShim({ claude, dir })).toEqual({ CLAUDE_CODE_EXECUTABLE: claude });
  });
});

describe("the arguments for Node", () => {
  it("keep compiled code in the folder given, and leave nothing to what is started below", async () => {
    await using folder = await tempDir("thrift cache");
    const cache = join(folder.path, 'of "ours"');
    const script = join(folder.path, "main.mjs");
    await writeFile(
      script,
      `import m from "node:module"; console.log(m.getCompileCacheDir(), process.env.NODE_COMPILE_CACHE);`,
    );
    const { stdout } = await run(process.execPath, [...lowMemoryNodeArgs(cache), script], { env: {} });
    expect(stdout).toContain(cache);
    expect(stdout.trim()).toMatch(/undefined$/);
  });
});
