// `npm run faults`: runs the fault matrix and reports what a user saw of each fault, how long it took, and what was lost.
import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { checkout } from "../support/checkout.ts";
import { tempDir } from "../support/poll.ts";
import type { SeenTurn } from "../support/report.ts";
import type { RanTest } from "./reporter.ts";
import { rowOf } from "./row.ts";
import { printRows, saveRows } from "./show.ts";

const only = process.argv.slice(2);
await using folder = await tempDir("faults-report");
const files = { CONTRACTOR_TESTS: join(folder.path, "tests"), CONTRACTOR_REPORT: join(folder.path, "turns") };
await vitest();
const tests = await linesOf<RanTest>(files.CONTRACTOR_TESTS);
const turns = await linesOf<SeenTurn>(files.CONTRACTOR_REPORT);
const rows = tests.map((test) => rowOf({ test, turns }));
printRows(rows);
const passed = rows.length > 0 && rows.every((row) => row.passed);
if (only.length === 0 && passed) await saveRows(rows);
process.exitCode = passed ? 0 : 1;

// One test after the other, so a turn belongs to the test in whose time it ran.
async function vitest(): Promise<void> {
  const program = join(checkout, "node_modules/vitest/vitest.mjs");
  const reporter = `--reporter=${join(checkout, "test/faults/reporter.ts")}`;
  const projects = ["integration", "faults"].flatMap((name) => ["--project", name]);
  const where = only.length > 0 ? only : ["test/integration/faults", "test/faults"];
  const child = spawn(
    process.execPath,
    [program, "run", "--no-file-parallelism", ...projects, reporter, ...where],
    {
      cwd: checkout,
      env: { ...process.env, ...files },
      stdio: ["ignore", "ignore", "inherit"],
    },
  );
  await new Promise((done) => child.once("exit", done));
}

async function linesOf<T>(file: string): Promise<T[]> {
  const text = await readFile(file, "utf8").catch(() => "");
  return text.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as T]));
}
