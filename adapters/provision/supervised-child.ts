// A supervised child: a process that cannot outlive us. SIGKILL of ours must not leave an npm behind that goes on writing.
import { type ChildProcess, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { Failure } from "../../common/failure.ts";
import { redact } from "../../common/redact.ts";

export interface SupervisedChild {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Resolves once, when the process is gone and its output was read. */
  readonly exited: Promise<{ code: number; stderr: string }>;
  /** The last of what it wrote on stderr, redacted. */
  stderrTail(): string;
  /** Kills it and everything it started, at once. */
  end(): void;
}

const STDERR_KEPT = 8_000;
const NOT_STARTED = 127;

// Between us and the child stands this little process. It holds the other end of a pipe of ours (fd 3), and when that
// closes, because we ended the child or because we died, it takes the whole process group along.
const SUPERVISOR = `
const [command, ...args] = process.argv.slice(1);
const child = require("node:child_process").spawn(command, args, { stdio: "inherit", windowsHide: true });
child.on("error", (error) => { console.error(error.message); process.exit(${NOT_STARTED}); });
child.on("exit", (code) => process.exit(code ?? 1));
const us = new (require("node:net").Socket)({ fd: 3 });
us.on("error", () => {});
us.on("close", () => {
  if (process.platform === "win32") { child.kill("SIGKILL"); return; }
  process.kill(-process.pid, "SIGKILL");
});
us.resume();
`;

/** Starts `command` (argv, no shell) with exactly `env`. A program that cannot be started exits with code 127. */
export function spawnSupervised(o: {
  command: readonly string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
}): SupervisedChild {
  const supervisor = spawn(process.execPath, ["-e", SUPERVISOR, "--", ...o.command], {
    cwd: o.cwd,
    env: o.env,
    stdio: ["pipe", "pipe", "pipe", "pipe"],
    detached: process.platform !== "win32",
    windowsHide: true,
  });
  const lifeline = supervisor.stdio[3] as Writable;
  for (const stream of [supervisor.stdin, lifeline]) stream.on("error", () => {});
  const tail = keepTail(supervisor.stderr);
  return {
    stdin: supervisor.stdin,
    stdout: supervisor.stdout,
    exited: exitOf(supervisor, tail),
    stderrTail: tail,
    end: () => lifeline.destroy(),
  };
}

/**
 * Runs `command` to its end and returns what it printed.
 * @throws {Failure} "timed-out" after `timeoutMs`; the reason of `signal` when that comes first.
 */
export async function runSupervised(o: {
  command: readonly string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}): Promise<{ code: number; stdout: string; stderr: string }> {
  o.signal?.throwIfAborted();
  const child = spawnSupervised(o);
  child.stdin.end();
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    stdout = (stdout + chunk).slice(-STDERR_KEPT);
  });
  const deadline = AbortSignal.timeout(o.timeoutMs);
  const stops = [deadline, ...(o.signal ? [o.signal] : [])];
  for (const stop of stops) stop.addEventListener("abort", child.end);
  const { code, stderr } = await child.exited;
  for (const stop of stops) stop.removeEventListener("abort", child.end);
  o.signal?.throwIfAborted();
  if (deadline.aborted) throw tookTooLong(o);
  return { code, stdout, stderr };
}

function exitOf(supervisor: ChildProcess, tail: () => string): SupervisedChild["exited"] {
  return new Promise((resolve) => {
    supervisor.once("error", (error) => resolve({ code: NOT_STARTED, stderr: error.message }));
    supervisor.once("close", (code) => resolve({ code: code ?? 1, stderr: tail() }));
  });
}

function keepTail(stderr: Readable): () => string {
  let kept = "";
  stderr.setEncoding("utf8").on("data", (chunk: string) => {
    kept = (kept + chunk).slice(-STDERR_KEPT);
  });
  return () => redact(kept.trim());
}

function tookTooLong(o: { command: readonly string[]; timeoutMs: number }): Failure {
  return new Failure({
    code: "timed-out",
    message: `${o.command[0]} did not finish within ${Math.round(o.timeoutMs / 1000)} seconds.`,
    next: { say: "Try again." },
  });
}
