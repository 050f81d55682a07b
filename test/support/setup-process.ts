// A setup in a process of its own, as the CLI runs one: it can be killed, and two of them meet at the host's real file lock.
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { withFileLock } from "openclaw/plugin-sdk/file-lock";
import type { Lock } from "../../adapters/provision/install-lock.ts";
import {
  type Progress,
  type Provisioned,
  type ProvisionRequest,
  provision,
} from "../../adapters/provision/provision.ts";
import { describe } from "../../common/failure.ts";

/** The host's lock, as the plugin hands it in. */
const hostLock: Lock = (file, task) => {
  const retries = { retries: 600, factor: 1, minTimeout: 200, maxTimeout: 200 };
  return withFileLock(file, { retries, stale: 60 * 60_000 }, task);
};

type PlainRequest = Omit<
  ProvisionRequest,
  "lock" | "env" | "signal" | "onProgress" | "onBegin" | "freeBytes"
>;

/** Starts `provision(request)` in another process, with `env` on top of our own environment. */
export function startSetup(request: PlainRequest, env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [import.meta.filename, JSON.stringify(request)], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const progress: Progress[] = [];
  return { child, pid: child.pid as number, progress, ended: outcomeOf(child, progress) };
}

type Outcome = { done: Provisioned } | { failed: string } | { killed: true };

async function outcomeOf(child: ChildProcess, progress: Progress[]): Promise<Outcome> {
  let outcome: Outcome = { killed: true };
  if (!child.stdout) throw new Error("stdout is piped");
  for await (const line of createInterface({ input: child.stdout })) {
    const said = JSON.parse(line) as Outcome | { progress: Progress };
    if ("progress" in said) progress.push(said.progress);
    else outcome = said;
  }
  return outcome;
}

async function main(request: PlainRequest): Promise<void> {
  const say = (what: Outcome | { progress: Progress }) => console.log(JSON.stringify(what));
  try {
    const onProgress = (progress: Progress) => say({ progress });
    say({ done: await provision({ ...request, lock: hostLock, env: process.env, onProgress }) });
  } catch (error) {
    say({ failed: describe(error) });
  }
}

if (process.argv[1] === import.meta.filename) await main(JSON.parse(process.argv[2] ?? "{}") as PlainRequest);
