// Machines without a network: the real adapters installed from this checkout's node_modules, and from an archive.
import { execFileSync } from "node:child_process";
import { mkdir, readdir, realpath, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { harnessPackages } from "../../../adapters/claude/packages.ts";
import { locate } from "../../../adapters/provision/locate.ts";
import { type ProvisionRequest, provision } from "../../../adapters/provision/provision.ts";
import { layClaude, layToyHarness, toyHarness } from "../../support/fake-harness.ts";
import { tempDir } from "../../support/poll.ts";
import { tarOf } from "../../support/tar.ts";

const checkout = path.join(import.meta.dirname, "../../..");
const claudeAgentAcp = harnessPackages["claude-agent-acp"];
const claudeCodeAcp = harnessPackages["claude-code-acp"];

let home: Awaited<ReturnType<typeof tempDir>>;
let root: string;

beforeEach(async () => {
  home = await tempDir("offline");
  root = path.join(home.path, "harness");
});
afterEach(() => home.remove());

function request(more: Partial<ProvisionRequest>): ProvisionRequest {
  const lock: ProvisionRequest["lock"] = (_, task) => task();
  return { root, harness: toyHarness, locksDir: "/nowhere", lock, env: process.env, ...more };
}

async function nativeClaude(): Promise<string> {
  const modules = path.join(checkout, "node_modules");
  const [file] = claudeAgentAcp.bundled.map((name) => path.join(modules, name));
  return realpath(file ?? "");
}

const installedFolders = async () => (await readdir(root)).sort();

describe("the real adapters", () => {
  it("installs claude-agent-acp from a folder, Claude Code included", async () => {
    await provision(request({ harness: claudeAgentAcp, from: checkout }));
    const found = await locate({ root, harness: claudeAgentAcp });
    expect(found).toMatchObject({ version: "0.101.0", outdated: false });
    const packages = await readdir(path.join(found.dir, "node_modules"));
    expect(packages).not.toContain("openclaw");
    expect(await installedFolders()).toEqual(["@agentclientprotocol+claude-agent-acp@0.101.0"]);
  });

  it("installs claude-code-acp from its own package folder", async () => {
    const from = path.join(checkout, "node_modules", claudeCodeAcp.name);
    await provision(request({ harness: claudeCodeAcp, from }));
    expect(await locate({ root, harness: claudeCodeAcp })).toMatchObject({ version: "0.16.2" });
  });

  it("installs from an archive of an installed one, with the user's own Claude Code", async () => {
    const claude = await nativeClaude();
    const before = path.join(home.path, "before");
    const { dir } = await provision(
      request({ root: before, harness: claudeAgentAcp, from: checkout, claude }),
    );
    const from = path.join(home.path, "harness.tgz");
    execFileSync("tar", ["czf", from, "-C", dir, "."]);
    const done = await provision(request({ harness: claudeAgentAcp, from, claude }));
    expect(done.outcome).toBe("installed");
    expect(await locate({ root, harness: claudeAgentAcp })).toMatchObject({ claude });
    expect(await readdir(path.join(done.dir, "node_modules/@anthropic-ai"))).not.toContain(
      path.basename(path.dirname(claude)),
    );
    expect((await readdir(done.dir)).sort()).toEqual(["contractor.json", "node_modules"]);
  });
});

describe("a folder", () => {
  it("gives only what the harness needs", async () => {
    await layToyHarness(home.path);
    const { dir } = await provision(request({ from: home.path }));
    const packages = await readdir(path.join(dir, "node_modules"));
    expect(packages.sort()).toEqual(["@toys", "toy-helper"]);
  });

  it.each([
    ["another version", { version: "1.2.4" }, /holds @toys\/toy-acp 1\.2\.4, and 1\.2\.3 is needed/],
    ["no harness at all", undefined, /does not hold the package @toys\/toy-acp/],
  ])("is refused with %s", async (_, lay, sentence) => {
    if (lay) await layToyHarness(home.path, lay);
    const refused = provision(request({ from: home.path }));
    await expect(refused).rejects.toMatchObject({ code: "invalid", message: sentence });
    expect(await installedFolders()).toEqual([]);
  });

  it("is refused when a dependency is missing, or when it is made of links", async () => {
    await layToyHarness(home.path);
    const helper = path.join(home.path, "node_modules/toy-helper");
    const aside = path.join(home.path, "elsewhere");
    execFileSync("mv", [helper, aside]);
    const lacking = provision(request({ from: home.path }));
    await expect(lacking).rejects.toMatchObject({ message: /lacks toy-helper/ });
    await symlink(aside, helper);
    const linked = provision(request({ from: home.path }));
    await expect(linked).rejects.toMatchObject({
      message: /laid out with links \(node_modules\/toy-helper\)/,
    });
    expect(await installedFolders()).toEqual([]);
  });

  it("that does not exist is told by its name", async () => {
    const nothing = provision(request({ from: path.join(home.path, "missing") }));
    await expect(nothing).rejects.toMatchObject({ code: "invalid", message: /missing is neither a folder/ });
  });
});

describe("an archive", () => {
  it.each([
    ["of the folder's content", [".", "-C"]],
    ["of the folder itself", ["tree", ""]],
  ])("%s is installed", async (_, [what, into]) => {
    const tree = path.join(home.path, "tree");
    await layToyHarness(tree);
    const from = path.join(home.path, "toy.tgz");
    execFileSync("tar", ["czf", from, "-C", into === "-C" ? tree : home.path, what ?? "."]);
    const { dir } = await provision(request({ from }));
    expect((await readdir(dir)).sort()).toEqual(["contractor.json", "node_modules"]);
  });

  it("made by npm pack, with its dependencies bundled, is installed", async () => {
    const tree = path.join(home.path, "tree");
    await layToyHarness(tree);
    const packed = path.join(home.path, "package");
    execFileSync("cp", ["-r", path.join(tree, "node_modules/@toys/toy-acp"), packed]);
    await mkdir(path.join(packed, "node_modules"));
    execFileSync("cp", ["-r", path.join(tree, "node_modules/toy-helper"), path.join(packed, "node_modules")]);
    const from = path.join(home.path, "toy.tgz");
    execFileSync("tar", ["czf", from, "-C", home.path, "package"]);
    const claude = await layClaude(path.join(home.path, "bin/claude"), "2.1.328");
    expect((await provision(request({ from, claude }))).outcome).toBe("installed");
  });

  it.each([
    ["climbs out", { name: "a/../../escaped", body: "x" }],
    ["names an absolute path", { name: "/tmp/escaped", body: "x" }],
    ["links out", { name: "node_modules/out", link: "../../.." }],
    ["links hard", { name: "node_modules/out", link: "/etc/passwd", hard: true }],
  ])("with an entry that %s is refused", async (_, entry) => {
    const from = path.join(home.path, "evil.tgz");
    await writeFile(from, tarOf([entry]));
    const refused = provision(request({ from }));
    await expect(refused).rejects.toMatchObject({
      code: "invalid",
      message: /leaves its folder|a link or device/,
    });
    expect(await installedFolders()).toEqual([]);
    expect(await readdir(home.path)).not.toContain("escaped");
  });

  it("that is cut off, or none at all, is refused", async () => {
    const from = path.join(home.path, "bad.tgz");
    const whole = tarOf([{ name: "node_modules/a", body: "x".repeat(5000) }]);
    for (const bytes of [whole.subarray(0, whole.length - 20), Buffer.from("not an archive"), tarOf([])]) {
      await writeFile(from, bytes);
      await expect(provision(request({ from }))).rejects.toMatchObject({ code: "invalid" });
    }
    expect(await installedFolders()).toEqual([]);
  });
});
