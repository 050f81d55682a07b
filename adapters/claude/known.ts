// The sessions Claude Code has on this machine, whoever began them: by the beginning of an id, and what was last said in one.
import { open, readdir } from "node:fs/promises";
import path from "node:path";
import { findTranscript, isPrompt, lines, type Place, projectsFolder, textOf } from "./transcript.ts";

// Claude Code's ids are UUIDs; what else lies there are transcripts of its own helpers.
const TRANSCRIPT = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.jsonl$/;
// The last prompt is near the end, unless a long turn came after it.
const TAIL_BYTES = 256 * 1024;
// Claude Code's own words in the user's name: a command of its screen, the end of a task.
const MARKUP = /^<(?:command|local-command|task|system|bash)-/;

/** The ids that begin so, each once. */
export async function findSessionIds(o: { env: Place["env"]; beginning: string }): Promise<string[]> {
  const projects = projectsFolder(o.env);
  const folders = await readdir(projects).catch(() => []);
  const files = await Promise.all(
    folders.map((folder) => readdir(path.join(projects, folder)).catch(() => [])),
  );
  const ids = files.flat().flatMap((file) => TRANSCRIPT.exec(file)?.[1] ?? []);
  return [...new Set(ids.filter((id) => id.startsWith(o.beginning)))];
}

/** What its user said last; undefined where nothing was said, or too long ago. */
export async function lastPrompt(place: Place): Promise<string | undefined> {
  const file = await findTranscript(place);
  const handle = file === undefined ? undefined : await open(file, "r").catch(() => undefined);
  if (handle === undefined) return undefined;
  try {
    const { size } = await handle.stat();
    const tail = Buffer.alloc(Math.min(size, TAIL_BYTES));
    await handle.read(tail, 0, tail.length, size - tail.length);
    const said = lines(tail.toString("utf8")).filter(isPrompt).map(textOf);
    return said.findLast((text) => !MARKUP.test(text));
  } finally {
    await handle.close();
  }
}
