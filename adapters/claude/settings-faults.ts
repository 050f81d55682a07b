// Settings files of Claude Code that are not valid JSON: it uses nothing of such a file and says so to nobody, rules that deny something included.
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { SettingsFault } from "../harness.ts";
import { configFolder } from "./denied.ts";

const MAX_BYTES = 1_000_000;

/** The files that apply in this directory and cannot be read as JSON, each with the line of its first mistake. */
export async function settingsFaults(o: {
  cwd: string;
  sources: readonly string[];
  env: Readonly<Record<string, string>>;
}): Promise<SettingsFault[]> {
  const files: Readonly<Record<string, string>> = {
    user: path.join(configFolder(o.env), "settings.json"),
    project: path.join(o.cwd, ".claude", "settings.json"),
    local: path.join(o.cwd, ".claude", "settings.local.json"),
  };
  const used = [...new Set(o.sources.flatMap((source) => files[source] ?? []))];
  const found = await Promise.all(used.map(faultIn));
  return found.flatMap((fault) => fault ?? []);
}

async function faultIn(file: string): Promise<SettingsFault | undefined> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined || text.length > MAX_BYTES || text.trim() === "") return undefined;
  const json = text.replace(/^\uFEFF/, "");
  return failsIn(json) === undefined ? undefined : { file, line: lineOf(json) };
}

// V8 tells the place of a mistake only sometimes: it is on the first line up to which the text is wrong, and not only unfinished. What is
// wrong stays wrong, so a few looks are enough.
function lineOf(json: string): number {
  const lines = json.trimEnd().split("\n");
  let [good, bad] = [0, lines.length];
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (failsIn(lines.slice(0, middle).join("\n")) === "wrong") bad = middle;
    else good = middle;
  }
  return bad;
}

function failsIn(json: string): "wrong" | "unfinished" | undefined {
  const text = json.trimEnd();
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    const message = error instanceof Error ? error.message : "";
    const position = /position (\d+)/.exec(message)?.[1];
    const atEnd = position === undefined ? /end of JSON/.test(message) : Number(position) >= text.length;
    // No string goes on behind the end of its line.
    return atEnd && !/Unterminated string/.test(message) ? "unfinished" : "wrong";
  }
}
