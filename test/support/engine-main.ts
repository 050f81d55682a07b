// A process that runs an engine with leases on disk and holds a turn, to be killed: `node engine-main.ts <options as JSON>`.
import { silentLog } from "../../common/log.ts";
import { leaseBook } from "../../src/session/process/lease-book.ts";
import { ask, type EngineOptions, startEngine } from "./engine.ts";

/** `leases` is the folder they are kept in; a line of JSON on stdout tells when the turn has begun. */
export type EngineProcess = Omit<EngineOptions, "leases"> & {
  leases: string;
  home: string;
  prompts: string[];
};

const { leases, prompts, ...options } = JSON.parse(process.argv[2] ?? "{}") as EngineProcess;
const engine = await startEngine({
  ...options,
  leases: leaseBook({ dir: leases, graceMs: 500, log: silentLog }),
});
for (const prompt of prompts.slice(0, -1)) await ask(engine.session(), prompt);
const turn = engine
  .session()
  .prompt({ id: "last", text: prompts.at(-1) ?? "", images: [], audience: { is: "caller" } });
turn.read(({ type }) => {
  if (type === "text") process.stdout.write(`${JSON.stringify(engine.sessions.adapters())}\n`);
});
await turn.result;
