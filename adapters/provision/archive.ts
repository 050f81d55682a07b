// An archive of an installed harness: unpacked into a folder it cannot leave.
import { createReadStream } from "node:fs";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { Failure } from "../../common/failure.ts";
import { findPackage } from "./installed-tree.ts";
import { readTar, type TarEntry } from "./tar-stream.ts";

// A harness unpacks to under 400 MB; what is far beyond that is not one.
const MOST_BYTES = 2_000_000_000;

/**
 * Unpacks a .tgz of an installed folder (or of an npm package with its dependencies bundled) below `to`.
 * Nothing is written outside: absolute names, `..` and links are refused, except npm's own links in `.bin`, which are left out.
 * Returns the folder in it that has the package.
 * @throws {Failure} "invalid" when it is not such an archive.
 */
export async function unpack(o: {
  archive: string;
  to: string;
  packageName: string;
  signal?: AbortSignal | undefined;
}): Promise<string> {
  let total = 0;
  await readArchive(o, async (entry) => {
    const place = safePath(entry, o);
    total += entry.size;
    if (total > MOST_BYTES) throw unfit(o.archive, "unpacks to more than 2 GB");
    if (place !== undefined) await writeEntry(entry, place);
  });
  return findRoot(o);
}

async function readArchive(
  o: { archive: string; signal?: AbortSignal | undefined },
  take: (entry: TarEntry) => Promise<void>,
): Promise<void> {
  const options = o.signal ? { signal: o.signal } : {};
  try {
    await pipeline(
      createReadStream(o.archive),
      createGunzip(),
      async (bytes: AsyncIterable<Uint8Array>) => {
        for await (const entry of readTar(bytes)) await take(entry);
      },
      options,
    );
  } catch (error) {
    if (o.signal?.aborted || !isZlibError(error)) throw error;
    throw unfit(o.archive, "is damaged or not a .tgz");
  }
}

function isZlibError(error: unknown): boolean {
  return /^(Z_|ERR_STREAM_PREMATURE_CLOSE)/.test((error as NodeJS.ErrnoException).code ?? "");
}

/** Where an entry goes; undefined for what is left out. */
function safePath(entry: TarEntry, o: { archive: string; to: string }): string | undefined {
  const parts = entry.name.split("/").filter((part) => part !== "" && part !== ".");
  const escapes = parts.some((part) => part === ".." || /[\\:\0]/.test(part));
  if (entry.name.startsWith("/") || escapes)
    throw unfit(o.archive, `holds an entry that leaves its folder (${JSON.stringify(entry.name)})`);
  if (entry.type === "link" && parts.at(-2) === ".bin") return undefined;
  if (entry.type === "link" || entry.type === "other")
    throw unfit(o.archive, `holds a link or device (${JSON.stringify(entry.name)})`);
  return path.join(o.to, ...parts);
}

async function writeEntry(entry: TarEntry, place: string): Promise<void> {
  if (entry.type === "directory") {
    await mkdir(place, { recursive: true });
    return;
  }
  await mkdir(path.dirname(place), { recursive: true });
  await writeFile(place, entry.content(), { mode: entry.executable ? 0o755 : 0o644 });
}

// Archives are made of a folder's content as often as of the folder itself.
async function findRoot(o: { archive: string; to: string; packageName: string }): Promise<string> {
  const entries = await readdir(o.to, { withFileTypes: true });
  const inside = entries.filter((entry) => entry.isDirectory()).map((entry) => path.join(o.to, entry.name));
  for (const folder of [o.to, ...inside]) {
    if (await findPackage(folder, o.packageName)) return folder;
  }
  throw unfit(o.archive, `does not hold the package ${o.packageName}`);
}

function unfit(archive: string, why: string): Failure {
  return new Failure({
    code: "invalid",
    message: `${archive} cannot be installed from: it ${why}.`,
    next: {
      say: "Make it on a machine where setup ran, from the folder <state dir>/contractor/harness/<package>@<version>: tar czf harness.tgz -C that-folder .",
    },
  });
}
