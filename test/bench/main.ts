// `npm run bench`: ours beside acpx and the floor, in interleaved rounds. `--quick` for two minutes, `--only id,id` for a part.
import { parseArgs } from "node:util";
import type { ModelRequest } from "../support/model-request.ts";
import { type Bench, sideOf, startFakeModel } from "./bench.ts";
import { cliList, gatewayStart } from "./measures/host.ts";
import { hungCancel } from "./measures/hung.ts";
import { LIVES, lives } from "./measures/lives.ts";
import { idle, memory } from "./measures/memory.ts";
import { statePerTurn } from "./measures/state.ts";
import { steering } from "./measures/steer.ts";
import { telegramOverhead } from "./measures/telegram.ts";
import { warmResultTail, warmTurns } from "./measures/turns.ts";
import { updates } from "./measures/updates.ts";
import { saveDocument } from "./report/document.ts";
import { resultOf, saveResult } from "./report/result.ts";
import { printTable } from "./report/terminal.ts";
import { ROWS } from "./table.ts";

/** What is measured together, in the order it runs: what needs a quiet machine first. */
const PARTS: readonly { ids: readonly string[]; run: (bench: Bench) => Promise<void> }[] = [
  { ids: ["warm-first-text", "cancel"], run: warmTurns },
  { ids: ["warm-result-tail"], run: warmResultTail },
  { ids: ["hung-cancel"], run: hungCancel },
  { ids: LIVES, run: lives },
  { ids: ["steer"], run: steering },
  { ids: ["live-8-pss"], run: memory },
  { ids: ["idle-8-processes"], run: idle },
  { ids: ["updates-20k"], run: updates },
  { ids: ["state-per-turn"], run: statePerTurn },
  { ids: ["gateway-start"], run: gatewayStart },
  { ids: ["cli-list"], run: cliList },
  { ids: ["telegram-overhead"], run: telegramOverhead },
];

const { quick, only } = wishes();
const watchers = new Set<(request: ModelRequest) => void>();
const model = await startFakeModel((request) => {
  for (const watch of watchers) watch(request);
});
const notes: string[] = [];
const words: Record<string, Record<string, string>> = {};
const bench: Bench = {
  ...{ model, quick, samples: {} },
  rounds: (full, few) => (quick ? few : full),
  side: (name, o) => sideOf(model, name, o),
  note: (sentence) => void notes.push(sentence),
  instead: (id, side, text) => {
    words[id] = { ...words[id], [side]: text };
  },
  asked: (matches) =>
    new Promise((resolve) => {
      const watch = (request: ModelRequest) => {
        if (!matches(request)) return;
        watchers.delete(watch);
        resolve(performance.now());
      };
      watchers.add(watch);
    }),
};

const began = performance.now();
const failed: string[] = [];
for (const { ids, run } of PARTS.filter(({ ids }) => ids.some((id) => only.includes(id)))) {
  const from = performance.now();
  process.stderr.write(`${ids.join(", ")} … `);
  try {
    await run(bench);
    process.stderr.write(`${Math.round((performance.now() - from) / 1000)} s\n`);
  } catch (error) {
    failed.push(...ids);
    process.stderr.write(`FAILED: ${error instanceof Error ? (error.stack ?? error.message) : error}\n`);
  }
}
await model.close();
const seconds = Math.round((performance.now() - began) / 1000);
const result = await resultOf({ samples: bench.samples, only, mode: quick ? "quick" : "full", seconds });
printTable({ result, words, notes });
// A part is for the eye alone: what is kept has every measure.
const whole = only.length === ROWS.length;
if (whole) await saveResult(result);
if (whole && !quick && failed.length === 0) await saveDocument({ result, words, notes });
process.exit(failed.length === 0 ? 0 : 1);

function wishes(): { quick: boolean; only: readonly string[] } {
  const options = { quick: { type: "boolean" }, only: { type: "string" } } as const;
  const { values } = parseArgs({ options });
  const all = ROWS.map(({ id }) => id);
  const only = values.only?.split(",").map((id) => id.trim()) ?? all;
  const unknown = only.filter((id) => !all.includes(id));
  if (unknown.length === 0) return { quick: values.quick === true, only };
  process.stderr.write(`There is no measure ${unknown.join(", ")}; there are: ${all.join(", ")}.\n`);
  process.exit(2);
}
