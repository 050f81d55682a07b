// Provisioning: puts the pinned version of a harness into its folder, whole or not at all.
import { randomUUID } from "node:crypto";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { Failure } from "../../common/failure.ts";
import { checkClaude } from "./claude-executable.ts";
import { fileFailure } from "./file-failures.ts";
import { folderName, type HarnessPackage } from "./harness-package.ts";
import { exclusively, type Lock } from "./install-lock.ts";
import { readRecord, writeRecord } from "./install-record.ts";
import { isWithin } from "./locate.ts";
import type { Argv } from "./npm.ts";
import { fetchFrom, type Source, sourceOf } from "./source.ts";
import { requireSpace, syncPath, syncTree, watchGrowth } from "./space.ts";
import { verifyInstall } from "./verify-install.ts";

export interface Progress {
  phase: "waiting" | "checking" | "fetching" | "proving" | "finishing";
  text: string;
  /** 0..1, where the end is known. */
  fraction?: number;
  elapsedMs: number;
}

export interface ProvisionRequest {
  /** `<stateDir>/contractor/harness`; made when it is missing. */
  root: string;
  harness: HarnessPackage;
  /** The folder with a lockfile per harness, by its short name. */
  locksDir: string;
  lock: Lock;
  /** The user's own Claude Code; the bundled one is then left out. */
  claude?: string | undefined;
  /** A folder or .tgz to install from, instead of the registry. */
  from?: string | undefined;
  npm?: Argv | undefined;
  /** Folders a running adapter was started from; nothing is taken away from them. */
  inUse?: readonly string[] | undefined;
  env: NodeJS.ProcessEnv;
  signal?: AbortSignal | undefined;
  /** Called once it is clear that there is something to install. */
  onBegin?: (() => void) | undefined;
  onProgress?: ((progress: Progress) => void) | undefined;
  /** Free bytes at a folder; asked of the file system unless a test knows better. */
  freeBytes?: ((dir: string) => Promise<number>) | undefined;
}

export interface Provisioned {
  /** `changed`: it was there, and now uses another Claude Code. */
  outcome: "installed" | "already installed" | "changed";
  dir: string;
}

type Report = (phase: Progress["phase"], text: string, fraction?: number) => void;

const TEMPORARY = /^\.tmp-(\d+)-/;

/**
 * Installs `harness` at its pinned version into `root`, proves that it works, and only then gives it its name.
 * One at a time on this machine: a second call waits, and then finds it installed. When it fails, is cancelled or killed,
 * nothing but a `.tmp-` folder can remain, which the next call removes.
 * @throws {Failure} that says what is wrong and what to do.
 */
export async function provision(request: ProvisionRequest): Promise<Provisioned> {
  const { root, signal } = request;
  const started = Date.now();
  const report: Report = (phase, text, fraction) => {
    const elapsedMs = Date.now() - started;
    request.onProgress?.({ phase, text, elapsedMs, ...(fraction === undefined ? {} : { fraction }) });
  };
  try {
    if (request.claude !== undefined) await checkClaude({ ...request, file: request.claude });
    await mkdir(root, { recursive: true });
    const wait = () => report("waiting", "Another setup is running; waiting for it to end.");
    return await exclusively({ ...request, wait, task: () => installOnce(request, report) });
  } catch (error) {
    if (signal?.aborted) throw cancelled(error);
    throw fileFailure(error, root);
  }
}

async function installOnce(request: ProvisionRequest, report: Report): Promise<Provisioned> {
  await removeAbandoned(request.root);
  report("checking", `Looking for ${request.harness.name} ${request.harness.version}.`);
  const dir = path.join(request.root, folderName(request.harness));
  const present = await keepPresent(request, dir);
  if (present) return { outcome: present, dir };
  request.onBegin?.();
  const source = await sourceOf(request.from);
  const megabytes = sizeOf(request).disk;
  await requireSpace({ dir: request.root, megabytes, freeBytes: request.freeBytes });
  const temporary = path.join(request.root, `.tmp-${process.pid}-${randomUUID()}`);
  try {
    await mkdir(temporary, { mode: 0o700 });
    await fill({ request, source, temporary, report });
    report("proving", "Starting it once, to see that it works.", 0.92);
    await verifyInstall({ ...request, dir: temporary });
    report("finishing", "Writing it to the disk.", 0.96);
    await writeRecord(temporary, recordOf(request, source.kind));
    await syncTree(temporary);
    request.signal?.throwIfAborted();
    await giveName({ temporary, dir, root: request.root });
    report("finishing", "Done.", 1);
    return { outcome: "installed", dir };
  } finally {
    await rm(temporary, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

// What is there is used when it works as asked; anything else is installed anew.
async function keepPresent(
  request: ProvisionRequest,
  dir: string,
): Promise<"already installed" | "changed" | undefined> {
  const record = await readRecord(dir);
  if (!record) return undefined;
  try {
    await verifyInstall({ ...request, dir });
  } catch (error) {
    request.signal?.throwIfAborted();
    if (error instanceof Failure) return undefined;
    throw error;
  }
  if (record.claude === request.claude) return "already installed";
  const { claude: _, ...rest } = record;
  await writeRecord(dir, { ...rest, ...own(request) });
  if (request.claude !== undefined) await dropBundled(request, dir);
  return "changed";
}

// A running adapter would miss it at its next session; there it stays until the next version replaces the folder.
async function dropBundled(request: ProvisionRequest, dir: string): Promise<void> {
  if (request.inUse?.some((used) => isWithin(used, dir))) return;
  for (const name of request.harness.droppable)
    await rm(path.join(dir, "node_modules", name), { recursive: true, force: true });
}

async function fill(o: {
  request: ProvisionRequest;
  source: Source;
  temporary: string;
  report: Report;
}): Promise<void> {
  const watching = new AbortController();
  const expected = sizeOf(o.request).disk;
  const verb = { registry: "Downloading", folder: "Copying", archive: "Unpacking" }[o.source.kind];
  const show = (megabytes: number) => {
    const share = Math.min(megabytes / expected, 0.99);
    const text = `${verb} ${o.request.harness.shortName}: ${Math.round(megabytes)} of about ${expected} MB.`;
    o.report("fetching", text, 0.9 * share);
  };
  show(0);
  const watched = watchGrowth({ dir: o.temporary, signal: watching.signal, report: show });
  try {
    await fetchFrom({ ...o.request, source: o.source, to: o.temporary });
  } finally {
    watching.abort();
    await watched;
  }
}

function sizeOf({ harness, claude }: ProvisionRequest): { disk: number } {
  return claude === undefined ? harness.megabytes.full : harness.megabytes.lean;
}

function recordOf(request: ProvisionRequest, source: Source["kind"]) {
  const { name, version } = request.harness;
  return { package: name, version, ...own(request), installedAt: new Date().toISOString(), source };
}

function own({ claude }: ProvisionRequest): { claude?: string } {
  return claude === undefined ? {} : { claude };
}

// A folder that is in the way is one that did not prove itself; it goes only once its successor is complete.
async function giveName(o: { temporary: string; dir: string; root: string }): Promise<void> {
  const aside = path.join(o.root, `.tmp-${process.pid}-${randomUUID()}`);
  await rename(o.dir, aside).catch(ignoreMissing);
  await rename(o.temporary, o.dir);
  await syncPath(o.root);
  await rm(aside, { recursive: true, force: true });
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}

async function removeAbandoned(root: string): Promise<void> {
  for (const name of await readdir(root)) {
    const pid = Number(TEMPORARY.exec(name)?.[1]);
    if (pid && !isAlive(pid))
      await rm(path.join(root, name), { recursive: true, force: true, maxRetries: 10 });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function cancelled(cause: unknown): Failure {
  return new Failure({
    code: "cancelled",
    message: "Setup was cancelled, and nothing was installed.",
    next: { run: "setup" },
    cause,
  });
}
