// The change a tool wants to make to a file, as a diff people can read; of a file that is written whole, against what stands there now.
import { open } from "node:fs/promises";
import { structuredPatch } from "diff";
import type { ToolUse } from "../../adapters/harness.ts";

type Change = NonNullable<ToolUse["change"]>;

const MAX_READ_BYTES = 512 * 1024;
const CONTEXT_LINES = 3;
// A comparison that takes longer than that gives all old lines and all new ones.
const COMPARE_MS = 100;

export interface Diff {
  text: string;
  added: number;
  removed: number;
  /** True where the file is not there yet. */
  fresh: boolean;
}

/** Never throws: where the file cannot be read, all that is to be written is shown as new. */
export async function diffOf(path: string, change: Change): Promise<Diff> {
  const there = change.before === undefined ? await readText(path) : undefined;
  const before = change.before ?? there ?? "";
  const lines = hunks(before, change.after) ?? [...marked("-", before), ...marked("+", change.after)];
  const everywhere = change.everywhere ? ["(at every place in the file where these lines are)"] : [];
  return {
    text: [...everywhere, ...lines].join("\n"),
    added: lines.filter((line) => line.startsWith("+")).length,
    removed: lines.filter((line) => line.startsWith("-")).length,
    fresh: change.before === undefined && there === undefined,
  };
}

function hunks(before: string, after: string): string[] | undefined {
  const patch = structuredPatch("", "", before, after, "", "", {
    context: CONTEXT_LINES,
    timeout: COMPARE_MS,
  });
  if (patch === undefined) return undefined;
  return patch.hunks.flatMap((hunk, index) => [...(index === 0 ? [] : ["…"]), ...hunk.lines]);
}

function marked(mark: string, text: string): string[] {
  return text === ""
    ? []
    : text
        .replace(/\n$/, "")
        .split("\n")
        .map((line) => mark + line);
}

// A text of a sane size; undefined for none, and for what is no text.
async function readText(path: string): Promise<string | undefined> {
  const handle = await open(path, "r").catch(() => undefined);
  if (handle === undefined) return undefined;
  try {
    const found = await handle.stat();
    if (!found.isFile() || found.size > MAX_READ_BYTES) return undefined;
    const text = await handle.readFile("utf8");
    return text.includes("\0") ? undefined : text;
  } catch {
    return undefined;
  } finally {
    await handle.close();
  }
}
