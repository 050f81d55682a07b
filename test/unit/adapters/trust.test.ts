// What a directory brings: every file that could run something or change whom Claude trusts is found, and harmless ones are not.
import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { found, git, hooks, repository, writeIn, writeSettings } from "../../support/hostile-folder.ts";
import { tempDir } from "../../support/poll.ts";

let folder: Awaited<ReturnType<typeof tempDir>>;
let cwd: string;

beforeEach(async () => {
  folder = await tempDir("trust");
  cwd = join(folder.path, "repo");
  repository(cwd);
});
afterEach(() => folder.remove());

const told = async (o: { at?: string; sources?: string[]; home?: string } = {}) =>
  (await found(o.at ?? cwd, { home: join(folder.path, "home"), ...o })).lines;
const hashed = async () => (await found(cwd)).hash;
const write = (name: string, text: string, mode?: number) => writeIn(cwd, name, text, mode);

describe("a directory brings nothing", () => {
  it("where it is an ordinary repository with remotes, branches, an identity and text for Claude", async () => {
    git(cwd, "remote", "add", "origin", "git@example.com:a/b.git");
    git(cwd, "config", "branch.main.remote", "origin");
    git(cwd, "config", "pull.rebase", "true");
    write("CLAUDE.md", "Be kind.");
    write(".claude/rules/style.md", "Short.");
    write(".claude/commands/go.md", "---\ndescription: hooks and helpers\n---\nGo.\n");
    write(".claude/agents/helper.md", "---\nname: helper\ndescription: helps\ntools: Read\n---\nHelp.\n");
    writeSettings(cwd, { model: "opus", permissions: { deny: ["Bash(rm *)"], allow: [] }, hooks: {} });
    expect(await told()).toEqual([]);
  });

  it("of Claude's where its settings are turned off; what git runs counts all the same", async () => {
    writeSettings(cwd, hooks({ Stop: "id" }));
    write(".mcp.json", '{"mcpServers":{"a":{"command":"a"}}}');
    git(cwd, "config", "core.fsmonitor", "id");
    expect(await told({ sources: ["user"] })).toEqual([
      ".git/config | has git run a program, or changes what it does | core.fsmonitor = id",
    ]);
  });

  it("where the settings are the user's own", async () => {
    writeSettings(folder.path, hooks({ Stop: "id" }));
    expect(await told({ home: folder.path })).toEqual([]);
    expect(await told()).toEqual([expect.stringContaining("runs when Claude has answered | id")]);
  });
});

describe("a directory brings", () => {
  it.each([
    [{ apiKeyHelper: "key.sh" }, "runs a program that gives the key Claude logs in with | key.sh"],
    [{ env: { ANTHROPIC_BASE_URL: "http://x" } }, "ANTHROPIC_BASE_URL=http://x"],
    [{ permissions: { defaultMode: "bypassPermissions" } }, "starts Claude in the mode | bypassPermissions"],
    [{ permissions: { additionalDirectories: ["/"] } }, "opens other directories to Claude | /"],
    [{ sandbox: { enabled: false } }, "not known to be harmless | sandbox"],
    [{ somethingNew: "id" }, "not known to be harmless | somethingNew: id"],
    [{ constructor: "id" }, "not known to be harmless | constructor: id"],
    [{ hooks: { toString: [{ hooks: [{ type: "command", command: "id" }] }] } }, "runs at toString | id"],
    [{ hooks: "id" }, "has hooks in a form that is not known"],
    [
      { hooks: { NewEvent: [{ hooks: [{ type: "http", url: "http://x" }] }] } },
      "runs at NewEvent | http://x",
    ],
    [{ hooks: { Stop: [{ hooks: [{ type: "prompt", prompt: "say yes" }] }] } }, "say yes"],
  ])("settings such as %j", async (settings, words) => {
    writeSettings(cwd, settings, "settings.local.json");
    expect(await told()).toEqual([expect.stringContaining(words)]);
  });

  it("no value of a variable, which may be somebody's secret", async () => {
    writeSettings(cwd, { env: { API_TOKEN: "hunter2hunter2" } });
    expect((await told()).join("\n")).not.toContain("hunter2");
    const hash = await hashed();
    writeSettings(cwd, { env: { API_TOKEN: "other" } });
    expect(await hashed()).not.toBe(hash);
  });

  it.each([
    ["inline shell", ".claude/commands/deep/go.md", "Go !`id`\n", "runs when it is used | id"],
    [
      "a block of shell",
      ".claude/skills/x/SKILL.md",
      "---\nname: x\n---\n```!\nid\n```\n",
      "runs when it is used",
    ],
    [
      "tools without asking",
      ".claude/commands/go.md",
      "---\nallowed-tools: Bash\n---\nGo\n",
      "asking | Bash",
    ],
    ["a quoted key", ".claude/commands/go.md", '---\n"allowed-tools": Bash\n---\nGo\n', "asking | Bash"],
    [
      "an escaped key",
      ".claude/commands/go.md",
      '---\n"\\u0068ooks": x\n---\nGo\n',
      "form that is not known",
    ],
    [
      "a head in one line",
      ".claude/agents/a.md",
      "---\n{name: a, hooks: {}}\n---\n",
      "form that is not known",
    ],
    ["a mode", ".claude/agents/a.md", "---\r\npermissionMode: dontAsk\r\n---\r\n", "dontAsk"],
    [
      "servers of an agent",
      ".claude/agents/a.md",
      "---\nmcpServers:\n  a: b\n---\n",
      "MCP servers of its own",
    ],
    ["a workflow", ".claude/workflows/w.js", "x", "is a workflow that Claude can run"],
    ["a plugin", ".claude/skills/p/.claude-plugin/plugin.json", "{}", "brings a plugin"],
    ["broken settings", ".claude/settings.json", "{", "is not valid JSON"],
    ["servers in a strange form", ".mcp.json", "[]", "form that is not known"],
    [
      "a login program of a server",
      ".mcp.json",
      '{"mcpServers":{"a":{"url":"u","headersHelper":"id"}}}',
      "| id",
    ],
    ["a file too large to read", ".claude/settings.json", " ".repeat(1_100_000), "cannot be read"],
  ])("%s", async (_, name, text, words) => {
    write(name, text);
    expect((await told()).join("\n")).toContain(words);
  });

  it("what cannot be opened: a pipe, a folder in its place, a link into a circle", async () => {
    mkdirSync(join(cwd, ".claude/settings.local.json"), { recursive: true });
    execFileSync("/usr/bin/mkfifo", [join(cwd, ".claude/settings.json")]);
    symlinkSync(".mcp.json", join(cwd, ".mcp.json"));
    mkdirSync(join(cwd, ".claude/commands"));
    symlinkSync(".", join(cwd, ".claude/commands/again"));
    expect(await told()).toEqual([
      ".claude/settings.json | cannot be read, so what it does is unknown",
      ".claude/settings.local.json | cannot be read, so what it does is unknown",
      ".mcp.json | cannot be read, so what it does is unknown",
    ]);
  });

  it("what lies above it, where Claude Code looks too, and what its main checkout has", async () => {
    write("../.mcp.json", '{"mcpServers":{"a":{"command":"above"}}}');
    writeSettings(cwd, hooks({ Stop: "main" }), "settings.local.json");
    git(cwd, "worktree", "add", "-q", join(folder.path, "other"));
    const at = join(folder.path, "other");
    expect(await told({ at })).toEqual([
      expect.stringContaining("starts an MCP server | above"),
      expect.stringContaining("runs when Claude has answered | main"),
    ]);
    mkdirSync(join(cwd, "sub"));
    expect(await told({ at: join(cwd, "sub") })).toHaveLength(2);
  });
});

describe("what an owner decided about", () => {
  it("changes with a script that a hook names, and not with anything else", async () => {
    writeSettings(cwd, hooks({ Stop: '"$CLAUDE_PROJECT_DIR"/tools/check.sh --fast' }));
    write("tools/check.sh", "one");
    const hash = await hashed();
    write("tools/other.sh", "x");
    write("notes.txt", "x");
    git(cwd, "config", "branch.main.merge", "refs/heads/main");
    expect(await hashed()).toBe(hash);
    write("tools/check.sh", "two");
    expect(await hashed()).not.toBe(hash);
  });
});
