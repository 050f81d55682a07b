// What git would run in a directory because its repository says so, wherever the repository says it.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { found, git, repository, writeIn } from "../../support/hostile-folder.ts";
import { tempDir } from "../../support/poll.ts";

let folder: Awaited<ReturnType<typeof tempDir>>;
let cwd: string;

beforeEach(async () => {
  folder = await tempDir("trust");
  cwd = join(folder.path, "repo");
  repository(cwd);
});
afterEach(() => folder.remove());

const told = async () => (await found(cwd)).lines;
const write = (name: string, text: string, mode?: number) => writeIn(cwd, name, text, mode);

describe("git runs for a directory", () => {
  it.each([
    ["core.fsmonitor", "id"],
    ["core.sshCommand", "id"],
    ["core.pager", "id"],
    ["diff.external", "id"],
    ["diff.x.textconv", "id"],
    ["diff.x.command", "id"],
    ["filter.x.process", "id"],
    ["merge.x.driver", "id"],
    ["gpg.ssh.program", "id"],
    ["credential.helper", "id"],
    ["alias.st", "!id"],
    ["remote.origin.uploadpack", "id"],
    ["remote.origin.proxy", "http://x"],
    ["submodule.x.update", "!id"],
    ["url.http://x/.chatReplacementFor", "https://example.com/"],
    ["http.proxy", "http://x"],
    ["uploadpack.packObjectsHook", "id"],
    ["pager.status", "id"],
    ["sequence.editor", "id"],
    ["protocol.ext.allow", "always"],
    ["lfs.customtransfer.x.path", "id"],
    ["trailer.x.command", "id"],
    ["browser.x.cmd", "id"],
    ["core.attributesFile", "/tmp/x"],
    ["core.gitProxy", "id"],
    ["core.alternateRefsCommand", "id"],
  ])("%s", async (key, value) => {
    git(cwd, "config", key, value);
    const [first, ...rest] = await told();
    expect(first?.toLowerCase()).toContain(key.toLowerCase());
    expect(rest).toEqual([]);
  });

  it("an included file, a worktree's own settings, hooks, and hooks elsewhere", async () => {
    write("extra.cfg", "[core]\n\tfsmonitor = included\n");
    git(cwd, "config", "include.path", "../extra.cfg");
    git(cwd, "config", "extensions.worktreeConfig", "true");
    git(cwd, "config", "--worktree", "core.pager", "worktree");
    git(cwd, "config", "core.hooksPath", "tools");
    write(".git/hooks/pre-commit", "#!/bin/sh\n", 0o755);
    write("tools/post-checkout", "#!/bin/sh\n", 0o755);
    write("tools/README", "not run");
    expect((await told()).toSorted()).toEqual([
      ".git/config | has git read another file | include.path = ../extra.cfg",
      ".git/config | has git run a program, or changes what it does | core.hookspath = tools",
      ".git/config.worktree | has git run a program, or changes what it does | core.pager = worktree",
      ".git/hooks | has git run hooks | pre-commit",
      "extra.cfg | has git run a program, or changes what it does | core.fsmonitor = included",
      "tools | has git run hooks | post-checkout",
    ]);
  });

  it("what a repository within it, a bare one and a submodule say", async () => {
    for (const name of ["inner", "a/b/c"]) {
      repository(join(cwd, name));
      git(join(cwd, name), "config", "core.fsmonitor", name);
    }
    mkdirSync(join(cwd, "bare"));
    git(join(cwd, "bare"), "init", "-q", "--bare");
    git(join(cwd, "bare"), "config", "core.fsmonitor", "bare");
    repository(join(folder.path, "origin"));
    git(
      cwd,
      "-c",
      "protocol.file.allow=always",
      "submodule",
      "add",
      "-q",
      join(folder.path, "origin"),
      "module",
    );
    expect((await told()).some((line) => line.includes("module"))).toBe(false);
    git(join(cwd, "module"), "config", "core.fsmonitor", "module");
    const lines = await told();
    for (const name of ["inner", "a/b/c", "bare", "module"])
      expect(lines.join("\n")).toContain(`core.fsmonitor = ${name}`);
  });

  it("something unknown where its configuration is broken", async () => {
    write(".git/config", "[core\n");
    expect((await told()).join("\n")).toContain("cannot be read by git");
  });
});
