// The checkout as an installed plugin looks: built if a source is newer than the build, and copied, so that no rebuild disturbs a test.
import { execFile } from "node:child_process";
import { existsSync, globSync, statSync } from "node:fs";
import { cp, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** The repository's folder. */
export const checkout = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

/** The adapter package that comes with the checkout. */
export const adapterFolder = join(checkout, "node_modules/@agentclientprotocol/claude-agent-acp");

/** Copies manifest, package.json and build to `folder`. Throws with the build's output when it fails. */
export async function stageCheckout(folder: string): Promise<void> {
  if (isStale())
    await promisify(execFile)(process.execPath, [join(checkout, "scripts/build.ts")], { cwd: checkout });
  await mkdir(folder, { recursive: true });
  for (const part of ["openclaw.plugin.json", "package.json", "dist"]) {
    await cp(join(checkout, part), join(folder, part), { recursive: true });
  }
}

function isStale(): boolean {
  const built = join(checkout, "dist/index.js");
  if (!existsSync(built)) return true;
  const patterns = ["src/**/*.ts", "adapters/**/*", "state/**/*.ts", "scripts/*.ts", "package.json"];
  const newest = Math.max(
    ...globSync(patterns, { cwd: checkout }).map((file) => statSync(join(checkout, file)).mtimeMs),
  );
  return newest > statSync(built).mtimeMs;
}
