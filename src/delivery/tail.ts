// The tail of a long answer: its last lines, and how to see the rest.

const LONG = 3_000;
const KEPT = 2_000;
const FENCE = /^ {0,3}(`{3,}|~{3,})(.*)$/;

/** The text itself where it is short enough; else its end, from the beginning of a line, an open code block opened again. */
export function tailOf(text: string): string {
  if (text.length <= LONG) return text;
  const from = startOfLine(text, text.length - KEPT);
  const left = text.slice(0, from);
  const fence = openFence(left);
  const note = `… ${[...left].length} characters before this; all of it: /cc history`;
  return `${note}\n\n${fence === undefined ? "" : `${fence}\n`}${text.slice(from)}`;
}

// The next line, or the place itself where the line is long; never between the halves of a letter.
function startOfLine(text: string, at: number): number {
  const next = text.indexOf("\n", at) + 1;
  if (next > 0 && next - at < KEPT / 2) return next;
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff ? at + 1 : at;
}

// The line that opened the code block this text ends in.
function openFence(text: string): string | undefined {
  let open: { mark: string; line: string } | undefined;
  for (const line of text.split("\n")) {
    if (line.length < 3) continue;
    const [, mark, rest = ""] = FENCE.exec(line) ?? [];
    if (mark === undefined) continue;
    if (!open) open = { mark, line };
    else if (mark.startsWith(open.mark) && rest.trim() === "") open = undefined;
  }
  return open?.line;
}
