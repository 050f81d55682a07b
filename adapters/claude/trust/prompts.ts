// Commands, skills, agents and workflows of a directory: text for Claude, harmless until it runs something or widens what Claude may do.
import { realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Finds, hashOf, TOO_MANY } from "./finds.ts";

const MAX_FILES = 500;
const MAX_DEPTH = 5;
// Inline shell of a command or skill: !`…`, or a fenced block that begins with !.
const INLINE = /!`([^`]+)`/;
const BLOCK = /^\s*(?:```|~~~)\s*!/m;
const POWERS: Readonly<Record<string, string>> = {
  hooks: "brings hooks of its own",
  mcpServers: "brings MCP servers of its own",
  "allowed-tools": "lets Claude do without asking",
  allowedTools: "lets Claude do without asking",
  permissionMode: "sets what Claude may do without asking",
};

/** Looks through `commands`, `skills`, `agents` and `workflows` of a `.claude` folder. */
export async function readPrompts(finds: Finds, claude: string): Promise<void> {
  for (const kind of ["commands", "skills", "agents", "output-styles"])
    for (const file of await filesBelow(finds, join(claude, kind))) {
      if (file.endsWith(".md")) await readPrompt(finds, file);
      else if (/\/(?:plugin|marketplace|hooks|settings)\.json$|\/\.(?:mcp|lsp)\.json$/.test(file))
        await readWhole(finds, file, "brings a plugin");
    }
  for (const kind of ["workflows", "plugins", ".claude-plugin", "routines"])
    for (const file of await filesBelow(finds, join(claude, kind)))
      await readWhole(
        finds,
        file,
        kind === "workflows" ? "is a workflow that Claude can run" : "brings a plugin",
      );
}

async function readPrompt(finds: Finds, file: string): Promise<void> {
  const text = await finds.read(file);
  if (text === undefined) return;
  const whole = hashOf(text);
  const { head, body } = parts(text);
  for (const [key, does] of Object.entries(POWERS)) {
    const value = powerIn(head, key);
    if (value !== undefined)
      finds.add({ file, does, detail: value === "" ? undefined : value, whole: `${key} ${whole}` });
  }
  // What YAML can say in other ways than a plain key at the beginning of a line.
  if (/^\s*[{?&*]|\\[ux]|<<\s*:/m.test(head))
    finds.add({ file, does: "has a head in a form that is not known", whole });
  const command = INLINE.exec(body)?.[1] ?? (BLOCK.test(body) ? "" : undefined);
  if (command !== undefined)
    finds.add({
      file,
      does: "runs when it is used",
      detail: command === "" ? undefined : command,
      whole: `inline ${whole}`,
    });
}

function parts(text: string): { head: string; body: string } {
  const found = /^\uFEFF?---[^\S\n]*\r?\n([\s\S]*?)(?:\r?\n---[^\S\n]*(?:\r?\n|$))/.exec(text);
  return found ? { head: found[1] ?? "", body: text.slice(found[0].length) } : { head: "", body: text };
}

function powerIn(head: string, key: string): string | undefined {
  return new RegExp(`^\\s*["']?${key}["']?\\s*:[^\\S\\n]*(.*)$`, "m").exec(head)?.[1]?.trim();
}

async function readWhole(finds: Finds, file: string, does: string): Promise<void> {
  const text = await finds.read(file);
  if (text !== undefined) finds.add({ file, does, whole: hashOf(text) });
}

// Links are followed, as Claude Code follows them, and none twice.
async function filesBelow(
  finds: Finds,
  folder: string,
  o: { depth: number; seen: Set<string> } = { depth: 0, seen: new Set() },
): Promise<string[]> {
  const real = await realpath(folder).catch(() => folder);
  if (o.seen.has(real)) return [];
  o.seen.add(real);
  const files: string[] = [];
  for (const name of await finds.names(folder)) {
    if (files.length >= MAX_FILES) {
      finds.add({ file: folder, does: TOO_MANY });
      break;
    }
    const path = join(folder, name);
    const inside = o.depth < MAX_DEPTH && (await isFolder(path));
    files.push(...(inside ? await filesBelow(finds, path, { ...o, depth: o.depth + 1 }) : [path]));
  }
  return files;
}

async function isFolder(path: string): Promise<boolean> {
  return await stat(path).then(
    (known) => known.isDirectory(),
    () => false,
  );
}
