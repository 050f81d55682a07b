// Reads which test shows which case: a test of a numbered case begins its title with the number, as in "16: a cancel …".
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "./project.ts";

/** What users of ACP backends reported, by number; the rest of the list is about something else than a session's life. */
const CASES = [span(1, 5), span(10, 34), span(43, 50), span(53, 55)].flat().map(String);

interface Shown {
  number: string;
  title: string;
  file: string;
}

/** A Markdown table with a row for each case and the tests that show it. Throws when one of them has none. */
export async function casesTable(): Promise<string> {
  const shown = await readTitles();
  const missing = CASES.filter((number) => !shown.some((one) => one.number === number));
  if (missing.length > 0) throw new Error(`scripts/cases.ts: no test begins with ${missing.join(", ")}.`);
  const rows = [...Map.groupBy(shown, ({ number }) => number)].sort(byNumber).map(row);
  return ["| case | the first of its tests | all of them in |", "| --- | --- | --- |", ...rows].join("\n");
}

async function readTitles(): Promise<Shown[]> {
  const folder = join(root, "test");
  const names = await readdir(folder, { recursive: true });
  const files = names.filter((name) => name.endsWith(".test.ts")).sort();
  const read = await Promise.all(
    files.map(async (file) => titlesOf(file, await readFile(join(folder, file), "utf8"))),
  );
  return read.flat();
}

const TITLE = /"(\d+b?): ((?:[^"\\]|\\.)+)"/g;
const DESCRIBE = /describe[\w.]*(?:\([^()]*\))?\(\s*"(?:\d+b?: )?([^"]+)"/g;

// A title goes on where that of its describe ends.
function titlesOf(file: string, text: string): Shown[] {
  const groups = [...text.matchAll(DESCRIBE)];
  return [...text.matchAll(TITLE)].map(({ 1: number = "", 2: own = "", index }) => {
    const group = groups.findLast((one) => one.index + one[0].length <= index)?.[1];
    const title = [group, own].filter((part) => part !== undefined).join(": ");
    return { number, file, title: title.replaceAll(/ ?%[sj#]/g, " …") };
  });
}

function row([number, shown]: [string, Shown[]]): string {
  const files = [...new Set(shown.map(({ file }) => `\`${file.replace(/\.test\.ts$/, "")}\``))];
  return `| ${number} | ${shown[0]?.title.replaceAll("|", "\\|")} | ${files.join(", ")} |`;
}

function byNumber([a]: [string, unknown], [b]: [string, unknown]): number {
  return Number.parseInt(a, 10) - Number.parseInt(b, 10) || a.localeCompare(b);
}

function span(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, at) => from + at);
}
