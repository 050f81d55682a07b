// `npm run faults`: runs the fault matrix and what people's use brought up, and reports what a user saw of each, how long it
// took, and what was lost. `-- --matrix` or `-- --field` for one of the two, files for a part of the matrix.
import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { checkout } from "../support/checkout.ts";
import { tempDir } from "../support/poll.ts";
import type { SeenTurn } from "../support/report.ts";
import { FIELD } from "./field.ts";
import { fieldRows } from "./field-rows.ts";
import type { RanTest } from "./reporter.ts";
import { type Row, rowOf } from "./row.ts";
import { printField, printRows, saveField, saveRows } from "./show.ts";

const asked = process.argv.slice(2);
const only = asked.filter((word) => !word.startsWith("--"));
const matrix = !asked.includes("--field");
const field = !asked.includes("--matrix") && only.length === 0;
const good = [matrix ? await runMatrix() : true, field ? await runField() : true];
process.exitCode = good.every(Boolean) ? 0 : 1;

async function runMatrix(): Promise<boolean> {
  const where = only.length > 0 ? only : ["test/integration/faults", "test/faults"];
  const { tests, turns } = await vitest({ projects: ["integration", "faults"], where });
  const rows: Row[] = tests.map((test) => rowOf({ test, turns }));
  printRows(rows);
  const passed = rows.length > 0 && rows.every((row) => row.passed);
  if (only.length === 0 && passed) await saveRows(rows);
  return passed;
}

async function runField(): Promise<boolean> {
  const titles = FIELD.map(({ title }) => title.replace(/[^\w ]/g, "."));
  const where = [...new Set(FIELD.map(({ file }) => file))];
  const projects = ["unit", "integration", "e2e", "long"];
  const { tests } = await vitest({ projects, where, titles: titles.join("|") });
  const rows = fieldRows(FIELD, tests);
  printField(rows);
  const passed = rows.every((row) => row.passed);
  if (passed) await saveField(rows);
  return passed;
}

// One test after the other, so a turn belongs to the test in whose time it ran.
async function vitest(o: { projects: string[]; where: string[]; titles?: string }) {
  await using folder = await tempDir("faults-report");
  const files = {
    CONTRACTOR_TESTS: join(folder.path, "tests"),
    CONTRACTOR_REPORT: join(folder.path, "turns"),
  };
  const program = join(checkout, "node_modules/vitest/vitest.mjs");
  const reporter = `--reporter=${join(checkout, "test/faults/reporter.ts")}`;
  const projects = o.projects.flatMap((name) => ["--project", name]);
  const titles = o.titles === undefined ? [] : ["-t", o.titles];
  const child = spawn(
    process.execPath,
    [program, "run", "--no-file-parallelism", ...projects, reporter, ...titles, ...o.where],
    {
      cwd: checkout,
      env: { ...process.env, ...files },
      stdio: ["ignore", "ignore", "inherit"],
    },
  );
  await new Promise((done) => child.once("exit", done));
  return {
    tests: await linesOf<RanTest>(files.CONTRACTOR_TESTS),
    turns: await linesOf<SeenTurn>(files.CONTRACTOR_REPORT),
  };
}

async function linesOf<T>(file: string): Promise<T[]> {
  const text = await readFile(file, "utf8").catch(() => "");
  return text.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as T]));
}
