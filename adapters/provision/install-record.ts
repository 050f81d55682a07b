// contractor.json, the record inside an installed harness: what it is, where it came from, and whose Claude Code it uses.
import { open, readFile, rename } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";

const recordSchema = z.looseObject({
  package: z.string().min(1),
  version: z.string().min(1),
  /** The user's own executable; absent when the one that came along is used. */
  claude: z.string().min(1).optional(),
  installedAt: z.string(),
  source: z.enum(["registry", "folder", "archive"]),
});

export type InstallRecord = z.output<typeof recordSchema>;

const FILE = "contractor.json";

/** The record of an installed harness; undefined where there is none that can be read, so nothing is installed there. */
export async function readRecord(dir: string): Promise<InstallRecord | undefined> {
  const text = await readFile(path.join(dir, FILE), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return recordSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Writes the record so that a reader sees the old one or the new one, never a half. */
export async function writeRecord(dir: string, record: InstallRecord): Promise<void> {
  const file = path.join(dir, FILE);
  const handle = await open(`${file}.new`, "w");
  try {
    await handle.writeFile(`${JSON.stringify(record, null, 2)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${file}.new`, file);
}
