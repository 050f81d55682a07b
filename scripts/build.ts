// Builds dist/: the entry, the plugin in one file without dependencies, the licences of what is bundled in, and the harness lockfiles.
// One file, because the host captures everything an installed plugin imports anew in every process (7-8 s instead of 3-4); and an
// entry beside it, because the host evaluates that far more often than it needs the plugin.
import { cp, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { build, type Metafile, type Plugin } from "esbuild";
import { z } from "zod";
import { JOB_TOOLS } from "../src/surfaces/job-tools.ts";
import { licenceTexts } from "./licences.ts";
import { root } from "./project.ts";

const dist = join(root, "dist");

// Built beside, then renamed: who reads dist/ meanwhile (another suite, a linked gateway) finds the old build or the new one.
const fresh = join(root, "node_modules", ".cache", `contractor-build-${process.pid}`);
await mkdir(fresh, { recursive: true });
try {
  await bundle("src/index.ts", join(fresh, "index.js"));
  const plugin = await bundle("src/wiring/plugin.ts", join(fresh, "plugin.js"));
  await writeFile(join(fresh, "tools.json"), toolsJson());
  await refuseModuleUrl(join(fresh, "plugin.js"));
  await writeFile(join(fresh, "THIRD_PARTY_LICENSES.txt"), await licenceTexts(Object.keys(plugin.inputs)));
  await cp(join(root, "adapters", "provision", "locks"), join(fresh, "locks"), { recursive: true });
  await rm(dist, { recursive: true, force: true });
  await rename(fresh, dist);
} finally {
  await rm(fresh, { recursive: true, force: true });
}

/** The tools of agents as data: the host asks for them in places where the plugin is not loaded. */
function toolsJson(): string {
  const specs = JOB_TOOLS.map(({ name, description, parameters }) => {
    const { $schema: _, ...schema } = z.toJSONSchema(parameters);
    return { name, description, parameters: schema };
  });
  return `${JSON.stringify(specs, undefined, 2)}\n`;
}

async function bundle(entry: string, outfile: string): Promise<Metafile> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node24",
    charset: "utf8",
    // The host provides openclaw/*; commander is only named in types, the host hands its own instance in.
    external: ["openclaw", "openclaw/*", "commander"],
    plugins: [withoutLocales()],
    metafile: true,
    logLevel: "warning",
  });
  refuseForeignImports(metafile);
  return metafile;
}

/** zod's messages in fifty languages are more than a quarter of the bundle, and ours are in one. */
function withoutLocales(): Plugin {
  const filter = /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/;
  return {
    name: "without-locales",
    setup: ({ onLoad }) => onLoad({ filter }, () => ({ contents: "export {};" })),
  };
}

/** A package left outside the bundle would be missing where the plugin is installed: it has no dependencies. */
function refuseForeignImports(metafile: Metafile): void {
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
  const foreign = imports.map(({ path }) => path).filter((path) => !/^(node:|openclaw(\/|$))/.test(path));
  if (foreign.length > 0) throw new Error(`The bundle imports what nobody provides: ${foreign.join(", ")}`);
}

/** import.meta.url points into the host's capture of the plugin, where only code is and only for now; api.rootDir is the real folder. */
async function refuseModuleUrl(outfile: string): Promise<void> {
  const line = (await readFile(outfile, "utf8"))
    .split("\n")
    .findIndex((text) => text.includes("import.meta."));
  if (line >= 0)
    throw new Error(`${relative(root, outfile)}:${line + 1} uses import.meta: use api.rootDir instead.`);
}
