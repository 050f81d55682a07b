// What every script needs of this checkout: where it is, its package.json, and how a generated file is written or checked.
import { readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { z } from "zod";

export const root = join(import.meta.dirname, "..");

const packageSchema = z.object({ name: z.string(), description: z.string(), version: z.string() });

export async function readPackage(): Promise<z.output<typeof packageSchema>> {
  return packageSchema.parse(JSON.parse(await readFile(join(root, "package.json"), "utf8")));
}

/**
 * Writes a generated file. With `--check` on the command line it writes nothing, and fails if the file on disk differs,
 * so that CI notices a generated file nobody regenerated.
 */
export async function generate({ file, text }: { file: string; text: string }): Promise<void> {
  const name = relative(root, file);
  if (!process.argv.includes("--check")) return writeFile(file, text);
  const current = await readFile(file, "utf8").catch(() => undefined);
  if (current === text) return;
  console.error(`${name} is ${current === undefined ? "missing" : "stale"}. Run: npm run generate`);
  process.exitCode = 1;
}
