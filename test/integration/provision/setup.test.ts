// The operation `setup`, with an adapter that has the real one's name and a toy's size.
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { harnessPackages } from "../../../adapters/claude/packages.ts";
import { Failure } from "../../../common/failure.ts";
import { requireHarness, type SetupPorts, setupOperation } from "../../../src/operations/agents/setup.ts";
import { layClaude, layToyHarness } from "../../support/fake-harness.ts";
import { copies, failsWith, layNpm } from "../../support/fake-npm.ts";
import { granted } from "../../support/granted.ts";
import { tempDir } from "../../support/poll.ts";

const harness = harnessPackages["claude-agent-acp"];
const folder = "@agentclientprotocol+claude-agent-acp@0.101.0";

let home: Awaited<ReturnType<typeof tempDir>>;
let root: string;
let tree: string;
let said: string[];
let asked: string[];
let answer: () => Promise<boolean>;

beforeEach(async () => {
  home = await tempDir("setup");
  root = path.join(home.path, "harness");
  tree = path.join(home.path, "tree");
  await layToyHarness(tree, { as: harness });
  const locks = path.join(home.path, "locks", harness.shortName);
  await mkdir(locks, { recursive: true });
  for (const file of ["package.json", "package-lock.json"]) await writeFile(path.join(locks, file), "{}");
  [said, asked] = [[], []];
  answer = () => Promise.reject(new Failure({ code: "invalid", message: "Nobody to ask." }));
});
afterEach(() => home.remove());

async function ports(more: Partial<SetupPorts> = {}): Promise<SetupPorts> {
  return {
    root,
    locksDir: path.join(home.path, "locks"),
    lock: (_, task) => task(),
    env: { PATH: `${path.join(home.path, "bin")}:/usr/bin:/bin` },
    npm: await layNpm(home.path, { ci: copies(tree) }),
    settings: () => ({ package: "claude-agent-acp" }),
    resolvePath: (given) => path.resolve(home.path, given),
    inUse: async () => [],
    ...more,
  };
}

const context = () =>
  granted({
    progress: (text: string) => void said.push(text),
    confirm: (question: string) => {
      asked.push(question);
      return answer();
    },
  });

async function setup(raw: Record<string, unknown> = {}, more: Partial<SetupPorts> = {}) {
  const operation = setupOperation(await ports(more));
  const done = await operation.run(operation.input.parse(raw), context());
  return { ...operation.result.parse(done), words: operation.text(done) };
}

const ownClaude = (version = "2.1.328") => layClaude(path.join(home.path, "bin/claude"), version);

describe("setup", () => {
  it("says size and time before, and what it did after", async () => {
    const done = await setup();
    expect(said[1]).toBe(
      "Installing claude-agent-acp 0.101.0 with its own Claude Code: about 400 MB on disk, 160 MB to download (about 2 min at 20 Mbit/s).",
    );
    expect(done).toMatchObject({ outcome: "installed", dir: path.join(root, folder), removed: [] });
    expect(done.words).toMatch(
      /^Installed claude-agent-acp 0\.101\.0 in [\d.]+ s; it uses the Claude Code that came along\.\n/,
    );
    said = [];
    expect(await setup()).toMatchObject({ outcome: "already installed" });
    expect(said.join()).not.toContain("Installing");
  });

  it("offers a Claude Code that is new enough, and uses it only when told so", async () => {
    const file = await ownClaude();
    expect(await setup()).not.toHaveProperty("claude");
    expect(asked).toEqual([`Use your own Claude Code 2.1.328 (${file})? It saves 320 MB.`]);
    await setup();
    expect(asked).toHaveLength(1);
    expect(await setup({ claude: "bin/claude" })).toMatchObject({ claude: file, outcome: "changed" });
    expect((await setup()).words).toContain(
      `already installed and works; it uses your Claude Code at ${file}.`,
    );
    expect(await setup({ claude: "bundled" })).not.toHaveProperty("claude");
  });

  it("takes the answer, and --yes for one", async () => {
    const file = await ownClaude();
    answer = async () => true;
    expect(await setup()).toMatchObject({ claude: file });
    expect(await setup({ yes: true }, { root: path.join(home.path, "second") })).toMatchObject({
      claude: file,
    });
    expect(asked).toHaveLength(1);
  });

  it("does not offer one that is too old", async () => {
    await ownClaude("2.1.300");
    expect(await setup()).not.toHaveProperty("claude");
    expect(asked).toEqual([]);
  });

  it("keeps an earlier choice over an update, prunes the old version, and says when the choice no longer works", async () => {
    const file = await ownClaude();
    const old = path.join(root, "@agentclientprotocol+claude-agent-acp@0.99.0");
    await layToyHarness(old, { as: harness, version: "0.99.0" });
    const record = {
      package: harness.name,
      version: "0.99.0",
      claude: file,
      installedAt: "x",
      source: "registry",
    };
    await writeFile(path.join(old, "contractor.json"), JSON.stringify(record));
    expect(await setup()).toMatchObject({ claude: file, outcome: "installed", removed: [old] });
    expect(await readdir(root)).toEqual([folder]);
    await ownClaude("2.1.1");
    expect(await setup()).not.toHaveProperty("claude");
    expect(said.join("\n")).toMatch(
      /is Claude Code 2\.1\.1, .*\. Installing the Claude Code that comes along instead/,
    );
  });

  it("says so when the settings use another harness", async () => {
    const other = await setup({}, { settings: () => ({ package: "claude-agent-acp", path: "/opt/acp" }) });
    expect(other.words).toContain(
      "The setting harness.path is set: the gateway uses /opt/acp, not this one.",
    );
  });

  it("fails as provisioning fails", async () => {
    const npm = await layNpm(home.path, { ci: failsWith("E404") });
    await expect(setup({}, { npm })).rejects.toMatchObject({ code: "harness-missing" });
    await expect(setup({ from: "nowhere.tgz" })).rejects.toMatchObject({ code: "invalid" });
  });

  it("installs from a folder named as a user types it", async () => {
    await setup({ from: "tree" });
    const record = JSON.parse(await readFile(path.join(root, folder, "contractor.json"), "utf8"));
    expect(record).toMatchObject({ package: harness.name, version: "0.101.0", source: "folder" });
  });
});

describe("requiring the harness", () => {
  it("installs it when it is missing, and only then", async () => {
    expect(await requireHarness(await ports(), context())).toBe("claude-agent-acp 0.101.0");
    const npm = await layNpm(home.path, { ci: failsWith("E404") });
    expect(await requireHarness(await ports({ npm }), context())).toBe("claude-agent-acp 0.101.0");
  });

  it("takes what the settings name, and does not install over a wrong one", async () => {
    const command = await ports({
      settings: () => ({ package: "claude-agent-acp", command: ["/opt/agent"] }),
    });
    expect(await requireHarness(command, context())).toBe("custom adapter /opt/agent");
    const wrong = await ports({ settings: () => ({ package: "claude-agent-acp", path: home.path }) });
    await expect(requireHarness(wrong, context())).rejects.toMatchObject({ code: "harness-missing" });
  });
});
