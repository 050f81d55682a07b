// The proof that a harness works: it answers ACP `initialize`, and the Claude Code it will use runs.
import { mkdtemp, rm, stat } from "node:fs/promises";
import path from "node:path";
import { Readable, Writable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { client, methods, ndJsonStream, PROTOCOL_VERSION } from "@agentclientprotocol/sdk";
import { Failure } from "../../common/failure.ts";
import { claudeVersion } from "./claude-executable.ts";
import type { HarnessPackage } from "./harness-package.ts";
import { packageVersion } from "./installed-tree.ts";
import { type SupervisedChild, spawnSupervised } from "./supervised-child.ts";

const PATIENCE_MS = 60_000;
const LAST_WORDS_MS = 500;

/**
 * Starts the harness installed in `dir` and lets it introduce itself; without `claude`, the bundled one must run as well.
 * The user's own Claude settings are neither read nor written.
 * @throws {Failure} "harness-broken" with what it last said.
 */
export async function verifyInstall(o: {
  dir: string;
  harness: HarnessPackage;
  claude?: string | undefined;
  env: NodeJS.ProcessEnv;
  signal?: AbortSignal | undefined;
  patienceMs?: number | undefined;
}): Promise<void> {
  const packageDir = path.join(o.dir, "node_modules", o.harness.name);
  const entry = path.join(packageDir, o.harness.entry);
  const version = await packageVersion(packageDir);
  if (version !== o.harness.version) throw broken(o, `its package is ${version ?? "missing"}`);
  if (!(await stat(entry).catch(() => undefined))?.isFile())
    throw broken(o, `its program ${o.harness.entry} is missing`);
  // Beside it and named as setup names what it may remove, should we be killed here.
  const home = await mkdtemp(path.join(path.dirname(o.dir), `.tmp-${process.pid}-`));
  const env = cleanEnvironment({ from: o.env, home, claude: o.claude });
  try {
    if (o.claude === undefined) await requireBundled({ ...o, packageDir, env });
    await introduce({ ...o, command: [process.execPath, entry], env });
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

/** The Claude Code that came along with an installed package, for this machine; undefined when it was left out. */
export async function findBundled(o: {
  packageDir: string;
  harness: HarnessPackage;
}): Promise<string | undefined> {
  for (let dir = o.packageDir; dir !== path.dirname(dir); dir = path.dirname(dir)) {
    for (const file of o.harness.bundled) {
      const place = path.join(dir, "node_modules", file);
      if ((await stat(place).catch(() => undefined))?.isFile()) return place;
    }
  }
  return undefined;
}

// Enough to start a program with, and nothing that tells it who the user is.
function cleanEnvironment(o: {
  from: NodeJS.ProcessEnv;
  home: string;
  claude?: string | undefined;
}): NodeJS.ProcessEnv {
  const kept = ["PATH", "SystemRoot", "TMPDIR", "TEMP", "TMP"].map((name) => [name, o.from[name]]);
  return {
    ...Object.fromEntries(kept.filter(([, value]) => value !== undefined)),
    HOME: o.home,
    USERPROFILE: o.home,
    CLAUDE_CONFIG_DIR: path.join(o.home, "claude"),
    DISABLE_AUTOUPDATER: "1",
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    ...(o.claude === undefined ? {} : { CLAUDE_CODE_EXECUTABLE: o.claude }),
  };
}

async function requireBundled(o: {
  dir: string;
  packageDir: string;
  harness: HarnessPackage;
  env: NodeJS.ProcessEnv;
  signal?: AbortSignal | undefined;
}): Promise<void> {
  const file = await findBundled(o);
  if (file === undefined)
    throw broken(
      o,
      `it has no Claude Code for ${process.platform}-${process.arch}`,
      "Or give your own with --claude PATH",
    );
  const command = file.endsWith(".js") ? [process.execPath, file] : [file];
  if ((await claudeVersion({ ...o, command })) === undefined)
    throw broken(
      o,
      "the Claude Code in it does not run on this machine",
      "Or give your own with --claude PATH",
    );
}

async function introduce(o: {
  dir: string;
  harness: HarnessPackage;
  command: readonly string[];
  env: NodeJS.ProcessEnv;
  signal?: AbortSignal | undefined;
  patienceMs?: number | undefined;
}): Promise<void> {
  o.signal?.throwIfAborted();
  const child = spawnSupervised({ command: o.command, cwd: o.dir, env: o.env });
  const deadline = AbortSignal.timeout(o.patienceMs ?? PATIENCE_MS);
  const stops = [deadline, ...(o.signal ? [o.signal] : [])];
  for (const stop of stops) stop.addEventListener("abort", child.end);
  try {
    await answer(child);
  } catch (error) {
    o.signal?.throwIfAborted();
    const why = deadline.aborted ? "it did not answer in time" : messageOf(error);
    throw broken(o, said(why, child.stderrTail()), undefined, error);
  } finally {
    for (const stop of stops) stop.removeEventListener("abort", child.end);
    child.end();
    await child.exited;
  }
}

// A program that dies closes its pipes first; how it ended tells more than that they closed.
async function answer(child: SupervisedChild): Promise<void> {
  const ended = child.exited.then(({ code }): never => {
    throw new Error(`it ended with code ${code} before it answered`);
  });
  const refused = (error: unknown) =>
    Promise.race([ended, pause(LAST_WORDS_MS).then(() => Promise.reject(error))]);
  await Promise.race([ended, initialize(child).catch(refused)]);
}

async function initialize(child: SupervisedChild): Promise<void> {
  const stream = ndJsonStream(Writable.toWeb(child.stdin), Readable.toWeb(child.stdout));
  const connection = client({ name: "openclaw-contractor-setup" }).connect(stream);
  await connection.agent.request(methods.agent.initialize, {
    protocolVersion: PROTOCOL_VERSION,
    clientCapabilities: {},
  });
}

function said(why: string, stderr: string): string {
  const last = stderr.split("\n").slice(-6).join(" ").slice(-400).trim();
  return last ? `${why} (${last})` : why;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : "it answered with an error";
}

function broken(
  o: { harness: HarnessPackage },
  why: string,
  instead?: string | undefined,
  cause?: unknown,
): Failure {
  return new Failure({
    code: "harness-broken",
    message: `The installed ${o.harness.name} ${o.harness.version} does not work: ${why}.`,
    next: [{ run: "setup" }, ...(instead ? [{ say: `${instead}.` }] : [])],
    cause,
  });
}
