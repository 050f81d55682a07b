// The measured part of docs/performance.md and its chart, rewritten by a full run.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { checkout } from "../../support/checkout.ts";
import { writeInto } from "../../support/written.ts";
import { chart } from "./chart.ts";
import { cells, type Report } from "./terminal.ts";

/** Throws when the document has lost the marks between which the script writes. */
export async function saveDocument(report: Report): Promise<void> {
  await writeInto("performance.md", { script: "npm run bench", text: section(report) });
  await writeFile(join(checkout, "docs/performance.svg"), chart(report.result));
}

function section(report: Report): string {
  const { versions } = report.result;
  const made = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const rows = cells(report).map((row) => `| ${row.join(" | ")} |`);
  return [
    `${made.join(" · ")}.`,
    "",
    "| measure | unit | floor | acpx | ours | ours must be | |",
    "|---|---|---|---|---|---|---|",
    ...rows,
    "",
    ...report.notes.map((note) => `- ${note}`),
    "",
    "![The measures as bars: floor, acpx and ours](performance.svg)",
  ].join("\n");
}
