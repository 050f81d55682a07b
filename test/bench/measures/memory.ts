// Eight conversations at once: what they cost in memory while they are live, and what is left of them when nobody speaks.
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { adapterEntry } from "../../support/bare-client.ts";
import { pssOf, tempDir, until } from "../../support/poll.ts";
import { familyOf, type Process } from "../../support/processes.ts";
import type { Bench } from "../bench.ts";
import type { Side } from "../sides/side.ts";
import { add } from "../stats.ts";

const SESSIONS = 8;
const MEGABYTE = 1_000_000;
/** Nobody speaks for this long before ours lets go; the others are given as long. */
const IDLE_MS = 2_000;

/** Summed PSS after one turn in each of eight sessions, and then the processes left after they were idle. */
export async function memory(bench: Bench): Promise<void> {
  add(bench.samples, "live-8-pss", "floor", await plainClaudes(bench));
  for (const name of ["acpx", "ours"] as const) {
    const side = await bench.side(name);
    try {
      await eight(side);
      add(bench.samples, "live-8-pss", name, await settledPss(() => processesOf(side)));
    } finally {
      await side.close();
    }
  }
}

/** What is left when nobody has spoken for as long as ours needs to let go of everything. */
export async function idle(bench: Bench): Promise<void> {
  let waited = 5 * IDLE_MS;
  for (const name of ["ours", "acpx"] as const) {
    const side = await bench.side(name, { idleMs: IDLE_MS });
    try {
      await eight(side);
      const from = performance.now();
      const parked = () => processesOf(side).length === 0;
      await until("nothing to run", parked, { withinMs: waited, everyMs: 250 }).catch(() => {});
      waited = Math.max(IDLE_MS, performance.now() - from);
      add(bench.samples, "idle-8-processes", name, processesOf(side).length);
    } finally {
      await side.close();
    }
    add(bench.samples, "idle-8-processes", "floor", processesOf(side).length);
  }
}

async function eight(side: Side): Promise<void> {
  const one = async (at: number) => await (await side.open(`c${at}`)).send(`Hello ${at}.`).over;
  await Promise.all(Array.from({ length: SESSIONS }, (_, at) => one(at)));
}

function processesOf(side: Side): Process[] {
  const folder = dirname(side.cwd);
  const own = side
    .pids()
    .flatMap((pid) => [...familyOf({ pid, folder }), { pid, ppid: process.pid, command: "adapter" }]);
  return [
    ...new Map([...familyOf({ pid: undefined, folder }), ...own].map((one) => [one.pid, one])).values(),
  ];
}

// What an adapter starts for a moment at each prompt is over when the number of processes stands still.
async function settledPss(list: () => Process[]): Promise<number> {
  let before = -1;
  const still = () => {
    const now = list().length;
    const same = now === before;
    before = now;
    return same;
  };
  await sleep(1_000);
  await until("the processes to settle", still, { everyMs: 1_000, withinMs: 30_000 });
  const sizes = await Promise.all(list().map(({ pid }) => pssOf(pid)));
  return sizes.reduce((sum, size) => sum + size, 0) / MEGABYTE;
}

// The floor of memory: Claude Code alone, long-lived, without any adapter.
async function plainClaudes(bench: Bench): Promise<number> {
  await using folder = await tempDir("bench-plain");
  const cwd = join(folder.path, "work");
  await mkdir(cwd);
  const children: ChildProcessWithoutNullStreams[] = [];
  try {
    await Promise.all(
      Array.from({ length: SESSIONS }, async (_, at) => {
        const child = spawn(claudeFile(), STREAM_JSON, { cwd, env: environment(bench) });
        children.push(child);
        child.stderr.resume();
        await firstResult(child, `Hello ${at}.`);
      }),
    );
    return await settledPss(() => familyOf({ pid: undefined, folder: folder.path }));
  } finally {
    const ended = children.map((child) => new Promise((done) => child.once("exit", done)));
    for (const child of children) child.kill("SIGKILL");
    await Promise.all(ended);
  }
}

const STREAM_JSON = ["-p", "--verbose", "--input-format", "stream-json", "--output-format", "stream-json"];

function environment(bench: Bench): Record<string, string> {
  return { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "/", ...bench.model.env() };
}

async function firstResult(child: ChildProcessWithoutNullStreams, text: string): Promise<void> {
  let said = "";
  child.stdout.on("data", (data: Buffer) => {
    said += data.toString();
  });
  child.stdin.write(`${JSON.stringify({ type: "user", message: { role: "user", content: text } })}\n`);
  await until("Claude's answer", () => said.includes('"type":"result"'), { withinMs: 30_000 });
}

// The Claude Code that the adapter brings along.
function claudeFile(): string {
  const sdk = createRequire(adapterEntry("claude-agent-acp")).resolve("@anthropic-ai/claude-agent-sdk");
  const name = `@anthropic-ai/claude-agent-sdk-${process.platform}-${process.arch}/claude`;
  return createRequire(sdk).resolve(name);
}
