// What the plugin adds to the host: to the start of a gateway, and to a call of its command line.
import { mkdir, writeFile } from "node:fs/promises";
import { cliHome } from "../../support/cli-home.ts";
import { type Gateway, startGateway } from "../../support/gateway.ts";
import { gatewayEnv, layout } from "../../support/gateway-config.ts";
import { runCli } from "../../support/gateway-process.ts";
import { tempDir } from "../../support/poll.ts";
import type { Bench } from "../bench.ts";
import { writeEmptyPlugin } from "../empty-plugin.ts";
import { add, figureOf, interleave } from "../stats.ts";

/** What a start of ours could leave: an adapter, or Claude Code. */
const OURS = /claude/;

const EMPTY_ROUNDS = 2;

type Side = { name: "floor" | "ours" | "empty"; gateway: Gateway };

/** Process started → ready, with the plugin and without it, on what an earlier start left: the first one makes caches. */
export async function gatewayStart(bench: Bench): Promise<void> {
  const sides: Side[] = [];
  const empty: number[] = [];
  const note = ({ name, gateway }: Side) => {
    if (name === "empty") return void empty.push(gateway.startMs);
    add(bench.samples, "gateway-start", name, gateway.startMs);
    const commands = gateway.children().map(({ command }) => command);
    const started = commands.filter((command) => name === "ours" && OURS.test(command));
    if (started.length > 0) throw new Error(`the gateway had started: ${started.join(", ")}`);
  };
  await using folder = await tempDir("bench-start");
  try {
    for (const name of ["floor", "ours", "empty"] as const) {
      const gateway = await used(name, folder.path);
      sides.push({ name, gateway });
      await gateway.stop();
    }
    await interleave({
      ...{ rounds: bench.rounds(4, 1), things: sides, gapMs: 300 },
      once: async (side, round) => {
        // It is for the note alone.
        if (side.name === "empty" && round >= EMPTY_ROUNDS) return;
        await side.gateway.start();
        note(side);
        await side.gateway.stop();
      },
    });
  } finally {
    for (const { gateway } of sides) await gateway.dispose();
  }
  const without = figureOf(bench.samples["gateway-start"]?.floor)?.median ?? 0;
  const more = Math.round((figureOf(empty)?.median ?? 0) - without);
  bench.note(
    `A gateway with a plugin that does nothing at all takes ${more} ms longer to start than one without.`,
  );
}

// The same agents and sessions everywhere: a host that knows any session takes a second longer.
async function used(name: Side["name"], folder: string): Promise<Gateway> {
  const first = await startGateway();
  if (name === "ours") return first;
  await first.stop();
  const path = await writeEmptyPlugin(folder);
  const plugins = { load: { paths: [path] }, entries: { empty: { enabled: true }, contractor: undefined } };
  const ordinary = { acp: undefined, agents: { entries: { cc: { runtime: undefined } } } };
  const config = { ...ordinary, plugins: name === "empty" ? plugins : undefined };
  return await startGateway({ plugin: "none", config, state: first.root });
}

/** `openclaw contractor-agents list`; beside it `--version` with an empty plugin, and for the note that plugin's own command. */
export async function cliList(bench: Bench): Promise<void> {
  const ours = await cliHome();
  await using empty = await emptyHome();
  const own: number[] = [];
  const list = async () => {
    const { code, ms, stderr } = await ours.run(["list"]);
    if (code !== 0) throw new Error(`list: ${stderr}`);
    add(bench.samples, "cli-list", "ours", ms);
  };
  const version = async () => add(bench.samples, "cli-list", "floor", await empty.ms(["--version"]));
  const command = async () => void own.push(await empty.ms(["empty-plugin"]));
  try {
    await interleave({
      ...{ rounds: bench.rounds(3, 1), things: [list, version, command], gapMs: 200 },
      once: (call) => call(),
    });
  } finally {
    await ours.remove();
  }
  const { median } = figureOf(own) ?? { median: 0 };
  bench.note(
    `The command of a plugin that does nothing at all takes the same host ${Math.round(median)} ms; ` +
      "`--version` is answered before any plugin is looked for.",
  );
}

async function emptyHome() {
  const folder = await tempDir("bench-empty");
  const root = folder.path;
  const plugin = await writeEmptyPlugin(root);
  const env = gatewayEnv({ root });
  const { config, state, home } = layout(root);
  for (const made of [state, home]) await mkdir(made, { recursive: true });
  await writeFile(
    config,
    JSON.stringify({ plugins: { load: { paths: [plugin] }, entries: { empty: { enabled: true } } } }),
  );
  return {
    async ms(args: string[]): Promise<number> {
      const { code, ms, stderr } = await runCli({ args, env, cwd: root, withinMs: 60_000 });
      if (code !== 0) throw new Error(`openclaw ${args.join(" ")}: ${stderr}`);
      return ms;
    },
    [Symbol.asyncDispose]: folder.remove,
  };
}
