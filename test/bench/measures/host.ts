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

/** Process started → ready, with the plugin and without it; the first start of each, which makes the caches, counts only where there is no other. */
export async function gatewayStart(bench: Bench): Promise<void> {
  const gateways: { side: "floor" | "ours"; gateway: Gateway }[] = [];
  const started: string[] = [];
  const note = (side: "floor" | "ours", gateway: Gateway) => {
    const commands = gateway.children().map(({ command }) => command);
    if (side === "ours") started.push(...commands.filter((command) => OURS.test(command)));
  };
  try {
    // The same agents on both sides: the host's work grows with them.
    const agents = { agents: { entries: { cc: {} } } };
    for (const [side, plugin] of [
      ["floor", "none"],
      ["ours", "checkout"],
    ] as const) {
      const gateway = await startGateway({ plugin, config: agents });
      gateways.push({ side, gateway });
      if (bench.quick) add(bench.samples, "gateway-start", side, gateway.startMs);
      note(side, gateway);
      await gateway.stop();
    }
    await interleave({
      ...{ rounds: bench.rounds(5, 0), things: gateways, gapMs: 300 },
      once: async ({ side, gateway }) => {
        await gateway.start();
        add(bench.samples, "gateway-start", side, gateway.startMs);
        note(side, gateway);
        await gateway.stop();
      },
    });
    if (started.length > 0) throw new Error(`the gateway had started: ${started.join(", ")}`);
  } finally {
    for (const { gateway } of gateways) await gateway.dispose();
  }
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
      ...{ rounds: bench.rounds(5, 1), things: [list, version, command], gapMs: 200 },
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
