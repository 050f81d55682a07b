// Finding an installed harness by plain paths, and removing versions nobody needs any more.
import { readdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import { Failure, type Step } from "../../common/failure.ts";
import { isExecutable } from "./claude-executable.ts";
import { compareVersions, folderName, type HarnessPackage } from "./harness-package.ts";
import { readRecord } from "./install-record.ts";
import { findPackage, packageVersion } from "./installed-tree.ts";

export interface HarnessLocation {
  /** Its name on npm. */
  package: string;
  version: string;
  /** Absolute path of the program to run with Node. */
  entry: string;
  /** The folder it was installed into, or the one the setting names. */
  dir: string;
  /** The user's own Claude Code it is to use; absent when the bundled one serves. */
  claude?: string;
  /** True when it is not the version this plugin pins: it works on, and setup brings the pinned one. */
  outdated: boolean;
}

const SETUP: Step = { run: "setup" };

/**
 * Where the harness is: at `path` (its package folder, or one with it in node_modules), else the pinned version below
 * `root`, else the newest other one there. `claude` wins over the executable that setup recorded.
 * @throws {Failure} "harness-missing" when there is none, "harness-broken" when a part of it is gone.
 */
export async function locate(o: {
  root: string;
  harness: HarnessPackage;
  path?: string | undefined;
  claude?: string | undefined;
}): Promise<HarnessLocation> {
  const found = o.path === undefined ? await installed(o) : await given(o.path, o.harness);
  const entry = path.join(found.packageDir, o.harness.entry);
  if (!(await stat(entry).catch(() => undefined))?.isFile())
    throw broken(`${o.harness.name} in ${found.dir} lacks its program ${o.harness.entry}.`);
  const claude = o.claude ?? found.claude;
  if (claude !== undefined && !(await isExecutable(claude)))
    throw broken(`The Claude Code to be used, ${claude}, is not there any more or cannot be run.`);
  return {
    package: o.harness.name,
    version: found.version,
    entry,
    dir: found.dir,
    ...(claude === undefined ? {} : { claude }),
    outdated: found.version !== o.harness.version,
  };
}

/** The versions of a harness installed below `root`, the newest first; what setup did not finish does not count. */
export async function installedVersions(o: {
  root: string;
  harness: HarnessPackage;
}): Promise<{ dir: string; version: string; claude?: string | undefined }[]> {
  const prefix = folderName({ name: o.harness.name, version: "" });
  const folders = (await readdir(o.root).catch(() => [])).filter((name) => name.startsWith(prefix));
  const records = await Promise.all(
    folders.map(async (name) => ({
      dir: path.join(o.root, name),
      record: await readRecord(path.join(o.root, name)),
    })),
  );
  return records
    .flatMap(({ dir, record }) => (record ? [{ dir, version: record.version, claude: record.claude }] : []))
    .sort((a, b) => compareVersions(b.version, a.version));
}

/**
 * Removes every version of `harness` below `root` but the pinned one, except folders in `inUse`.
 * Does nothing while the pinned one is not installed. Returns the removed folders.
 */
export async function prune(o: {
  root: string;
  harness: HarnessPackage;
  inUse: readonly string[];
}): Promise<string[]> {
  const versions = await installedVersions(o);
  if (!versions.some(({ version }) => version === o.harness.version)) return [];
  const superfluous = versions.filter(
    ({ dir, version }) => version !== o.harness.version && !o.inUse.some((used) => isWithin(used, dir)),
  );
  for (const { dir } of superfluous) await rm(dir, { recursive: true, force: true, maxRetries: 10 });
  return superfluous.map(({ dir }) => dir);
}

interface Found {
  packageDir: string;
  dir: string;
  version: string;
  claude?: string | undefined;
}

async function installed(o: { root: string; harness: HarnessPackage }): Promise<Found> {
  const versions = await installedVersions(o);
  const best = versions.find(({ version }) => version === o.harness.version) ?? versions[0];
  if (best) return { ...best, packageDir: path.join(best.dir, "node_modules", o.harness.name) };
  throw new Failure({
    code: "harness-missing",
    message: `The harness ${o.harness.shortName} is not installed yet.`,
    next: SETUP,
  });
}

async function given(dir: string, harness: HarnessPackage): Promise<Found> {
  const packageDir = await findPackage(dir, harness.name);
  const version = packageDir && (await packageVersion(packageDir));
  if (packageDir && version) return { packageDir, dir, version, claude: (await readRecord(dir))?.claude };
  throw new Failure({
    code: "harness-missing",
    message: `${dir} (the setting harness.path) does not hold the package ${harness.name}.`,
    next: [{ say: "Correct the setting." }, { lead: "Or remove it and run", run: "setup" }],
  });
}

function broken(message: string): Failure {
  return new Failure({ code: "harness-broken", message, next: SETUP });
}

/** True when `file` is `dir` or lies below it. */
export function isWithin(file: string, dir: string): boolean {
  const relative = path.relative(dir, file);
  return relative === "" || (!relative.startsWith("..") && !path.isAbsolute(relative));
}
