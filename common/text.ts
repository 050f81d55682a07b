// Text from outside, made safe to show inside our own sentences: no tricks, no markup, no longer than the eye wants.

// Control characters and lone surrogates, and what reorders, hides or only takes up room (bidirectional marks, zero-width,
// tags, fillers); a host that escapes them in its prompts would find the text too long (exec-approval-text-sanitize).
const TRICKS = String.raw`\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800`;
const HIDDEN = new RegExp(String.raw`[\p{Cc}${TRICKS}]+`, "gu");
const HIDDEN_IN_LINES = new RegExp(String.raw`(?![\n\t])[\p{Cc}${TRICKS}]`, "gu");
// Marks piled upon a letter paint over the lines around it.
const PILED = /(\p{M}{2})\p{M}+/gu;
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|[\u{20000}-\u{3fffd}]/u;
// An underscore within a word is none.
const MARKUP = /[\\`*~|[\]<>#@]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/u;
const MARKUPS = new RegExp(MARKUP, "gu");

// What is shown of a text is short; of one that is longer than this no more is looked at than its beginning and its end.
const LOOKED_AT = 16_000;
// More than any message of ours holds.
const PROSE_UNITS = 100_000;
const VISIBLE_UNITS = 200_000;

/** One line of at most `width` columns, without control, bidirectional or invisible characters. */
export function plain(text: string, width: number): string {
  return cut(onOneLine(text.slice(0, LOOKED_AT)), width);
}

/** The same for several lines; of what is too long the beginning and the end, so that nothing hides behind the cut. */
export function plainLines(text: string, width: number): string {
  const long = text.length > 2 * LOOKED_AT;
  const whole = (long ? `${text.slice(0, LOOKED_AT)}${text.slice(-LOOKED_AT)}` : text)
    .split(/\r\n?|\n/)
    .map(onOneLine)
    .join("\n")
    .trim();
  const letters = [...whole];
  if (!long && columns(whole) <= width) return whole;
  const left = `\n… ${long ? text.length : letters.length} characters, the middle left out …\n`;
  const room = Math.max(2, width - left.length);
  const tail = Math.floor(room / 3);
  return `${cut(whole, room - tail)}${left}${lastColumns(letters, tail)}`;
}

/** Text that keeps its own lines, spaces and markup, such as a plan; only what hides is gone. */
export function visible(text: string): string {
  const kept = text.length > VISIBLE_UNITS ? `${text.slice(0, VISIBLE_UNITS)}\n… cut here …` : text;
  return kept.replace(/\r\n?/g, "\n").replace(HIDDEN_IN_LINES, "").replace(PILED, "$1");
}

/**
 * One line of at most `width` columns for a prompt of the host, which renders Markdown in some channels and shows it as it
 * is in others: as code only where it would be rendered.
 */
export function shown(text: string, width: number): string {
  const line = plain(text, width);
  if (!MARKUP.test(line)) return line;
  for (let room = width - 2; room > 0; room -= 2) {
    const marked = code(plain(line, room));
    if (columns(marked) <= width) return marked;
  }
  return "…";
}

/** A line for a prompt of the host, which renders Markdown in some channels: as code only where it would be rendered. */
export function asText(line: string): string {
  return MARKUP.test(line) ? code(line) : line;
}

/** As Markdown that shows exactly this text, in a line of ours. */
export function code(text: string): string {
  const fence = "`".repeat(longestRun(text) + 1);
  const room = text.startsWith("`") || text.endsWith("`") ? " " : "";
  return text === "" ? "" : `${fence}${room}${text}${room}${fence}`;
}

/** As Markdown that shows exactly this text; its fence is longer than any in it, so that none of its lines can end it. */
export function codeBlock(text: string): string {
  const fence = "`".repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}\n${text}\n${fence}`;
}

/** As Markdown that shows exactly these lines, each marked, so that none can pass for one of ours where nothing renders it. */
export function codeLines(text: string): string {
  return codeBlock(quoted(text));
}

/** Every line marked, so that nothing in it can pass for one of ours. */
export function quoted(text: string): string {
  return `│ ${text.replaceAll("\n", "\n│ ")}`;
}

/** As Markdown that shows this text as prose; the host lets some HTML through (`<b>`), escaped or not, so that is spelt out. */
export function prose(text: string): string {
  return text.slice(0, PROSE_UNITS).replaceAll("<", "‹").replaceAll(">", "›").replaceAll(MARKUPS, "\\$&");
}

function onOneLine(text: string): string {
  return text.replace(HIDDEN, " ").replace(PILED, "$1").replace(/\s+/g, " ").trim();
}

function cut(text: string, width: number): string {
  if (columns(text) <= width) return text;
  let kept = "";
  let room = width - 1;
  for (const letter of text) {
    room -= columnsOf(letter);
    if (room < 0) break;
    kept += letter;
  }
  return `${kept}…`;
}

function lastColumns(letters: string[], width: number): string {
  let at = letters.length;
  for (let room = width; at > 0; at -= 1) {
    room -= columnsOf(letters[at - 1] ?? "");
    if (room < 0) break;
  }
  return letters.slice(at).join("");
}

function columns(text: string): number {
  let sum = 0;
  for (const letter of text) sum += columnsOf(letter);
  return sum;
}

function columnsOf(letter: string): number {
  return WIDE.test(letter) ? 2 : 1;
}

function longestRun(text: string): number {
  let longest = 0;
  for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  return longest;
}
