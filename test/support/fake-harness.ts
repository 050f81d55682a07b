// A harness package small enough to install in a blink: an ACP agent of a few lines, and a "Claude Code" that knows its version.
import { chmod, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import type { HarnessPackage } from "../../adapters/provision/harness-package.ts";

export const toyHarness: HarnessPackage = {
  shortName: "toy-acp",
  name: "@toys/toy-acp",
  version: "1.2.3",
  entry: "dist/index.js",
  megabytes: { full: { disk: 2, download: 1 }, lean: { disk: 1, download: 1 } },
  bundled: ["@toys/brain-here/claude"],
  droppable: ["@toys/brain-here"],
  minimumClaude: "2.1.0",
};

const AGENT = `
import { helper } from "toy-helper";
process.stdin.setEncoding("utf8");
let text = "";
process.stdin.on("data", (chunk) => {
  text += chunk;
  const end = text.indexOf("\\n");
  if (end < 0) return;
  const { id } = JSON.parse(text.slice(0, end));
  process.stdout.write(JSON.stringify({ jsonrpc: "2.0", id, result: { protocolVersion: helper, agentCapabilities: {} } }) + "\\n");
});
`;

/**
 * Makes an installed tree of the toy harness in `dir`/node_modules; `as` gives it the name of another one, `agent`
 * replaces its program.
 */
export async function layToyHarness(
  dir: string,
  o: { as?: HarnessPackage; version?: string; agent?: string } = {},
): Promise<void> {
  const harness = o.as ?? toyHarness;
  const brain = harness.bundled[0] ?? "";
  const optional = path.dirname(brain);
  await layPackage(dir, {
    manifest: {
      name: harness.name,
      version: o.version ?? harness.version,
      type: "module",
      dependencies: { "toy-helper": "1.0.0" },
      optionalDependencies: { [optional]: "1.0.0", "@toys/brain-elsewhere": "1.0.0" },
    },
    files: { "dist/index.js": o.agent ?? AGENT },
  });
  const helper = { name: "toy-helper", version: "1.0.0", type: "module", exports: "./index.js" };
  await layPackage(dir, { manifest: helper, files: { "index.js": "export const helper = 1;" } });
  await layPackage(dir, { manifest: { name: "unrelated", version: "1.0.0" }, files: { "index.js": "" } });
  await layPackage(dir, { manifest: { name: optional, version: "1.0.0" }, files: {} });
  await layClaude(path.join(dir, "node_modules", brain), "2.1.318");
}

/** Writes an executable that answers `--version` as Claude Code does. */
export async function layClaude(file: string, version: string): Promise<string> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, `#!/bin/sh\necho "${version} (Claude Code)"\n`);
  await chmod(file, 0o755);
  return file;
}

async function layPackage(
  dir: string,
  o: { manifest: { name: string; [key: string]: unknown }; files: Record<string, string> },
): Promise<void> {
  const folder = path.join(dir, "node_modules", o.manifest.name);
  for (const [name, text] of Object.entries({ ...o.files, "package.json": JSON.stringify(o.manifest) })) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), text);
  }
}
