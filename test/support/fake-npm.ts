// A stand-in for npm: it knows its version, and at `ci` does what a test wants it to do in the folder it is run in.
import { randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import type { Argv } from "../../adapters/provision/npm.ts";

/** Writes the stand-in into `dir`; `ci` is the body of an async function with `fs` (node:fs) and `path` at hand. */
export async function layNpm(dir: string, o: { version?: string; ci: string }): Promise<Argv> {
  const file = path.join(dir, `npm-${randomUUID()}.mjs`);
  await writeFile(
    file,
    `import fs from "node:fs";
import path from "node:path";
if (process.argv.includes("--version")) {
  console.log(${JSON.stringify(o.version ?? "11.0.0")});
  process.exit(0);
}
${o.ci}
`,
  );
  return [process.execPath, file];
}

/** A `ci` that installs the tree at `tree` by copying it. */
export function copies(tree: string): string {
  return `fs.cpSync(${JSON.stringify(tree)}, process.cwd(), { recursive: true });`;
}

/** A `ci` that writes a while, tells its process id in `pidFile`, and never ends. */
export function neverEnds(pidFile: string): string {
  return `
fs.mkdirSync("node_modules/half", { recursive: true });
fs.writeFileSync("node_modules/half/a", "x".repeat(1_000_000));
fs.writeFileSync(${JSON.stringify(pidFile)}, String(process.pid));
setInterval(() => fs.appendFileSync("node_modules/half/a", "x"), 20);
`;
}

/** A `ci` that fails as npm does with this error code. */
export function failsWith(code: string, more = ""): string {
  return `console.error(${JSON.stringify(`npm error code ${code}\n${more}`)});
process.exit(1);`;
}
