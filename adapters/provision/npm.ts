// npm as the installer: which one, how it is called, and what its error codes mean to a user.
import { realpath, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Failure, type Step } from "../../common/failure.ts";
import { findOnPath } from "./claude-executable.ts";
import { diskFull, notWritable } from "./file-failures.ts";
import { compareVersions, type HarnessPackage } from "./harness-package.ts";
import { runSupervised } from "./supervised-child.ts";

export type Argv = readonly [string, ...string[]];

const OLDEST_NPM = "10.0.0";
const VERSION_PATIENCE_MS = 30_000;
const INSTALL_PATIENCE_MS = 60 * 60_000;
const WITHOUT_NETWORK: Step = { lead: "Without a network, use", run: "setup", args: "--from DIR|TGZ" };

// Every flag a user's own npmrc could turn against an exact install is said aloud. Scripts never run. The retries are
// npm's own, only sooner: its default waits a minute before it says that nobody answers.
const INSTALL = [
  "ci",
  "--ignore-scripts",
  "--no-audit",
  "--no-fund",
  "--no-update-notifier",
  "--omit=dev",
  "--include=peer",
  "--legacy-peer-deps=false",
  "--install-strategy=hoisted",
  "--global=false",
  "--dry-run=false",
  "--workspaces=false",
  "--loglevel=error",
  "--fetch-retry-mintimeout=1000",
  "--fetch-retry-maxtimeout=5000",
];

/**
 * The npm to call: the one given, else the first on the PATH, run by our own Node where it is a script of npm's.
 * @throws {Failure} "harness-missing" when there is none, or it is older than 10.
 */
export async function findNpm(o: {
  npm?: Argv | undefined;
  env: NodeJS.ProcessEnv;
  signal?: AbortSignal | undefined;
}): Promise<Argv> {
  const npm = o.npm ?? (await npmOnPath(o.env));
  if (!npm) throw noNpm("npm is not on the PATH, and the harness is installed with it.");
  const ask = { command: [...npm, "--version"], cwd: tmpdir(), timeoutMs: VERSION_PATIENCE_MS };
  const { code, stdout } = await runSupervised({ ...ask, env: withOurNode(o.env), signal: o.signal });
  const version = stdout.trim();
  if (code !== 0 || !/^\d+\.\d+\.\d+/.test(version)) throw noNpm(`${npm.join(" ")} does not run.`);
  if (compareVersions(version, OLDEST_NPM) < 0)
    throw noNpm(`npm ${version} is too old; the harness needs npm 10 or newer.`);
  return npm;
}

/**
 * Installs what `dir`'s lockfile says, with every integrity checked and no script run.
 * `lean` leaves the optional packages out, which in both harnesses are only the bundled Claude Code and its helpers.
 * @throws {Failure} that names what npm could not do.
 */
export async function npmInstall(o: {
  npm: Argv;
  dir: string;
  root: string;
  harness: HarnessPackage;
  lean: boolean;
  env: NodeJS.ProcessEnv;
  signal?: AbortSignal | undefined;
}): Promise<void> {
  const optional = o.lean ? "--omit=optional" : "--include=optional";
  const command = [...o.npm, ...INSTALL, optional];
  const run = { command, cwd: o.dir, timeoutMs: INSTALL_PATIENCE_MS, signal: o.signal };
  const { code, stderr } = await runSupervised({ ...run, env: withOurNode(o.env) });
  if (code !== 0) throw npmFailure({ ...o, stderr });
}

/** Reads npm's error code out of what it wrote, and says what it means. */
function npmFailure(o: { stderr: string; root: string; harness: HarnessPackage }): Failure {
  const code = /^npm (?:error|ERR!) code (\S+)/m.exec(o.stderr)?.[1] ?? "";
  const what = `${o.harness.name} ${o.harness.version}`;
  if (["ENOSPC", "EDQUOT"].includes(code)) return diskFull(o.root);
  if (["EACCES", "EPERM", "EROFS"].includes(code)) return notWritable(unwritable(o.stderr) ?? o.root);
  if (code === "EINTEGRITY")
    return new Failure({
      code: "harness-broken",
      message: `A download for ${what} is not the file that was published: its checksum differs.`,
      next: {
        say: "Run setup again; if it stays, ask whoever runs your npm registry or proxy, and do not use that file.",
      },
    });
  if (/^E40[0-9]$/.test(code))
    return new Failure({
      code: "harness-missing",
      message: `The npm registry does not hand out ${what} (${code.slice(1)}).`,
      next: [
        { say: "Check the registry and its login in your npm settings (npm config get registry)." },
        WITHOUT_NETWORK,
      ],
    });
  if (UNREACHABLE.test(code))
    return new Failure({
      code: "harness-missing",
      message: `The npm registry cannot be reached (${code}).`,
      next: [
        { say: "Check the network, proxy and registry in your npm settings and run setup again." },
        WITHOUT_NETWORK,
      ],
    });
  return new Failure({
    code: "harness-broken",
    message: `npm could not install ${what}: ${lastWords(o.stderr)}`,
    next: [{ say: "Run setup again." }, WITHOUT_NETWORK],
  });
}

const UNREACHABLE =
  /^(E5\d\d|ENOTFOUND|EAI_\w+|ECONN\w+|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EPIPE|ENOTCACHED|ERR_SOCKET_TIMEOUT|ERR_SSL\w*|CERT_\w+|EPROTO|SELF_SIGNED\w*|DEPTH_ZERO\w*|UNABLE_TO\w*|FETCH_ERROR)$/;

async function npmOnPath(env: NodeJS.ProcessEnv): Promise<Argv | undefined> {
  const npm = await findOnPath("npm", env);
  if (npm === undefined) return undefined;
  const beside = path.join(path.dirname(npm), "node_modules", "npm", "bin", "npm-cli.js");
  const script = process.platform === "win32" ? beside : await realpath(npm);
  const isScript = path.basename(script) === "npm-cli.js" && (await stat(script).catch(() => undefined));
  return isScript ? [process.execPath, script] : [npm];
}

// A wrapper script finds `node` on the PATH; it is to be ours, for an older one may refuse what the lockfile holds.
function withOurNode(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...env, PATH: [path.dirname(process.execPath), env.PATH ?? ""].join(path.delimiter) };
}

function noNpm(message: string): Failure {
  return new Failure({
    code: "harness-missing",
    message,
    next: [
      { say: "Install Node.js 24 with npm 10 or newer, or put npm on the PATH, and run setup again." },
      WITHOUT_NETWORK,
    ],
  });
}

function unwritable(stderr: string): string | undefined {
  return /^npm (?:error|ERR!) path (.+)$/m.exec(stderr)?.[1];
}

function lastWords(stderr: string): string {
  const lines = stderr.split("\n").filter((line) => /^npm (?:error|ERR!) (?!A complete log)/.test(line));
  const text = lines.map((line) => line.replace(/^npm (?:error|ERR!) /, "")).join(" ");
  return text.slice(0, 400) || "it gave no reason.";
}
