// The scripts that a command names: who trusts the command trusts what they hold, so a change in one is a change of the command.
import { stat } from "node:fs/promises";
import { isAbsolute, resolve } from "node:path";
import { contentHash } from "./finds.ts";

const MAX_WORDS = 50;

/** The command with the content of every file it names, as one text to compare; `dir` is where it would run. */
export async function withScripts(command: string, dir: string): Promise<string> {
  const words = command
    .replaceAll(/\$\{?CLAUDE_PROJECT_DIR\}?/g, dir)
    .replaceAll(/["'\\]/g, "")
    .split(/[\s`;|&()<>={},[\]]+/)
    .filter((word) => /[/.]/.test(word))
    .slice(0, MAX_WORDS);
  const hashes = await Promise.all([...new Set(words)].map((word) => scriptHash(word, dir)));
  return [command, ...hashes.filter((hash) => hash !== undefined)].join("\n");
}

// A program of the system is not the directory's to change.
async function scriptHash(word: string, dir: string): Promise<string | undefined> {
  const path = resolve(dir, word);
  if (isAbsolute(word) && !path.startsWith(`${dir}/`)) return undefined;
  const known = await stat(path).catch(() => undefined);
  return known?.isFile() ? `${word} ${await contentHash(path)}` : undefined;
}
