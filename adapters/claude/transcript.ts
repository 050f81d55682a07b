// Where Claude Code keeps the transcript of a session: $CLAUDE_CONFIG_DIR/projects/<cwd with dashes>/<id>.jsonl
import { open, readdir, readFile, realpath, stat } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { z } from "zod";
import { type RecoveredAnswer, type TranscriptMark, UNANSWERED } from "../harness.ts";

const SESSION_ID = /^[A-Za-z0-9_-]{1,128}$/;

// Claude Code writes this in the user's name when a turn is cancelled, and after the turn was settled.
const INTERRUPTION = /^\[Request interrupted by user/;

export interface Place {
  /** The environment Claude runs in. */
  env: Readonly<Record<string, string>>;
  cwd: string;
  sessionId: string;
}

const line = z.looseObject({
  type: z.string(),
  isMeta: z.boolean().optional(),
  isSidechain: z.boolean().optional(),
  timestamp: z.string().optional(),
  cwd: z.string().optional(),
  message: z
    .looseObject({
      stop_reason: z.string().nullish(),
      content: z.union([
        z.string(),
        z.array(
          z.looseObject({
            type: z.string(),
            text: z.string().optional(),
            name: z.string().optional(),
            input: z.looseObject({ run_in_background: z.unknown() }).partial().optional().catch(undefined),
          }),
        ),
      ]),
    })
    .optional(),
});
type Line = z.infer<typeof line>;

/**
 * The transcript of this session, in the folder of its directory or in any other (Claude finds a session by id wherever
 * it was started); undefined where there is none.
 */
export async function findTranscript({ env, cwd, sessionId }: Place): Promise<string | undefined> {
  if (!SESSION_ID.test(sessionId)) return undefined;
  const projects = projectsFolder(env);
  const file = `${sessionId}.jsonl`;
  const usual = path.join(projects, projectFolder(cwd), file);
  if (await isFile(usual)) return usual;
  const folders = await readdir(projects).catch(() => []);
  const candidates = folders.map((folder) => path.join(projects, folder, file));
  const found = await Promise.all(candidates.map(isFile));
  return candidates[found.indexOf(true)];
}

/**
 * True when there is a transcript with something said in it: Claude cannot resume one that was cut off before its first
 * message, and does not say so (2.1.44 ends, 2.1.316 knows no such session).
 */
export async function hasConversation(place: Place): Promise<boolean> {
  const file = await findTranscript(place);
  const said = ({ type, message }: Line) =>
    message !== undefined && (type === "user" || type === "assistant");
  return file !== undefined && (await firstLine(file, said)) !== undefined;
}

/**
 * The directory the session began in, where that is not this one: Claude goes on with it nowhere else (2.1.316 goes there
 * by itself, whatever it is told; 2.1.44 ends).
 */
export async function originalCwd(place: Place): Promise<string | undefined> {
  const file = await findTranscript(place);
  const began = file && (await firstLine(file, ({ cwd }) => inFolder(file, cwd)))?.cwd;
  if (began === undefined) return undefined;
  const [there, here] = await Promise.all(
    [began, place.cwd].map((directory) => realpath(directory).catch(() => directory)),
  );
  return there === here ? undefined : began;
}

// Claude may have moved about since; the folder of the transcript is named after where it began.
function inFolder(file: string, cwd: string | undefined): boolean {
  return cwd !== undefined && projectFolder(cwd) === path.basename(path.dirname(file));
}

/** Where Claude Code has a folder for each directory somebody used it in. */
export function projectsFolder(env: Place["env"]): string {
  return path.join(env.CLAUDE_CONFIG_DIR ?? path.join(env.HOME ?? homedir(), ".claude"), "projects");
}

/** The folder name Claude Code makes of a working directory. */
export function projectFolder(cwd: string): string {
  return cwd.replace(/[^A-Za-z0-9]/g, "-");
}

/** How far the transcript has been written, now; the older Claude Code writes its first lines a while after the turn. */
export async function markTranscript(place: Place): Promise<TranscriptMark> {
  const at = new Date().toISOString();
  const file = await findTranscript(place);
  const found = file === undefined ? undefined : await stat(file).catch(() => undefined);
  return { bytes: found?.size ?? 0, at };
}

/**
 * True when somebody else's words were written behind the mark: a message of a user that did not come through us.
 * What Claude itself appends after a turn (titles, summaries, late results) does not count.
 */
export async function hasExternalWrites(place: Place, mark: TranscriptMark): Promise<boolean> {
  const file = await findTranscript(place);
  const size = file === undefined ? 0 : ((await stat(file).catch(() => undefined))?.size ?? 0);
  if (file === undefined || size <= mark.bytes) return false;
  const handle = await open(file, "r");
  try {
    const appended = Buffer.alloc(size - mark.bytes);
    await handle.read(appended, 0, appended.length, mark.bytes);
    return lines(appended.toString("utf8")).some((one) => isPrompt(one) && (one.timestamp ?? "") > mark.at);
  } finally {
    await handle.close();
  }
}

/**
 * What Claude said after the last prompt with this text that was given since then, a paragraph for each text block; nothing
 * where there is none. Complete is what ends a turn, with no prompt behind it and nothing left working in the background.
 */
export async function findAnswer(
  place: Place,
  prompt: { text: string; since: string },
): Promise<RecoveredAnswer> {
  const [words, file] = [prompt.text.trim(), await findTranscript(place)];
  if (file === undefined || words === "") return UNANSWERED;
  const all = lines(await readFile(file, "utf8"));
  const given = (one: Line) => isPrompt(one) && (one.timestamp ?? "") >= prompt.since;
  const start = all.findLastIndex((one) => given(one) && textOf(one).includes(words));
  if (start === -1) return UNANSWERED;
  const next = all.findIndex((one, at) => at > start && isPrompt(one));
  const answers = all
    .slice(start + 1, next === -1 ? undefined : next)
    .filter((one) => one.type === "assistant" && !one.isSidechain);
  const text = answers
    .map(textOf)
    .filter((part) => part.trim() !== "")
    .join("\n\n");
  const ended = answers.at(-1)?.message?.stop_reason === "end_turn";
  return { text, complete: ended && next === -1 && !answers.some(worksOn) };
}

async function firstLine(file: string, wanted: (one: Line) => boolean): Promise<Line | undefined> {
  const handle = await open(file, "r").catch(() => undefined);
  if (handle === undefined) return undefined;
  try {
    for await (const raw of handle.readLines()) {
      const found = lines(raw).find(wanted);
      if (found) return found;
    }
    return undefined;
  } finally {
    await handle.close();
  }
}

/** What can be read of these lines of a transcript. */
export function lines(text: string): Line[] {
  return text.split("\n").flatMap((raw) => {
    if (!raw.startsWith("{")) return [];
    try {
      const read = line.safeParse(JSON.parse(raw));
      return read.success ? [read.data] : [];
    } catch {
      return [];
    }
  });
}

/** Whether a user said it. */
export function isPrompt(one: Line): boolean {
  if (one.type !== "user" || one.isMeta || one.isSidechain) return false;
  const text = textOf(one);
  return text !== "" && !INTERRUPTION.test(text);
}

// Something that goes on when the turn has ended: a command in the background, or an agent of Claude's own.
function worksOn({ message }: Line): boolean {
  const blocks = typeof message?.content === "string" ? [] : (message?.content ?? []);
  return blocks.some(
    ({ name, input }) => name === "Task" || name === "Agent" || input?.run_in_background === true,
  );
}

export function textOf(one: Line): string {
  const content = one.message?.content;
  if (typeof content === "string") return content;
  return (content ?? [])
    .flatMap((block) => (block.type === "text" && block.text ? [block.text] : []))
    .join("\n\n");
}

async function isFile(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined))?.isFile() ?? false;
}
