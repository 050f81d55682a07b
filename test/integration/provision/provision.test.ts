// Provisioning with a toy harness: every way it can end, and that nothing half installed is ever left.
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Lock } from "../../../adapters/provision/install-lock.ts";
import { locate } from "../../../adapters/provision/locate.ts";
import { type Progress, type ProvisionRequest, provision } from "../../../adapters/provision/provision.ts";
import { describe as inWords } from "../../../common/failure.ts";
import { layClaude, layToyHarness, toyHarness } from "../../support/fake-harness.ts";
import { copies, failsWith, layNpm, neverEnds } from "../../support/fake-npm.ts";
import { isAlive, tempDir, until } from "../../support/poll.ts";
import { startSetup } from "../../support/setup-process.ts";

const alone: Lock = (_, task) => task();
const INSTALLED = "@toys+toy-acp@1.2.3";

let home: Awaited<ReturnType<typeof tempDir>>;
let root: string;
let tree: string;
let locksDir: string;

beforeEach(async () => {
  home = await tempDir("provision");
  root = path.join(home.path, "state", "harness");
  tree = path.join(home.path, "tree");
  locksDir = path.join(home.path, "locks");
  await layToyHarness(tree);
  await mkdir(path.join(locksDir, toyHarness.shortName), { recursive: true });
  for (const file of ["package.json", "package-lock.json"])
    await writeFile(path.join(locksDir, toyHarness.shortName, file), "{}");
});
afterEach(() => home.remove());

function request(more: Partial<ProvisionRequest> = {}): ProvisionRequest {
  return { root, harness: toyHarness, locksDir, lock: alone, env: process.env, ...more };
}

async function npm(ci: string, version?: string) {
  return layNpm(home.path, { ci, ...(version === undefined ? {} : { version }) });
}

async function pidIn(file: string): Promise<number> {
  return until("npm is at work", async () => Number(await readFile(file, "utf8")));
}

const everythingIn = (dir: string) => readdir(dir).catch(() => []);

describe("provisioning from the registry", () => {
  it("installs, proves and names the harness, and then finds it", async () => {
    const progress: Progress[] = [];
    const done = await provision(
      request({ npm: await npm(copies(tree)), onProgress: (step) => progress.push(step) }),
    );
    expect(done).toEqual({ outcome: "installed", dir: path.join(root, INSTALLED) });
    expect(await everythingIn(root)).toEqual([INSTALLED]);
    expect(await locate({ root, harness: toyHarness })).toEqual({
      package: toyHarness.name,
      version: "1.2.3",
      entry: path.join(root, INSTALLED, "node_modules/@toys/toy-acp/dist/index.js"),
      dir: path.join(root, INSTALLED),
      outdated: false,
    });
    expect(progress.map(({ phase }) => phase)).toEqual([
      "checking",
      "fetching",
      "proving",
      "finishing",
      "finishing",
    ]);
    expect(progress.at(-1)?.fraction).toBe(1);
  });

  it("does nothing when it is installed and works", async () => {
    const first = request({ npm: await npm(copies(tree)) });
    await provision(first);
    const again = await provision({ ...first, npm: await npm(failsWith("E404")) });
    expect(again.outcome).toBe("already installed");
  });

  it("installs anew over one that does not work any more", async () => {
    const first = request({ npm: await npm(copies(tree)) });
    await provision(first);
    await rm(path.join(root, INSTALLED, "node_modules/toy-helper"), { recursive: true });
    expect((await provision(first)).outcome).toBe("installed");
    expect(await everythingIn(root)).toEqual([INSTALLED]);
  });

  it("tells npm never to run scripts, and to leave optional packages out for a user's own Claude Code", async () => {
    const log = path.join(home.path, "argv");
    const claude = await layClaude(path.join(home.path, "bin/claude"), "2.1.328");
    const writes = `fs.writeFileSync(${JSON.stringify(log)}, process.argv.slice(2).join(" "));`;
    await provision(request({ claude, npm: await npm(`${writes}${copies(tree)}`) }));
    const said = await readFile(log, "utf8");
    expect(said).toMatch(/^ci --ignore-scripts --no-audit --no-fund /);
    expect(said).toContain("--omit=optional");
    expect(await locate({ root, harness: toyHarness })).toMatchObject({ claude });
  });

  it.each([
    ["E404", "harness-missing", /registry does not hand out @toys\/toy-acp 1\.2\.3 \(404\)/],
    ["ECONNREFUSED", "harness-missing", /registry cannot be reached \(ECONNREFUSED\).*--from DIR\|TGZ/],
    ["EINTEGRITY", "harness-broken", /checksum differs/],
    ["ENOSPC", "limit-reached", /disk is full/],
    ["EACCES", "refused", /\/some\/cache cannot be written to/],
    ["EUSAGE", "harness-broken", /could not install .* \[redacted\]/],
  ])("says what npm's %s means, and leaves nothing behind", async (code, kind, sentence) => {
    const more = "npm error path /some/cache\nnpm error sk-notASecretReally";
    const failure = await provision(request({ npm: await npm(failsWith(code, more)) })).catch((e) => e);
    expect(failure).toMatchObject({ code: kind });
    expect(inWords(failure)).toMatch(sentence);
    expect(await everythingIn(root)).toEqual([]);
  });

  it("says that npm is missing, or too old", async () => {
    const none = provision(request({ env: { PATH: home.path } }));
    await expect(none).rejects.toMatchObject({ code: "harness-missing", message: /npm is not on the PATH/ });
    const old = provision(request({ npm: await npm(copies(tree), "9.8.1") }));
    await expect(old).rejects.toMatchObject({ code: "harness-missing", message: /npm 9\.8\.1 is too old/ });
    expect(await everythingIn(root)).toEqual([]);
  });

  it("refuses before it begins when the disk has no room", async () => {
    const full = provision(request({ npm: await npm(copies(tree)), freeBytes: async () => 1_500_000 }));
    await expect(full).rejects.toMatchObject({ code: "limit-reached", message: /1 MB free.*about 2 MB/ });
  });

  it("says so when its folder cannot be made", async () => {
    await writeFile(path.join(home.path, "state"), "a file");
    const refused = provision(request({ npm: await npm(copies(tree)) }));
    await expect(refused).rejects.toMatchObject({ code: "refused", message: /cannot be written to/ });
  });

  it.each([
    [
      "dies at once",
      "console.error('toys are out, token=abcdef123456'); process.exit(3);",
      /ended with code 3/,
    ],
    [
      "refuses",
      "process.stdin.once('data', () => console.log(JSON.stringify({jsonrpc:'2.0',id:0,error:{code:-32603,message:'no toys today'}})));",
      /no toys today/,
    ],
  ])("shows the last words of a harness that %s, without secrets", async (_, agent, words) => {
    await layToyHarness(tree, { agent });
    const failure = await provision(request({ npm: await npm(copies(tree)) })).catch((error) => error);
    expect(failure).toMatchObject({ code: "harness-broken" });
    expect(failure.message).toMatch(words);
    expect(failure.message).not.toContain("abcdef123456");
    expect(await everythingIn(root)).toEqual([]);
  });

  it("does not take a package without its program, or with another version", async () => {
    await rm(path.join(tree, "node_modules/@toys/toy-acp/dist"), { recursive: true });
    const hollow = provision(request({ npm: await npm(copies(tree)) }));
    await expect(hollow).rejects.toMatchObject({
      code: "harness-broken",
      message: /dist\/index\.js is missing/,
    });
    await layToyHarness(tree, { version: "1.2.4" });
    const other = provision(request({ npm: await npm(copies(tree)) }));
    await expect(other).rejects.toMatchObject({ code: "harness-broken", message: /its package is 1\.2\.4/ });
  });
});

describe("a setup that is interrupted", () => {
  it("ends npm and tidies up when it is cancelled", async () => {
    const pidFile = path.join(home.path, "pid");
    const stop = new AbortController();
    const running = provision(request({ npm: await npm(neverEnds(pidFile)), signal: stop.signal }));
    const outcome = running.catch((error: unknown) => error);
    const pid = await pidIn(pidFile);
    stop.abort();
    expect(await outcome).toMatchObject({ code: "cancelled" });
    await until("npm is gone", () => !isAlive(pid));
    expect(await everythingIn(root)).toEqual([]);
  });

  it("takes npm along when it is killed, and the next one clears its remains and succeeds", async () => {
    const pidFile = path.join(home.path, "pid");
    const plain = { root, harness: toyHarness, locksDir };
    const first = startSetup({ ...plain, npm: await npm(neverEnds(pidFile)) });
    const pid = await pidIn(pidFile);
    process.kill(first.pid, "SIGKILL");
    expect(await first.ended).toEqual({ killed: true });
    await until("npm is gone too", () => !isAlive(pid));
    const left = (await everythingIn(root)).filter((name) => !name.endsWith(".lock"));
    expect(left).toHaveLength(1);
    expect(left[0]).toMatch(new RegExp(`^\\.tmp-${first.pid}-`));
    const second = startSetup({ ...plain, npm: await npm(copies(tree)) });
    expect(await second.ended).toMatchObject({ done: { outcome: "installed" } });
    expect(await everythingIn(root)).toEqual([INSTALLED]);
  });
});

describe("two setups at once", () => {
  it("lets one install and the other wait and find it", async () => {
    const slow = `await new Promise((resolve) => setTimeout(resolve, 1500));${copies(tree)}`;
    const plain = { root, harness: toyHarness, locksDir, npm: await npm(slow) };
    const both = [startSetup(plain), startSetup(plain)];
    const outcomes = await Promise.all(both.map(({ ended }) => ended));
    const said = outcomes.map((outcome) => "done" in outcome && outcome.done.outcome);
    expect(said.sort()).toEqual(["already installed", "installed"]);
    const notes = both.filter(({ progress }) => progress.some(({ phase }) => phase === "waiting"));
    expect(notes).toHaveLength(1);
    expect(await everythingIn(root)).toEqual([INSTALLED]);
  });

  it("lets the waiting one give up", async () => {
    const stop = new AbortController();
    const never: Lock = () => new Promise(() => {});
    const waiting = provision(
      request({
        lock: never,
        signal: stop.signal,
        onProgress: ({ phase }) => phase === "waiting" && stop.abort(),
      }),
    );
    await expect(waiting).rejects.toMatchObject({ code: "cancelled" });
  });
});

describe("changing whose Claude Code is used", () => {
  it("records one's own and drops the bundled one, and brings it back on request", async () => {
    const brain = path.join(root, INSTALLED, "node_modules/@toys/brain-here/claude");
    const claude = await layClaude(path.join(home.path, "bin/claude"), "2.1.328");
    const base = request({ npm: await npm(copies(tree)) });
    await provision(base);
    expect((await provision({ ...base, claude, inUse: [path.join(root, INSTALLED)] })).outcome).toBe(
      "changed",
    );
    await expect(readFile(brain)).resolves.toBeDefined();
    await provision(base);
    expect((await provision({ ...base, claude })).outcome).toBe("changed");
    await expect(readFile(brain)).rejects.toThrow("ENOENT");
    expect((await provision(base)).outcome).toBe("installed");
    expect(await locate({ root, harness: toyHarness })).not.toHaveProperty("claude");
  });

  it.each([
    ["bin/claude", "2.0.9", /is Claude Code 2\.0\.9, and toy-acp needs 2\.1\.0 or newer/],
    ["bin/claude", "nonsense", /does not answer --version/],
    ["bin/other", "2.1.328", /is not a file this user can run/],
  ])("refuses %s that says %s", async (name, version, sentence) => {
    await layClaude(path.join(home.path, "bin/claude"), version);
    const claude = path.join(home.path, name);
    const refused = provision(request({ claude, npm: await npm(copies(tree)) }));
    await expect(refused).rejects.toMatchObject({ code: "invalid", message: sentence });
    expect(await everythingIn(root)).toEqual([]);
  });
});
