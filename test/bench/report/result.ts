// The result of a run as bench/results/latest.json has it.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { cpus, loadavg, release, totalmem, type } from "node:os";
import { dirname, join } from "node:path";
import { adapterEntry } from "../../support/bare-client.ts";
import { checkout } from "../../support/checkout.ts";
import type { SideName } from "../sides/side.ts";
import { figureOf, percentile, type Samples } from "../stats.ts";
import { ROWS, type Row } from "../table.ts";

type BySide<T> = Record<SideName, T | null>;

/** Values are medians; `spread` is the middle half, from the 25th to the 75th percentile. */
export type Measure = BySide<number> & {
  id: string;
  what: string;
  unit: string;
  spread: BySide<[number, number]>;
  limit: number | null;
  ok: boolean;
};

export interface Result {
  versions: Record<string, string>;
  measures: Measure[];
}

export async function resultOf(o: {
  samples: Samples;
  only: readonly string[];
  mode: string;
  seconds: number;
}): Promise<Result> {
  const rows = ROWS.filter(({ id }) => o.only.includes(id));
  return {
    versions: { ...(await versions()), mode: o.mode, seconds: String(o.seconds) },
    measures: rows.map((row) => measureOf(row, o.samples[row.id] ?? {})),
  };
}

export async function saveResult(result: Result): Promise<void> {
  const file = join(checkout, "bench/results/latest.json");
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(result, null, 2)}\n`);
}

function measureOf(row: Row, samples: Partial<Record<SideName, number[]>>): Measure {
  const figures = {
    floor: figureOf(samples.floor),
    acpx: figureOf(samples.acpx),
    ours: figureOf(samples.ours),
  };
  const limit = row.limit({
    ...(figures.floor ? { floor: figures.floor.median } : {}),
    ...(figures.acpx ? { acpx: figures.acpx.median } : {}),
  });
  const held = row.held === "p95" && samples.ours ? percentile(samples.ours, 95) : figures.ours?.median;
  const spread = (side: SideName): [number, number] | null => {
    const figure = figures[side];
    return figure ? [rounded(figure.low), rounded(figure.high)] : null;
  };
  return {
    ...{ id: row.id, what: row.what, unit: row.unit },
    floor: orNull(figures.floor?.median),
    acpx: orNull(figures.acpx?.median),
    ours: orNull(held),
    spread: { floor: spread("floor"), acpx: spread("acpx"), ours: spread("ours") },
    limit: orNull(limit),
    ok: held !== undefined && limit !== undefined && held <= limit,
  };
}

async function versions(): Promise<Record<string, string>> {
  const from = createRequire(join(checkout, "package.json"));
  const own = await versionIn(join(checkout, "package.json"));
  const adapter = await versionIn(join(dirname(adapterEntry("claude-agent-acp")), "../package.json"));
  const sdk = createRequire(adapterEntry("claude-agent-acp")).resolve("@anthropic-ai/claude-agent-sdk");
  const sdkManifest = join(dirname(sdk), "package.json");
  const [cpu] = cpus();
  return {
    contractor: own,
    "claude-agent-acp": adapter,
    "claude-code": await versionIn(sdkManifest, "claudeCodeVersion"),
    acpx: await versionIn(from.resolve("acpx/package.json")),
    openclaw: await versionIn(join(checkout, "node_modules/openclaw/package.json")),
    node: process.versions.node,
    machine: `${cpus().length} × ${cpu?.model.trim() ?? "unknown"}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${type()} ${release()}`,
    load: loadavg()[0]?.toFixed(1) ?? "",
    date: new Date().toISOString().slice(0, 10),
  };
}

async function versionIn(manifest: string, field = "version"): Promise<string> {
  const read = JSON.parse(await readFile(manifest, "utf8")) as Record<string, unknown>;
  return String(read[field]);
}

function orNull(value: number | undefined): number | null {
  return value === undefined ? null : rounded(value);
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
