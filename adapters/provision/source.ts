// Where a harness is installed from: the registry with our lockfile, a folder, or an archive of one.
import { copyFile, mkdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import { Failure } from "../../common/failure.ts";
import { unpack } from "./archive.ts";
import type { HarnessPackage } from "./harness-package.ts";
import { takeInstalled } from "./installed-tree.ts";
import { type Argv, findNpm, npmInstall } from "./npm.ts";

export type Source = { kind: "registry" } | { kind: "folder" | "archive"; path: string };

/**
 * What `--from` names; the registry when it is not given.
 * @throws {Failure} "invalid" when there is nothing to read.
 */
export async function sourceOf(from: string | undefined): Promise<Source> {
  if (from === undefined) return { kind: "registry" };
  const place = path.resolve(from);
  const found = await stat(place).catch(() => undefined);
  if (found?.isDirectory()) return { kind: "folder", path: place };
  if (found?.isFile()) return { kind: "archive", path: place };
  throw new Failure({
    code: "invalid",
    message: `${from} is neither a folder nor a .tgz that can be read.`,
    next: { say: "Give --from a folder that has the harness in its node_modules, or a .tgz of one." },
  });
}

interface Fetch {
  source: Source;
  to: string;
  root: string;
  harness: HarnessPackage;
  locksDir: string;
  claude?: string | undefined;
  npm?: Argv | undefined;
  env: NodeJS.ProcessEnv;
  signal?: AbortSignal | undefined;
}

/** Puts the harness and all it needs into `to`/node_modules; with the user's own `claude`, without the bundled one. */
export async function fetchFrom(o: Fetch): Promise<void> {
  const lean = o.claude !== undefined;
  if (o.source.kind === "registry") await fromRegistry(o, lean);
  else if (o.source.kind === "folder") await takeInstalled({ ...o, from: o.source.path, lean });
  else await fromArchive(o, { archive: o.source.path, lean });
}

async function fromRegistry(o: Fetch, lean: boolean): Promise<void> {
  const npm = await findNpm(o);
  for (const file of ["package.json", "package-lock.json"]) {
    await copyFile(path.join(o.locksDir, o.harness.shortName, file), path.join(o.to, file));
  }
  await npmInstall({ ...o, npm, dir: o.to, lean });
}

async function fromArchive(o: Fetch, { archive, lean }: { archive: string; lean: boolean }): Promise<void> {
  const unpacked = path.join(o.to, ".unpacked");
  await mkdir(unpacked);
  const found = await unpack({ ...o, archive, to: unpacked, packageName: o.harness.name });
  await takeInstalled({ ...o, from: found, lean, move: true });
  await rm(unpacked, { recursive: true });
}
