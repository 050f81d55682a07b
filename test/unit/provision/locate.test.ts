// Finding what is installed, by plain paths, and letting go of what is not needed.
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { installedVersions, locate, prune } from "../../../adapters/provision/locate.ts";
import { nextSaying } from "../../support/failures.ts";
import { layClaude, layToyHarness, toyHarness } from "../../support/fake-harness.ts";
import { tempDir } from "../../support/poll.ts";

let home: Awaited<ReturnType<typeof tempDir>>;
let root: string;

beforeEach(async () => {
  home = await tempDir("locate");
  root = path.join(home.path, "harness");
});
afterEach(() => home.remove());

async function install(version: string, record: Record<string, unknown> = {}): Promise<string> {
  const dir = path.join(root, `@toys+toy-acp@${version}`);
  await layToyHarness(dir, { version });
  const whole = {
    package: toyHarness.name,
    version,
    installedAt: "2026-11-20T00:00:00Z",
    source: "registry",
  };
  await writeFile(path.join(dir, "contractor.json"), JSON.stringify({ ...whole, ...record }));
  return dir;
}

const find = (more: { path?: string; claude?: string } = {}) =>
  locate({ root, harness: toyHarness, ...more });

describe("locating a harness", () => {
  it("tells what to run when there is none", async () => {
    await expect(find()).rejects.toMatchObject({
      code: "harness-missing",
      message: "The harness toy-acp is not installed yet.",
      next: nextSaying("Run: openclaw contractor-agents setup"),
    });
  });

  it("prefers the pinned version, and uses an older one until setup ran", async () => {
    await install("1.0.0");
    await install("1.1.10");
    await install("1.1.9");
    expect(await find()).toMatchObject({ version: "1.1.10", outdated: true });
    const dir = await install("1.2.3");
    await install("2.0.0");
    expect(await find()).toEqual({
      package: "@toys/toy-acp",
      version: "1.2.3",
      dir,
      entry: path.join(dir, "node_modules/@toys/toy-acp/dist/index.js"),
      outdated: false,
    });
  });

  it("does not see what setup did not finish, nor a folder with a record it cannot read", async () => {
    await layToyHarness(path.join(root, ".tmp-1-abc"));
    await layToyHarness(path.join(root, "@toys+toy-acp@1.2.3"));
    await expect(find()).rejects.toMatchObject({ code: "harness-missing" });
    await writeFile(path.join(root, "@toys+toy-acp@1.2.3", "contractor.json"), '{"package":');
    await expect(find()).rejects.toMatchObject({ code: "harness-missing" });
  });

  it("says which part of an installed one is gone", async () => {
    const dir = await install("1.2.3");
    await rm(path.join(dir, "node_modules/@toys/toy-acp/dist"), { recursive: true });
    await expect(find()).rejects.toMatchObject({
      code: "harness-broken",
      message: /lacks its program dist\/index.js/,
    });
  });

  it("tells the user's own Claude Code: the setting's, else the recorded one, as long as it is there", async () => {
    const recorded = await layClaude(path.join(home.path, "recorded"), "2.1.320");
    const setting = await layClaude(path.join(home.path, "setting"), "2.1.328");
    await install("1.2.3", { claude: recorded, futureKey: 1 });
    expect(await find()).toMatchObject({ claude: recorded });
    expect(await find({ claude: setting })).toMatchObject({ claude: setting });
    await rm(recorded);
    await expect(find()).rejects.toMatchObject({
      code: "harness-broken",
      message: /recorded, is not there any more/,
    });
  });

  it("takes the setting's folder: the package itself, or one with it in node_modules", async () => {
    const tree = path.join(home.path, "tree");
    await layToyHarness(tree, { version: "1.2.4" });
    const packageDir = path.join(tree, "node_modules/@toys/toy-acp");
    const entry = path.join(packageDir, "dist/index.js");
    expect(await find({ path: tree })).toMatchObject({ entry, version: "1.2.4", outdated: true, dir: tree });
    expect(await find({ path: packageDir })).toMatchObject({ entry, dir: packageDir });
    await expect(find({ path: home.path })).rejects.toMatchObject({
      code: "harness-missing",
      message: /harness\.path\) does not hold the package @toys\/toy-acp/,
    });
  });
});

describe("pruning", () => {
  it("removes other versions of the same harness, but not what is in use", async () => {
    const old = await install("1.0.0");
    const used = await install("1.1.0");
    await install("1.2.3");
    await mkdir(path.join(root, "@toys+other@0.1.0"));
    const inUse = [path.join(used, "node_modules/@toys/toy-acp/dist/index.js")];
    expect(await prune({ root, harness: toyHarness, inUse })).toEqual([old]);
    expect((await readdir(root)).sort()).toEqual([
      "@toys+other@0.1.0",
      "@toys+toy-acp@1.1.0",
      "@toys+toy-acp@1.2.3",
    ]);
  });

  it("removes nothing while the pinned version is missing", async () => {
    await install("1.0.0");
    expect(await prune({ root, harness: toyHarness, inUse: [] })).toEqual([]);
    expect(await installedVersions({ root, harness: toyHarness })).toHaveLength(1);
  });
});
