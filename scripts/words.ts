// Checks the project's language. What a comment cites exists: a page, its heading, an invariant. And no synonym that the glossary
// avoids is used in an identifier or comment of the product, or on a page. No text of the product outside adapters/ names a
// harness: which one runs is for its names to say. `--check` fails with `file:line` for each.
import { existsSync, globSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import ts from "typescript";
import { root } from "./project.ts";

const PRODUCT = "src,adapters,state,common";
const GLOSSARY = "docs/glossary.md";
const ARCHITECTURE = "docs/architecture.md";
const CITED = /(?<![\w.*/-])([\w./-]*\w\.md)\b(?:#([\w-]+))?/g;

/** A place in a file, and the text that stands there. */
interface Found {
  file: string;
  line: number;
  text: string;
}

const avoided = readAvoided(await read(GLOSSARY));
const product = await sources(`{${PRODUCT}}/**/*.ts`);
const others = await sources("{test,scripts}/**/*.ts");
const pages = await Promise.all(list("{README.md,docs/*.md}").filter(isJudged).map(linesOf));
const faults = [
  ...(await Promise.all([...product, ...others].flatMap(({ comments }) => comments).map(danglingIn))).flat(),
  ...product.flatMap(({ identifiers }) => identifiers).flatMap((found) => avoidedIn(found, splitName)),
  ...product.flatMap(({ comments }) => comments).flatMap((found) => avoidedIn(found, splitProse)),
  ...product.flatMap(({ texts }) => texts).flatMap(harnessIn),
  ...pages.flat().flatMap((found) => avoidedIn(found, splitProse)),
];
for (const fault of faults) console.error(fault);
if (faults.length > 0 && process.argv.includes("--check")) process.exitCode = 1;

async function sources(pattern: string): Promise<Source[]> {
  const files = list(pattern);
  return await Promise.all(files.map(async (file) => readSource(file, await read(file))));
}

interface Source {
  identifiers: Found[];
  comments: Found[];
  /** Literals, whole or in pieces. */
  texts: Found[];
}

/** What a file is made of. Whatever stands between two tokens and is not blank is a comment. */
function readSource(file: string, text: string): Source {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const identifiers: Found[] = [];
  const comments: Found[] = [];
  const texts: Found[] = [];
  const at = (position: number) => source.getLineAndCharacterOfPosition(position).line + 1;
  const visit = (node: ts.Node): void => {
    const parts = node.getChildren(source).filter((part) => !ts.isJSDoc(part));
    if (parts.length > 0) {
      for (const part of parts) visit(part);
      return;
    }
    const [full, start] = [node.getFullStart(), node.getStart(source)];
    const between = text.slice(full, start).split("\n");
    comments.push(...between.map((line, index) => ({ file, line: at(full) + index, text: line })));
    if (ts.isIdentifier(node) || ts.isPrivateIdentifier(node))
      identifiers.push({ file, line: at(start), text: node.text });
    if (ts.isLiteralExpression(node) || ts.isTemplateMiddleOrTemplateTail(node) || ts.isTemplateHead(node))
      texts.push({ file, line: at(start), text: node.text });
  };
  visit(source);
  return { identifiers, texts, comments: comments.filter((comment) => comment.text.trim() !== "") };
}

async function linesOf(file: string): Promise<Found[]> {
  return (await read(file)).split("\n").map((text, index) => ({ file, line: index + 1, text }));
}

/** The words in backticks in the last column of the glossary. */
function readAvoided(glossary: string): string[][] {
  const cells = glossary.split("\n").flatMap((line) => /^\|.*\|([^|]*)\|$/.exec(line)?.[1] ?? []);
  const words = cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, word = ""]) => word));
  if (words.length === 0) throw new Error(`${GLOSSARY} has no words to avoid.`);
  return words.map((word) => word.split(" "));
}

function avoidedIn(found: Found, split: (text: string) => string[]): string[] {
  const words = split(found.text);
  return avoided
    .filter((phrase) => phrase.length === 1 || split === splitProse)
    .filter((phrase) => words.some((_, index) => phrase.every((word, n) => words[index + n] === word)))
    .map((phrase) => `${where(found)}: say it with a word of ${GLOSSARY}, not "${phrase.join(" ")}"`);
}

function harnessIn(found: Found): string[] {
  if (found.file.startsWith("adapters/") || !/\bClaude\b/.test(found.text)) return [];
  return [`${where(found)}: say it with the harness's name (adapters/kinds.ts), not "${found.text.trim()}"`];
}

async function danglingIn(found: Found): Promise<string[]> {
  const cited = [...found.text.matchAll(CITED)];
  const broken = await Promise.all(cited.map(([, name = "", anchor]) => faultOf(found, name, anchor)));
  return broken.flatMap((fault) => (fault === undefined ? [] : `${where(found)}: ${fault}`));
}

async function faultOf(
  { file, text }: Found,
  name: string,
  anchor: string | undefined,
): Promise<string | undefined> {
  const path = [".", "docs", dirname(file)]
    .map((folder) => join(folder, name))
    .find((one) => existsSync(join(root, one)));
  if (path === undefined) return `${name} is not in this project`;
  const page = await read(path);
  const invariants = path === ARCHITECTURE ? [...text.matchAll(/\bI\d+\b/g)].map(([id]) => id) : [];
  const missing = invariants.find((id) => !page.includes(`| **${id}** |`));
  if (missing !== undefined) return `${path} has no invariant ${missing}`;
  if (anchor === undefined || anchorsOf(page).includes(anchor)) return undefined;
  return `${path} has no heading #${anchor}`;
}

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(page: string): string[] {
  const headings = [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => heading.toLowerCase());
  return headings.map((heading) => heading.replace(/[^\p{L}\p{N}\s_-]/gu, "").replaceAll(" ", "-"));
}

/** `#startTurn2` is start, turn. */
function splitName(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z]+/);
}

// Prose names identifiers too.
function splitProse(text: string): string[] {
  return text.split(/[^\p{L}\p{N}_$]+/u).flatMap(splitName);
}

function isJudged(file: string): boolean {
  return file !== GLOSSARY;
}

function list(pattern: string): string[] {
  return globSync(pattern, { cwd: root }).sort();
}

async function read(file: string): Promise<string> {
  return await readFile(join(root, file), "utf8");
}

function where({ file, line }: Found): string {
  return `${file}:${line}`;
}
