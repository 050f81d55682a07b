// How a permission request reads: the button's title and text, the typed question, and what is said of the outcome.
import type { ToolUse } from "../../adapters/harness.ts";
import type { NativeRequest } from "./native.ts";
import { code, codeLines, plain, plainLines, quoted, shown } from "./plain.ts";

const TITLE_WIDTH = 76;
const DESCRIPTION_WIDTH = 440;
const DESCRIPTION_MAX = 500;
const LINE_WIDTH = 450;
const ALWAYS_WIDTH = 120;
const DETAIL_WIDTH = 900;
const ASKED_WIDTH = 300;
// Marks of the quoted lines; beyond so many lines the middle is left out.
const LINES = 12;
const DANGEROUS =
  /\b(?:rm|sudo|dd|mkfs|shutdown|reboot|chmod|chown|kill|curl|wget|ssh|scp|git push|npm publish|docker)\b/;

/** At most 80 characters, as the host wants it, also after it has escaped what it does not print. */
export function titleOf(tool: ToolUse): string {
  return shown(tool.title, TITLE_WIDTH) || shown(tool.name, TITLE_WIDTH) || "Use a tool";
}

/** What a remembered answer covers, and where it will hold beside the usual. */
export interface Always {
  what: string;
  where?: string | undefined;
}

/** At most 512 characters. `always` is what a remembered answer would cover; absent where none may be remembered. */
export function descriptionOf(tool: ToolUse, always: Always | undefined): string {
  const where = always?.where === undefined ? "" : `, ${always.where}`;
  const remembered = always ? `\nAlways means${where}: ${shown(always.what, ALWAYS_WIDTH)}` : "";
  for (let room = DESCRIPTION_WIDTH - remembered.length; room > 0; room -= 20) {
    const lines = fewLines(plainLines(tool.detail, room)).split("\n");
    const detail = lines.map((line) => shown(line, LINE_WIDTH));
    const text = `${lines.length > 1 ? quoted(detail.join("\n")) : detail.join()}${remembered}`;
    if ([...text].length <= DESCRIPTION_MAX) return text.trim() || titleOf(tool);
  }
  return titleOf(tool);
}

/** The question for people who answer by typing. */
export function questionOf(o: { tool: ToolUse; always: Always | undefined; minutes: number }): string {
  const { tool, always, minutes } = o;
  const title = plain(tool.title, ASKED_WIDTH);
  const options = ["1 once", ...(always === undefined ? [] : [`2 always (${covers(always)})`]), "3 no"];
  const whole = title === tool.title && tool.title.endsWith(tool.detail);
  return [
    `🔐 Claude asks: ${code(title)}`,
    ...(tool.detail === "" || whole ? [] : [codeLines(fewLines(plainLines(tool.detail, DETAIL_WIDTH)))]),
    `Reply ${options.join(" · ")} · cancel, or "n" and why. I wait ${minutes} min.`,
  ].join("\n");
}

export function hintOf(tool: ToolUse, always: Always | undefined): string {
  const options = always === undefined ? "1 (once) or 3 (no)" : "1 (once), 2 (always) or 3 (no)";
  return `I am still waiting for an answer to: ${code(plain(tool.title, 200))}\nReply ${options}. What you wrote is kept until then.`;
}

export function severityOf(tool: ToolUse): NativeRequest["severity"] {
  if (tool.command !== undefined) return DANGEROUS.test(tool.command) ? "critical" : "warning";
  return tool.kind === "read" || tool.kind === "search" ? "info" : "warning";
}

export function refused(tool: ToolUse, why: string): string {
  return `${why}: ${code(plain(tool.title, 200))}`;
}

function covers({ what, where }: Always): string {
  return [code(plain(what, ALWAYS_WIDTH)), where].filter(Boolean).join(" ");
}

function fewLines(text: string): string {
  const lines = text.split("\n");
  if (lines.length <= LINES) return text;
  const end = Math.floor(LINES / 3);
  const begin = LINES - end - 1;
  return [
    ...lines.slice(0, begin),
    `… ${lines.length - begin - end} lines left out …`,
    ...lines.slice(-end),
  ].join("\n");
}
