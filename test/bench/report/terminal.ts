// The result as a table on the terminal, and the same cells for the document.
import type { SideName } from "../sides/side.ts";
import { ROWS } from "../table.ts";
import type { Measure, Result } from "./result.ts";

export interface Report {
  result: Result;
  /** What stands in a side's place beside or instead of its number, by measure. */
  words: Record<string, Partial<Record<SideName, string>>>;
  /** Sentences below the table. */
  notes: readonly string[];
}

const HEAD = ["measure", "unit", "floor", "acpx", "ours", "ours must be", ""];

export function printTable(report: Report): void {
  const rows = [HEAD, ...cells(report)];
  const widths = HEAD.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  const { versions } = report.result;
  const head = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  process.stdout.write(`\n${head.join(" · ")}\n\n${lines.join("\n")}\n\n`);
  for (const note of report.notes) process.stdout.write(`${note}\n`);
}

/** One row of cells for each measure: medians with the middle half behind them. */
export function cells({ result, words }: Report): string[][] {
  return result.measures.map((measure) => {
    const side = (name: SideName) => cell(measure, name, words[measure.id]?.[name]);
    const rule = ROWS.find(({ id }) => id === measure.id)?.rule ?? "";
    const bound = `≤ ${rule}${measure.limit === null || /^[\d,]+( |$)/.test(rule) ? "" : ` = ${number(measure.limit)}`}`;
    return [
      ...[measure.what, measure.unit, side("floor"), side("acpx"), side("ours"), bound],
      measure.ok ? "ok" : "NOT OK",
    ];
  });
}

function cell(measure: Measure, side: SideName, words: string | undefined): string {
  const value = measure[side];
  if (value === null) return words ?? "–";
  const spread = measure.spread[side];
  const range = spread && spread[0] !== spread[1] ? ` (${number(spread[0])}–${number(spread[1])})` : "";
  return `${number(value)}${range}${words === undefined ? "" : `, ${words}`}`;
}

function number(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: Math.abs(value) < 100 ? 1 : 0 });
}
