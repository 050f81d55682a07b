// The fault report on the terminal, and in docs/reliability.md between its marks.
import { writeInto } from "../support/written.ts";
import type { FieldRow } from "./field-rows.ts";
import type { Row } from "./row.ts";

const SHOWN = 150;

export function printRows(rows: readonly Row[]): void {
  for (const row of rows) {
    const [fault, saw, time, lost] = cellsOf(row);
    process.stdout.write(
      `${row.passed ? "ok  " : "BAD "} ${fault}\n       saw: ${saw}\n       recovered: ${time} · lost: ${lost}\n`,
    );
  }
  const good = rows.filter(({ passed }) => passed).length;
  process.stdout.write(`\n${good} of ${rows.length} faults: ${summary(rows)}\n`);
}

/** Rewrites the table in docs/reliability.md; throws when it has lost its marks. */
export async function saveRows(rows: readonly Row[]): Promise<void> {
  const lines = rows.map((row) => `| ${cellsOf(row).map(escaped).join(" | ")} |`);
  const table = ["| fault | what the user saw | recovered | lost |", "|---|---|---|---|", ...lines];
  const text = `${summary(rows)}\n\n${table.join("\n")}`;
  await writeInto("reliability.md", { script: "npm run faults", text });
}

export function printField(rows: readonly FieldRow[]): void {
  for (const { given, right, passed, why } of rows)
    process.stdout.write(`${passed ? "ok  " : "BAD "} ${given}: ${passed ? right : why}\n`);
  const good = rows.filter(({ passed }) => passed).length;
  process.stdout.write(`\n${good} of ${rows.length} cases of the field.\n`);
}

/** Rewrites the field's table in docs/reliability.md; throws when it has lost its marks. */
export async function saveField(rows: readonly FieldRow[]): Promise<void> {
  const lines = rows.map(
    ({ given, right, file }) => `| ${[given, right, `\`${file}\``].map(escaped).join(" | ")} |`,
  );
  const text = ["| given | what comes of it | held by |", "|---|---|---|", ...lines].join("\n");
  await writeInto("reliability.md", { script: "npm run faults, the field", text });
}

function summary(rows: readonly Row[]): string {
  const times = rows.flatMap(({ recoveredMs }) => recoveredMs ?? []).sort((a, b) => a - b);
  const lost = rows.filter(({ lost }) => lost !== "nothing" && lost !== "not run").length;
  return `${rows.length} faults, ${lost} with a loss; recovered in ${seconds(times[times.length >> 1])} (median), ${seconds(times.at(-1))} at most.`;
}

function cellsOf({ fault, saw, recoveredMs, lost }: Row): string[] {
  const shown = saw.replaceAll(/\s+/g, " ");
  const words = shown.length > SHOWN ? `${shown.slice(0, SHOWN - 1)}…` : shown;
  return [fault, words, recoveredMs === undefined ? "–" : seconds(recoveredMs), lost];
}

function seconds(ms: number | undefined): string {
  return ms === undefined ? "–" : `${(ms / 1000).toFixed(1)} s`;
}

function escaped(cell: string): string {
  return cell.replaceAll("|", "\\|").replaceAll("<", "&lt;");
}
