// How a permission request reads: the question in the conversation, the host's own prompt, and what is said of the outcome.
import { basename } from "node:path";
import type { ToolUse } from "../../adapters/harness.ts";
import { asText, code, plain, quoted, shown } from "../../common/text.ts";
import type { Diff } from "./change.ts";
import { type Exact, exact, wholeBlock } from "./exact.ts";
import type { NativeRequest } from "./native.ts";

const TITLE_WIDTH = 76;
const ALWAYS_WIDTH = 120;
const PATH_WIDTH = 300;

/** What a remembered answer covers, and where it will hold. */
interface Always {
  what: string;
  where: string;
}

/** A question in words. */
export interface Worded {
  text: string;
  /** The same with its number among others that wait. */
  numbered: (number: number) => string;
  /** To be posted before the question, where the text does not show all of it as it is. */
  file?: { name: string; text: string };
  /** The same without a cut, and without how to answer; absent where it is too long for a message. */
  whole?: string;
  /** False where nothing may be remembered, or the text does not show all of what would be. */
  allowAlways: boolean;
}

export interface Asked {
  /** The name of the harness, as users read it. */
  harness: string;
  tool: ToolUse;
  /** The change to a file, where the tool wants to make one. */
  diff: Diff | undefined;
  warnings: readonly string[];
  /** What "always" would mean; absent where nothing may be remembered. */
  always: Always | undefined;
  cwd: string | undefined;
  minutes: number;
  /** The command an answer is given with; absent where it is just written. */
  answerWith?: string | undefined;
}

/** The question as it is put in the conversation; "always" is not offered for what the text does not show whole. */
export function questionOf(asked: Asked): Worded {
  const { tool, warnings, diff } = asked;
  const body = bodyOf(tool, diff);
  const seen = exact(body);
  const complete = !seen.cut && !seen.unseen;
  const always = complete ? asked.always : undefined;
  const careful = [
    ...warnings,
    ...(seen.unseen ? ["has characters that cannot be seen, written as ⟨U+…⟩"] : []),
  ];
  const head = [`🔐 ${headOf(asked)}`, ...(careful.length > 0 ? [`⚠️ ${careful.join(" · ")}`] : [])];
  const block = wholeBlock(body);
  const whole = block === undefined ? {} : { whole: [...head, block].join("\n") };
  const text = [
    ...head,
    ...(body === "" ? [] : [seen.block]),
    ...(seen.whole === undefined ? [] : ["All of it, as it is, stands in the file above."]),
    ...(always ? [`"always" means: ${coveredBy(tool, always)}`] : []),
    ...(diff ? ["To allow all edits here: /cc mode acceptEdits"] : []),
  ].join("\n");
  const { minutes, answerWith } = asked;
  const answers = { always: always !== undefined, minutes, answerWith };
  return {
    text: `${text}\n${answersText(answers)}`,
    numbered: (number) => `${numberText(number)}\n${text}\n${answersText({ ...answers, number })}`,
    ...whole,
    allowAlways: always !== undefined,
    ...fileOf(seen, tool),
  };
}

/** Stands before a question that is not alone. */
export function numberText(number: number): string {
  return number === 2 ? "Question 2 (the one before it is 1)." : `Question ${number}.`;
}

/** The question for the host's own prompt; undefined where that would not show all of it. */
export function nativeTextOf(asked: Asked): { title: string; description: string } | undefined {
  const { tool, always, diff } = asked;
  const body = bodyOf(tool, diff);
  if (body === "" || exact(body).whole !== undefined) return undefined;
  const lines = body.split("\n").map(asText);
  const whole = lines.length > 1 ? quoted(lines.join("\n")) : lines.join();
  const remembered = always ? `\n"Always" means: ${coveredBy(tool, always)}` : "";
  return { title: titleOf(tool), description: `${whole}${remembered}` };
}

/** One line of at most 80 characters, as the host wants it. */
export function titleOf(tool: ToolUse): string {
  return shown(tool.title, TITLE_WIDTH) || shown(tool.name, TITLE_WIDTH) || "Use a tool";
}

export function hintOf(tool: ToolUse, allowAlways: boolean, answerWith?: string): string {
  const options = allowAlways ? "y (once), always or n (no)" : "y (once) or n (no)";
  return `I am still waiting for an answer to: ${code(plain(tool.title, 200))}\n${replyWith(answerWith)} ${options}.${answerWith === undefined ? " What you wrote is kept until then." : ""}`;
}

export function severityOf(warnings: readonly string[], tool: ToolUse): NativeRequest["severity"] {
  if (warnings.length > 0) return "critical";
  return tool.kind === "read" || tool.kind === "search" ? "info" : "warning";
}

export function refused(tool: ToolUse, why: string): string {
  return `${why}: ${code(plain(tool.title, 200))}`;
}

function headOf({ harness, tool, diff, cwd }: Asked): string {
  const { command, path, url } = tool;
  const wants = `${harness} wants to`;
  if (command !== undefined) {
    const apart = tool.name === "Bash" ? "" : ` (${plain(tool.name, 60)})`;
    return `${wants} run a command${apart}${cwd === undefined ? "" : ` in ${code(plain(cwd, PATH_WIDTH))}`}`;
  }
  if (path !== undefined && diff) {
    const size = `(+${diff.added}${diff.removed > 0 ? ` −${diff.removed}` : ""})`;
    return `${wants} ${diff.fresh ? "create" : "change"} ${code(plain(basename(path), PATH_WIDTH))} ${size}`;
  }
  if (path !== undefined && (tool.kind === "read" || tool.kind === "search")) return `${wants} read`;
  if (url !== undefined) return `${wants} fetch a page`;
  return `${wants} use ${code(plain(tool.name, 60))}`;
}

function bodyOf(tool: ToolUse, diff: Diff | undefined): string {
  return diff ? `${tool.path ?? ""}\n${diff.text}` : tool.detail;
}

function answersText(o: {
  always: boolean;
  minutes: number;
  number?: number;
  answerWith: string | undefined;
}): string {
  const which = o.number === undefined ? "" : ` ${o.number}`;
  const remembered = o.always ? ` · always${which}` : "";
  const answers = `y${which} (once)${remembered} · n${which} (no), or n${which} and why · cancel. I wait ${o.minutes} min.`;
  return `${replyWith(o.answerWith)} ${answers}`;
}

/** Stands before the words an answer may be; `command` is what it is given with, where it is not just written. */
export function replyWith(command: string | undefined): string {
  return command === undefined ? "Reply" : `Press a button, or send ${code(command)} and`;
}

function coveredBy({ command, path, kind }: ToolUse, { what, where }: Always): string {
  const used =
    command !== undefined || path === undefined ? "" : kind === "edit" ? "any change to " : "reading ";
  return `${used}${code(plain(what, ALWAYS_WIDTH))} ${where}`;
}

// Text files are what every channel takes.
function fileOf(seen: Exact, tool: ToolUse): { file?: { name: string; text: string } } {
  if (seen.whole === undefined) return {};
  const about =
    tool.path === undefined
      ? ""
      : `-${basename(tool.path)
          .replace(/[^\w.-]+/g, "_")
          .slice(0, 60)}`;
  const kind = tool.command !== undefined ? "command" : tool.change ? "change" : "input";
  return { file: { name: `${kind}${about}.txt`, text: seen.whole } };
}
