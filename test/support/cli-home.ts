// A user's OpenClaw with the built checkout loaded and no gateway running: for tests of the command line.
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { adapterFolder, stageCheckout } from "./checkout.ts";
import { gatewayEnv, type Json, layout, merge } from "./gateway-config.ts";
import { type CliResult, runCli } from "./gateway-process.ts";
import { tempDir } from "./poll.ts";

export type CliHome = {
  readonly root: string;
  readonly stateDir: string;
  readonly home: string;
  /** A folder below the root, which is not made. */
  path(...parts: string[]): string;
  /** `openclaw contractor-agents <args>`; a word is an argument. [withinMs 180000] */
  run(args: string[], o?: { env?: Record<string, string> }): Promise<CliResult>;
  /** openclaw.json as text, to see that nothing was written. */
  config(): Promise<string>;
  /** Merged over the configuration every home begins with. */
  configure(over: Json): Promise<void>;
  remove(): Promise<void>;
};

/** The harness is the checkout's own; nobody is logged in. */
export async function cliHome(over: Json = {}): Promise<CliHome> {
  const folder = await tempDir("cli");
  const root = folder.path;
  const at = layout(root);
  const plugin = join(root, "plugin");
  await stageCheckout(plugin);
  for (const dir of [at.home, at.state]) await mkdir(dir, { recursive: true });
  const entries = { contractor: { enabled: true, config: { harness: { path: adapterFolder } } } };
  const base: Json = { plugins: { load: { paths: [plugin] }, entries } };
  const configure = (more: Json) => writeFile(at.config, JSON.stringify(merge(base, more), null, 2));
  await configure(over);
  return {
    ...{ root, configure, home: at.home, stateDir: at.state },
    path: (...parts) => join(root, ...parts),
    run: (args, o = {}) =>
      runCli({
        args: ["contractor-agents", ...args],
        env: gatewayEnv({ root, env: o.env }),
        cwd: root,
        withinMs: 180_000,
      }),
    config: async () => (existsSync(at.config) ? readFile(at.config, "utf8") : ""),
    remove: folder.remove,
  };
}
