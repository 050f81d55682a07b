// The child process an adapter runs in: how it is spawned, what it last said on stderr, and how it is ended for good.
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { stat } from "node:fs/promises";
import { Failure } from "../common/failure.ts";
import { redact } from "../common/redact.ts";
import { elapsed } from "../common/waiting.ts";
import { killLeftovers, killOrphans } from "./leftover-processes.ts";
import { killTree } from "./process-tree.ts";

export interface Launch {
  /** Absolute path of the executable; never looked up, never a shell string. */
  command: string;
  args: readonly string[];
  /** The whole environment of the child; a mark is added, by which what it starts is found again. */
  env: Readonly<Record<string, string>>;
  cwd: string;
  /** The variable in which whatever a session runs finds that session's id, where there is one. */
  sessionVariable?: string;
}

export interface ExitReport {
  code: number | null;
  signal: string | null;
  /** The last lines of stderr, redacted; empty when the child said nothing. */
  stderr: string;
}

export interface AdapterProcess {
  readonly pid: number;
  readonly child: ChildProcessWithoutNullStreams;
  /** Resolves once, when the process is gone. */
  readonly exited: Promise<ExitReport>;
  stderrTail(): string;
  /**
   * Ends the child: stdin closed, then its whole tree terminated, then killed. Resolves when the process is gone, and
   * what it started with it.
   */
  end(graceMs: number): Promise<void>;
  /** Kills the whole tree at once; of a child that is gone already, what it left behind. */
  kill(): Promise<void>;
  /** Ends what a session left running that died in a child which lives on. */
  killLeftovers(sessionId: string): Promise<void>;
}

const MARK = "CONTRACTOR_ADAPTER";
const STDERR_KEPT = 4_000;
const EOF_PATIENCE_MS = 150;
/** How long what an adapter started may take to end after it, when it was told to end. */
const LAST_WORDS_MS = 1_000;

/**
 * Starts an adapter in a process group of its own, so that the whole tree can be ended.
 * Throws Failure `directory-missing` or `harness-broken` when it cannot be started.
 */
export async function spawnAdapter(launch: Launch): Promise<AdapterProcess> {
  await requireDirectory(launch.cwd);
  const id = randomUUID();
  const mark = `${MARK}=${id}`;
  const child = spawn(launch.command, [...launch.args], {
    cwd: launch.cwd,
    env: { ...launch.env, [MARK]: id },
    stdio: ["pipe", "pipe", "pipe"],
    detached: process.platform !== "win32",
  });
  await started(child, launch);
  const tail = keepTail(child);
  // A write to a child that just died must not take the gateway down; its exit is what counts.
  child.stdin.on("error", () => {});
  const exited = new Promise<ExitReport>((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal, stderr: tail() }));
  });
  const pid = child.pid as number;
  // Claude Code keeps running when its adapter dies and would write next to the resumed session: kill it and everything it
  // spawned. After an orderly end, detached processes are left alone on purpose.
  let ending = false;
  const swept = exited.then(() =>
    ending
      ? killLeftovers({ leader: pid, graceMs: LAST_WORDS_MS })
      : killLeftovers({ leader: pid, mark, graceMs: 0 }),
  );
  const kill = async (graceMs: number) => {
    await killTree({ pid, graceMs });
    child.stdout.destroy();
    child.stderr.destroy();
    await swept;
  };
  return {
    pid,
    child,
    exited,
    stderrTail: tail,
    end: async (graceMs) => {
      ending = true;
      child.stdin.end();
      const gone = await Promise.race([exited.then(() => true), elapsed(EOF_PATIENCE_MS)]);
      if (!gone || child.exitCode === null) await kill(graceMs);
      await swept;
    },
    kill: () => kill(0),
    killLeftovers: (sessionId) => {
      const { sessionVariable } = launch;
      const session = sessionVariable === undefined ? [] : [`${sessionVariable}=${sessionId}`];
      return killOrphans({ root: pid, marks: [mark, ...session] });
    },
  };
}

/** Throws Failure `directory-missing`. */
export async function requireDirectory(cwd: string): Promise<void> {
  const found = await stat(cwd).catch(() => undefined);
  if (found?.isDirectory()) return;
  throw new Failure({
    code: "directory-missing",
    message: `The working directory ${cwd} does not exist. Was it moved or deleted?`,
    next: [
      { say: "Put it back, then send your message again: the session and its memory are kept." },
      { lead: "Or begin a new session in another one", run: "restart", args: "PATH" },
    ],
  });
}

async function started(child: ChildProcessWithoutNullStreams, launch: Launch): Promise<void> {
  try {
    if (child.pid === undefined) await once(child, "spawn");
  } catch (cause) {
    throw new Failure({
      code: "harness-broken",
      message: `${launch.command} could not be started (${cause instanceof Error ? cause.message : "unknown reason"}).`,
      next: { run: "doctor" },
      cause,
    });
  }
}

// Bounded: an adapter that floods stderr costs us these few kilobytes and nothing more.
function keepTail(child: ChildProcessWithoutNullStreams): () => string {
  let kept = "";
  child.stderr.setEncoding("utf8");
  child.stderr.on("data", (chunk: string) => {
    kept = (kept + chunk).slice(-STDERR_KEPT);
  });
  return () => redact(kept.trim());
}
