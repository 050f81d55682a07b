// Mentions: Claude Code reads `@path` in a prompt before its model sees it, and asks nobody. One that leads out of the session's directory is
// made plain text by a joiner nobody sees, so that reading it is asked like any reading there.
import { realpath } from "node:fs/promises";
import path from "node:path";

const JOINER = "\u2060";
// `@server:resource` of an MCP server, whose resources may be anything; an address such as user@host:path has a letter before it.
const RESOURCE = /^[\w.-]+:\S/;

/** The text, byte for byte but for joiners behind the `@` of what may be outside of `cwd`; in doubt it counts as outside. */
export async function withoutMentions(text: string, cwd: string): Promise<string> {
  if (!text.includes("@")) return text;
  const root = await realpath(cwd).catch(() => path.resolve(cwd));
  let changed = "";
  let from = 0;
  for (let at = text.indexOf("@"); at !== -1; at = text.indexOf("@", at + 1)) {
    if (await isHarmless(text, at, root)) continue;
    changed += text.slice(from, at + 1) + JOINER;
    from = at + 1;
  }
  return changed + text.slice(from);
}

async function isHarmless(text: string, at: number, root: string): Promise<boolean> {
  const behind = text.slice(at + 1, at + 1 + LONGEST);
  const quoted = /^"([^"]+)"/.exec(behind)?.[1];
  const bare = /^\S+/.exec(behind)?.[0] ?? "";
  if (!/[\p{L}\p{N}]/u.test(text[at - 1] ?? " ") && RESOURCE.test(bare)) return false;
  const named = [bare, bare.replace(/^"/, ""), ...(quoted === undefined ? [] : [quoted])];
  const read = named.flatMap((name) => [name, name.replace(/#.*$/s, ""), name.replace(/\W+$/, "")]);
  const inside = await Promise.all([...new Set(read)].map((name) => isInside(name, root)));
  return !inside.includes(false);
}

// No path is longer.
const LONGEST = 4_096;

async function isInside(name: string, root: string): Promise<boolean> {
  if (name.includes("\0") || name.startsWith("~") || name.includes("\\")) return false;
  const whole = path.resolve(root, name);
  if (!isBelow(whole, root) || climbsOut(name)) return false;
  return isBelow(await realOf(whole), root);
}

function climbsOut(name: string): boolean {
  if (path.isAbsolute(name)) return /(?:^|\/)\.\.(?:\/|$)/.test(name);
  let depth = 0;
  for (const part of name.split("/")) {
    if (part === "..") depth -= 1;
    else if (part !== "" && part !== ".") depth += 1;
    if (depth < 0) return true;
  }
  return false;
}

// Where as much of it as exists leads.
async function realOf(whole: string): Promise<string> {
  for (let part = whole; ; part = path.dirname(part)) {
    const found = await realpath(part).catch(() => undefined);
    if (found !== undefined) return found;
    if (part === path.dirname(part)) return part;
  }
}

function isBelow(one: string, root: string): boolean {
  const way = path.relative(root, one);
  return way === "" || (way !== ".." && !way.startsWith("../") && !path.isAbsolute(way));
}
