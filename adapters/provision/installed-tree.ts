// An installed tree: a folder where npm already put the harness, copied from without a network, only what it needs.
import { constants, copyFile, lstat, mkdir, readdir, readFile, rename, stat } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { Failure } from "../../common/failure.ts";
import type { HarnessPackage } from "./harness-package.ts";
import { mapLimit } from "./map-limit.ts";

const names = z.record(z.string(), z.unknown()).default({});
const manifestSchema = z.looseObject({
  name: z.string(),
  version: z.string(),
  dependencies: names,
  optionalDependencies: names,
  peerDependencies: names,
});

type Manifest = z.output<typeof manifestSchema>;

/** The package's folder when `dir` is it, or has it in its node_modules; undefined otherwise. */
export async function findPackage(dir: string, name: string): Promise<string | undefined> {
  for (const candidate of [dir, path.join(dir, "node_modules", name)]) {
    if ((await readManifest(candidate))?.name === name) return candidate;
  }
  return undefined;
}

/** The version in a package's own package.json; undefined where there is none. */
export async function packageVersion(packageDir: string): Promise<string | undefined> {
  return (await readManifest(packageDir))?.version;
}

/**
 * Copies the harness and everything it depends on into `to`/node_modules, each at its place; with `move`, it is moved
 * (same file system only). Links are not followed. `lean` leaves the optional packages out.
 * @throws {Failure} "invalid" when `from` does not hold the pinned version, whole.
 */
export async function takeInstalled(o: {
  from: string;
  to: string;
  harness: HarnessPackage;
  lean: boolean;
  move?: boolean;
  signal?: AbortSignal | undefined;
}): Promise<void> {
  const packageDir = await requirePackage(o);
  const inModules = packageDir.endsWith(path.join("node_modules", o.harness.name));
  const base = inModules
    ? packageDir.slice(0, -path.join("node_modules", o.harness.name).length)
    : packageDir;
  const target = inModules ? o.to : path.join(o.to, "node_modules", o.harness.name);
  const files: Transfer[] = [];
  for (const dir of await closure({ ...o, base: path.resolve(base), packageDir })) {
    files.push(...(await prepare(dir, path.join(target, path.relative(base, dir)))));
  }
  await mapLimit(files, async ({ from, to }) => {
    o.signal?.throwIfAborted();
    await (o.move ? rename(from, to) : copyFile(from, to, constants.COPYFILE_FICLONE));
  });
}

interface Transfer {
  from: string;
  to: string;
}

async function requirePackage(o: { from: string; harness: HarnessPackage }): Promise<string> {
  const { name, version } = o.harness;
  const found = await findPackage(o.from, name);
  if (found === undefined) throw unfit(o, `does not hold the package ${name}`);
  const held = await packageVersion(found);
  if (held !== version) throw unfit(o, `holds ${name} ${held}, and ${version} is needed`);
  return found;
}

// Every package the harness can load, found as Node finds them: in the nearest node_modules upwards, up to `base`.
async function closure(o: {
  from: string;
  harness: HarnessPackage;
  packageDir: string;
  base: string;
  lean: boolean;
}): Promise<Set<string>> {
  const found = new Set([o.packageDir]);
  for (const dir of found) {
    const manifest = await readManifest(dir);
    if (!manifest || (await lstat(dir)).isSymbolicLink())
      throw unfit(o, `is laid out with links (${path.relative(o.base, dir)})`);
    for (const { name, required } of wanted(manifest, o.lean)) {
      const place = await resolvePackage({ name, from: dir, base: o.base });
      if (place !== undefined) found.add(place);
      else if (required) throw unfit(o, `lacks ${name}, which ${manifest.name} needs`);
    }
  }
  return found;
}

// npm lists an optional dependency under `dependencies` too; it stays optional.
function wanted(manifest: Manifest, lean: boolean): { name: string; required: boolean }[] {
  const optional = Object.keys(manifest.optionalDependencies);
  const required = Object.keys(manifest.dependencies).filter((name) => !optional.includes(name));
  return [
    ...required.map((name) => ({ name, required: true })),
    ...Object.keys(manifest.peerDependencies).map((name) => ({ name, required: false })),
    ...(lean ? [] : optional.map((name) => ({ name, required: false }))),
  ];
}

async function resolvePackage(o: { name: string; from: string; base: string }): Promise<string | undefined> {
  for (let dir = o.from; ; dir = path.dirname(dir)) {
    const place = path.join(dir, "node_modules", o.name);
    if (await stat(path.join(place, "package.json")).catch(() => undefined)) return place;
    if (dir === o.base || dir === path.dirname(dir)) return undefined;
  }
}

// Makes a package's folders and lists its files. Nested packages come on their own, when something needs them.
async function prepare(from: string, to: string): Promise<Transfer[]> {
  await mkdir(to, { recursive: true });
  const entries = await readdir(from, { withFileTypes: true });
  const here = ({ name }: { name: string }) => ({ from: path.join(from, name), to: path.join(to, name) });
  const files = entries.filter((entry) => entry.isFile()).map(here);
  const folders = entries.filter((entry) => entry.isDirectory() && entry.name !== "node_modules").map(here);
  for (const folder of folders) files.push(...(await prepare(folder.from, folder.to)));
  return files;
}

async function readManifest(dir: string): Promise<Manifest | undefined> {
  const text = await readFile(path.join(dir, "package.json"), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return manifestSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function unfit(o: { from: string; harness: HarnessPackage }, why: string): Failure {
  return new Failure({
    code: "invalid",
    message: `${o.from} cannot be installed from: it ${why}.`,
    next: {
      say: `On a machine with a network, run: npm install --ignore-scripts ${o.harness.name}@${o.harness.version}, and bring that folder here.`,
    },
  });
}
