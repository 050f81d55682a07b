// Claude's words are words. The host reads directives in what an agent says (a line `MEDIA:/path` sends that file, an image of a page is
// fetched, `[[reply_to: …]]` aims, NO_REPLY swallows the message), and takes ordinary lines of a coding agent for its own machinery and
// drops them (`Tool result: …`, `<thinking>`, any HTML tag). Here a text gets a form of which the host shows all, and does nothing else.

/** What the host will show of a text; undefined where it would do anything beside showing it. */
export type Shows = (text: string) => string | undefined;

/** Joins without a width, and is no white space: what it stands in is no directive any more, and reads the same. */
const JOINER = "\u2060";
// Code is left alone where it can be: people copy it.
const CODE = /(^ {0,3}(`{3,}|~{3,})[^\n]*\n[\s\S]*?(?:\n {0,3}\2[`~]*[ \t]*$|(?![\s\S]))|`[^`\n]+`)/gm;

/**
 * The text itself where the host shows just that, else the same with joiners where they are needed. Undefined where no form of it is
 * shown whole: then it can only go out as a file.
 */
export function escapeDirectives(text: string, shows: Shows): string | undefined {
  for (const form of forms(text, shows)) if (isWhole(form, text, shows)) return form;
  return undefined;
}

// From the least change to the most.
function* forms(text: string, shows: Shows): Generator<string> {
  const asItIs = (code: string) => code;
  const strong = (part: string) => atLines(broken(part));
  yield text;
  yield apart(text, broken, asItIs);
  yield apart(text, strong, asItIs);
  yield apart(text, strong, (code) => (isWhole(code, code, shows) ? code : withinCode(code, strong)));
  yield apart(text, strong, (code) => withinCode(code, strong));
  yield strong(text);
  yield [...text].map((letter) => (/\s/.test(letter) ? letter : letter + JOINER)).join("");
}

// The host may add or take blanks at ends and between paragraphs; nothing that is seen may be missing.
function isWhole(form: string, text: string, shows: Shows): boolean {
  const shown = shows(form);
  return shown !== undefined && visible(shown) === visible(text);
}

function visible(text: string): string {
  return text
    .replaceAll(JOINER, "")
    .replace(/[^\S\n]+$/gm, "")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}

function broken(text: string): string {
  return text
    .replace(/^(\s*media)(?=:)/gim, `$1${JOINER}`)
    .replace(/\[(?=[[\sA-Z/])/gi, `[${JOINER}`)
    .replace(/!(?=\[)/g, `!${JOINER}`)
    .replace(/<(?=\S)/g, `<${JOINER}`)
    .replace(/^([^\S\n]*(?:>[^\S\n]*)?)(?=\S)/gm, (start, before: string, at: number, whole: string) =>
      looksInternal(whole.slice(at + before.length, at + before.length + 60)) ? `${start}${JOINER}` : start,
    );
}

// Lines by which the host knows what its own tools print; a line that only resembles them gets a joiner nobody sees.
function looksInternal(line: string): boolean {
  return /^(?:⚠️|\p{Extended_Pictographic}|(?:tool|function)[-_ ]?(?:call|result))/iu.test(line);
}

function atLines(text: string): string {
  return text.replace(/^([^\S\n]*(?:>[^\S\n]*)?)(?=\S)/gm, `$1${JOINER}`);
}

// What is no code, and what is, each in its own way.
function apart(text: string, prose: (part: string) => string, code: (part: string) => string): string {
  let changed = "";
  let from = 0;
  for (const match of text.matchAll(CODE)) {
    changed += prose(text.slice(from, match.index)) + code(match[0]);
    from = match.index + match[0].length;
  }
  return changed + prose(text.slice(from));
}

// The fences stay: without them the lines of the code would run together.
function withinCode(code: string, change: (part: string) => string): string {
  const fenced = /^( {0,3}(?:`{3,}|~{3,})[^\n]*\n)([\s\S]*?)(\n {0,3}[`~]{3,}[ \t]*)?$/.exec(code);
  if (!fenced) return change(code);
  const [, open = "", lines = "", close = ""] = fenced;
  return open + change(lines) + close;
}
