// The measured part of docs/performance.md and its chart, rewritten by a full run.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { checkout } from "../../support/checkout.ts";
import { chart } from "./chart.ts";
import { cells, type Report } from "./terminal.ts";

const BEGIN = "<!-- written by npm run bench: begin -->";
const END = "<!-- written by npm run bench: end -->";

/** Throws when the document has lost the marks between which the script writes. */
export async function saveDocument(report: Report): Promise<void> {
  const file = join(checkout, "docs/performance.md");
  const text = await readFile(file, "utf8");
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin === -1 || end < begin) throw new Error(`${file} has no place for the table`);
  const written = `${text.slice(0, begin)}${BEGIN}\n${section(report)}\n${text.slice(end)}`;
  await writeFile(file, written);
  await writeFile(join(checkout, "docs/performance.svg"), chart(report.result));
}

function section(report: Report): string {
  const { versions } = report.result;
  const made = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const rows = cells(report).map((row) => `| ${row.join(" | ")} |`);
  return [
    "",
    `${made.join(" · ")}.`,
    "",
    "| measure | unit | floor | acpx | ours | ours must be | |",
    "|---|---|---|---|---|---|---|",
    ...rows,
    "",
    ...report.notes.map((note) => `- ${note}`),
    "",
    "![The measures as bars: floor, acpx and ours](performance.svg)",
    "",
  ].join("\n");
}
