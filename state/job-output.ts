// What a job said and did lately, in numbered blocks: a file for each job, which whoever looks on reads from where they were.
import { appendFile, mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { writeDurably } from "./durable-file.ts";

/** How many blocks are kept; the file is written anew when it has twice as many. */
const KEPT = 200;
const WIDTH = 4_000;

const blockSchema = z.object({
  n: z.int().positive(),
  at: z.string(),
  kind: z.enum(["text", "tool", "ask", "notice"]),
  text: z.string(),
});

/** `n` rises by one with every block of a job, from 1; `at` is an ISO time. */
export type Block = z.infer<typeof blockSchema>;

export interface JobOutput {
  /** Adds a block, cut to 4,000 characters; never rejects: a lost block is a line less to look at. */
  add(kind: Block["kind"], text: string): Promise<Block>;
  /** The last 200, the oldest first. */
  all(): Promise<readonly Block[]>;
  drop(): Promise<void>;
}

/** Opens the output of one job without touching the disk; `id` is a plain word. */
export function openJobOutput(o: { dir: string; id: string; now: () => Date }): JobOutput {
  const file = join(o.dir, `${o.id}.jsonl`);
  let blocks: Block[] | undefined;
  let lines = 0;
  let writing: Promise<unknown> = Promise.resolve();
  const load = async () => {
    if (blocks) return blocks;
    const found = await readBlocks(file);
    lines = found.length;
    blocks ??= found.slice(-KEPT);
    return blocks;
  };
  const write = async (block: Block, kept: readonly Block[]) => {
    await mkdir(o.dir, { recursive: true, mode: 0o700 });
    lines += 1;
    if (lines <= 2 * KEPT) return await appendFile(file, lineOf(block), { mode: 0o600 });
    await writeDurably({ file, bytes: Buffer.from(kept.map(lineOf).join("")) });
    lines = kept.length;
  };
  const inTurn = <T>(task: () => Promise<T>): Promise<T> => {
    const done = writing.then(task);
    writing = done.catch(() => {});
    return done;
  };
  return {
    add: (kind, text) =>
      inTurn(async () => {
        const kept = await load();
        const block = { n: (kept.at(-1)?.n ?? 0) + 1, at: o.now().toISOString(), kind, text: cut(text) };
        kept.push(block);
        if (kept.length > KEPT) kept.shift();
        await write(block, kept).catch(() => {});
        return block;
      }),
    all: () => inTurn(async () => [...(await load())]),
    drop: () =>
      inTurn(async () => {
        blocks = [];
        lines = 0;
        await rm(file, { force: true });
      }),
  };
}

async function readBlocks(file: string): Promise<Block[]> {
  const text = await readFile(file, "utf8").catch(() => "");
  return text.split("\n").flatMap((line) => {
    const read = blockSchema.safeParse(parsed(line));
    return read.success ? [read.data] : [];
  });
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function lineOf(block: Block): string {
  return `${JSON.stringify(block)}\n`;
}

function cut(text: string): string {
  return text.length <= WIDTH ? text : `${text.slice(0, WIDTH - 1)}…`;
}
