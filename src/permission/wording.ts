// How a permission request reads: the button's title and text, the typed question, and what is said of the outcome.
import type { ToolUse } from "../../adapters/harness.ts";
import type { NativeRequest } from "./native.ts";
import { plain, plainLines } from "./plain.ts";

const TITLE_WIDTH = 76;
const DESCRIPTION_WIDTH = 440;
const DETAIL_WIDTH = 900;
const DANGEROUS =
  /\b(?:rm|sudo|dd|mkfs|shutdown|reboot|chmod|chown|kill|curl|wget|ssh|scp|git push|npm publish|docker)\b/;

export function titleOf(tool: ToolUse): string {
  return plain(tool.title, TITLE_WIDTH) || plain(tool.name, TITLE_WIDTH);
}

/** `always` is what a remembered answer would cover; absent where none may be remembered. */
export function descriptionOf(tool: ToolUse, always: string | undefined): string {
  const remembered = always === undefined ? "" : `\nAlways means: ${plain(always, 120)}`;
  return `${plainLines(tool.detail, DESCRIPTION_WIDTH - remembered.length)}${remembered}` || titleOf(tool);
}

/** The question for people who answer by typing. */
export function questionOf(o: { tool: ToolUse; always: string | undefined; minutes: number }): string {
  const { tool, always, minutes } = o;
  const options = ["1 once", ...(always === undefined ? [] : [`2 always (${plain(always, 120)})`]), "3 no"];
  const detail =
    tool.detail === "" || tool.title.endsWith(tool.detail)
      ? []
      : [quoted(plainLines(tool.detail, DETAIL_WIDTH))];
  return [
    `🔐 Claude asks: ${plain(tool.title, 300)}`,
    ...detail,
    `Reply ${options.join(" · ")} · cancel, or "n" and why. I wait ${minutes} min.`,
  ].join("\n");
}

export function hintOf(tool: ToolUse, always: string | undefined): string {
  const options = always === undefined ? "1 (once) or 3 (no)" : "1 (once), 2 (always) or 3 (no)";
  return `I am still waiting for an answer to: ${plain(tool.title, 200)}\nReply ${options}. What you wrote is kept until then.`;
}

export function severityOf(tool: ToolUse): NativeRequest["severity"] {
  if (tool.command !== undefined) return DANGEROUS.test(tool.command) ? "critical" : "warning";
  return tool.kind === "read" || tool.kind === "search" ? "info" : "warning";
}

export function refused(tool: ToolUse, why: string): string {
  return `${why}: ${plain(tool.title, 200)}`;
}

// Every line is marked, so that nothing in it can pass for one of ours.
function quoted(text: string): string {
  return text
    .split("\n")
    .map((line) => `│ ${line}`)
    .join("\n");
}
