// The real npm and the real registry: installed once per adapter, interrupted on the way, and what goes wrong on it.
import { cp, mkdir, readdir, readFile, realpath, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { harnessPackages } from "../../../adapters/claude/packages.ts";
import { locate } from "../../../adapters/provision/locate.ts";
import { type ProvisionRequest, provision } from "../../../adapters/provision/provision.ts";
import { tempDir, until } from "../../support/poll.ts";
import { startSetup } from "../../support/setup-process.ts";

const checkout = path.join(import.meta.dirname, "../../..");
const locksDir = path.join(checkout, "adapters/provision/locks");
const claudeAgentAcp = harnessPackages["claude-agent-acp"];
const claudeCodeAcp = harnessPackages["claude-code-acp"];
const MINUTES = 60_000;

let home: Awaited<ReturnType<typeof tempDir>>;
let root: string;
let env: Record<string, string>;
let claude: string;

beforeAll(async () => {
  home = await tempDir("registry");
  root = path.join(home.path, "harness");
  env = { npm_config_cache: path.join(home.path, "cache") };
  claude = await realpath(path.join(checkout, "node_modules", claudeAgentAcp.bundled[0] ?? ""));
});
afterAll(() => home.remove());

function request(more: Partial<ProvisionRequest>): ProvisionRequest {
  const lock: ProvisionRequest["lock"] = (_, task) => task();
  const place = path.join(home.path, "other");
  return {
    root: place,
    harness: claudeAgentAcp,
    locksDir,
    lock,
    claude,
    env: { ...process.env, ...env },
    ...more,
  };
}

const folders = async (dir: string) => (await readdir(dir)).filter((name) => !name.endsWith(".lock"));

describe("claude-agent-acp from the registry", () => {
  it("killed in the middle, then twice at once: it is whole, and installed once", {
    timeout: 3 * MINUTES,
  }, async () => {
    const plain = { root, harness: claudeAgentAcp, locksDir };
    const first = startSetup(plain, env);
    const half = await until(
      "npm has begun to write",
      async () => {
        const [name] = await folders(root);
        const modules = path.join(root, name ?? "", "node_modules");
        return name !== undefined && (await readdir(modules)).length > 5 && name;
      },
      { withinMs: MINUTES },
    );
    process.kill(first.pid, "SIGKILL");
    expect(await first.ended).toEqual({ killed: true });
    expect(await folders(root)).toEqual([half]);
    expect(half).toMatch(/^\.tmp-/);
    await expect(locate({ root, harness: claudeAgentAcp })).rejects.toMatchObject({
      code: "harness-missing",
    });

    const both = [startSetup(plain, env), startSetup(plain, env)];
    const outcomes = await Promise.all(both.map(({ ended }) => ended));
    const said = outcomes.map((outcome) => ("done" in outcome ? outcome.done.outcome : outcome));
    expect(said.sort()).toEqual(["already installed", "installed"]);
    expect(await folders(root)).toEqual(["@agentclientprotocol+claude-agent-acp@0.101.0"]);
    const found = await locate({ root, harness: claudeAgentAcp });
    expect(found).toMatchObject({ version: "0.101.0", outdated: false });
    const native = claudeAgentAcp.bundled.map((file) => stat(path.join(found.dir, "node_modules", file)));
    expect((await Promise.allSettled(native)).some(({ status }) => status === "fulfilled")).toBe(true);
  });

  it("a file that is not the published one is not installed", { timeout: MINUTES }, async () => {
    const tampered = path.join(home.path, "locks");
    await cp(locksDir, tampered, { recursive: true });
    const lockFile = path.join(tampered, "claude-agent-acp/package-lock.json");
    const lock = JSON.parse(await readFile(lockFile, "utf8"));
    lock.packages["node_modules/diff"].integrity = `sha512-${"A".repeat(86)}==`;
    await writeFile(lockFile, JSON.stringify(lock));
    await mkdir(path.join(home.path, "other"), { recursive: true });
    await expect(provision(request({ locksDir: tampered }))).rejects.toMatchObject({
      code: "harness-broken",
      message: /checksum differs/,
    });
    expect(await folders(path.join(home.path, "other"))).toEqual([]);
  });

  it("a registry nobody answers at is told within seconds", { timeout: MINUTES }, async () => {
    const nowhere = {
      ...process.env,
      npm_config_registry: "http://127.0.0.1:9",
      npm_config_cache: path.join(home.path, "empty-cache"),
    };
    await expect(provision(request({ env: nowhere }))).rejects.toMatchObject({
      code: "harness-missing",
      message: /registry cannot be reached/,
    });
    expect(await folders(path.join(home.path, "other"))).toEqual([]);
  });
});

describe("claude-code-acp from the registry", () => {
  it("is installed for the user's own Claude Code", { timeout: 2 * MINUTES }, async () => {
    const done = await provision(request({ harness: claudeCodeAcp }));
    expect(done.outcome).toBe("installed");
    const where = { root: path.join(home.path, "other"), harness: claudeCodeAcp };
    expect(await locate(where)).toMatchObject({ version: "0.16.2", claude });
    expect(await readdir(path.join(done.dir, "node_modules"))).not.toContain("@img");
  });
});
