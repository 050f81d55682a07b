// Rules: what "always" remembers of a use of a tool, and whether a later use is the same.
import { randomUUID } from "node:crypto";
import { resolve } from "node:path";
import type { ToolUse } from "../../adapters/harness.ts";
import type { Rule } from "../../state/rules.ts";

export interface Use {
  agentId: string;
  sessionKey: string;
  /** The folder the session works in. */
  cwd: string | undefined;
  tool: ToolUse;
}

/** How far an "always" of ours goes: this session, all of the agent's that work in the same folder, or all of the agent's. */
export type RuleScope = "session" | "workspace" | "agent";

/** What a remembered answer would cover, and how it reads in a button. */
export interface RulePattern {
  match: "exact" | "prefix";
  text: string;
  words: string;
}

// Anything by which one line becomes two commands, or a command becomes what another prints. A rule never covers these.
const CHAINED = /[;&|`\n\r<>(){}$\\]/;
const MOST_LOOKED_AT = 50_000;
const SEPARATORS = /[;&|`\n\r(){}]+/;
const ASCII = /^[\x20-\x7e]+$/;
// Commands whose first words say what they do, however they go on; further plain words are arguments to that. Options are
// not: many name another folder, file or program to run (`npm test --prefix`, `go test -exec`).
const VERBS =
  /^(?:npm (?:test|run [\w:.-]+)|pnpm (?:test|run [\w:.-]+)|yarn (?:test|run [\w:.-]+)|git status|cargo (?:test|build|check)|go (?:test|build|vet))(?= |$)/;
const PLAIN_WORDS = /^(?: (?:--|(?!-|\/|~)(?!\S*(?:^|\/)\.\.(?:\/|\s|$))[\w.,:/+-]+))*$/;
// What is written there runs later, or says what Claude may do: asked every time.
const KEYS = /(?:^|\/)(?:\.claude|\.git|\.openclaw|\.mcp\.json|\.envrc)(?:\/|$)/i;

/** The widest rule that "always" may make of this use; undefined where it must be asked every time. */
export function scopeOf(tool: ToolUse): RulePattern | undefined {
  if (tool.plan !== undefined) return undefined;
  if (tool.command !== undefined) return commandScope(tool.command.trim());
  if (tool.path !== undefined) return isPlainPath(tool.path) ? exact(tool.path) : undefined;
  if (tool.url !== undefined) return hostScope(tool.url);
  return tool.detail.length <= 4_000 ? exact(tool.detail) : undefined;
}

/** The remembered answer to this use. A denial always wins, and covers more than what it names exactly. */
export function findRule(rules: readonly Rule[], use: Use): Rule | undefined {
  const concerning = rules.filter((rule) => concerns(rule, use));
  return (
    concerning.find((rule) => rule.effect === "deny" && denies(rule, use.tool)) ??
    concerning.find((rule) => rule.effect === "allow" && allows(rule, use.tool))
  );
}

/** A command is bound to its folder, unless it is to hold everywhere; a path or an address names its place itself. */
export function makeRule(use: Use, { match, text }: RulePattern, o: { reach: RuleScope; at: Date }): Rule {
  const { agentId, sessionKey, cwd, tool } = use;
  const bound = o.reach !== "agent" && tool.command !== undefined && cwd !== undefined;
  const where = { ...(o.reach === "session" ? { sessionKey } : {}), ...(bound ? { cwd } : {}) };
  return {
    id: randomUUID().slice(0, 8),
    agentId,
    effect: "allow",
    tool: tool.name,
    ...where,
    match,
    text,
    createdAt: o.at.toISOString(),
  };
}

/** Where a rule of this reach will hold, as people read it before they say "always"; `cwd` is where the session works. */
export function whereText(reach: RuleScope, tool: ToolUse, cwd: string | undefined): string {
  const bound = reach !== "agent" && tool.command !== undefined && cwd !== undefined;
  const place = tool.command === undefined ? "" : bound ? `in ${cwd}, ` : "in every directory, ";
  return `${place}${reach === "session" ? "in this conversation" : "in every conversation of this agent"}`;
}

/** Whether what is written to this path runs later, or says what the harness may do. */
export function decidesLater(path: string): boolean {
  return KEYS.test(path);
}

function concerns(rule: Rule, { agentId, sessionKey, cwd, tool }: Use): boolean {
  return (
    rule.agentId === agentId &&
    rule.tool === tool.name &&
    (rule.sessionKey === undefined || rule.sessionKey === sessionKey) &&
    (rule.cwd === undefined || rule.cwd === cwd)
  );
}

function allows(rule: Rule, tool: ToolUse): boolean {
  const scope = scopeOf(tool);
  if (!scope) return false;
  if (rule.match === "exact") return rule.text === scope.text || rule.text === tool.command?.trim();
  return scope.match === "prefix" && scope.text === rule.text;
}

function denies({ match, text }: Rule, tool: ToolUse): boolean {
  const begins = (whole: string, next: string) =>
    whole === text || (match === "prefix" && whole.startsWith(text + next));
  if (tool.command !== undefined) {
    // What is too long to be looked through is not let past a denial.
    if (tool.command.length > MOST_LOOKED_AT) return true;
    const commands = [tool.command, ...tool.command.split(SEPARATORS)].map((one) => one.trim());
    return commands.some((one) => begins(one.replace(/\s+/g, " "), " "));
  }
  if (tool.path !== undefined) return begins(resolve("/", tool.path), "/");
  if (tool.url !== undefined) return URL.canParse(tool.url) && begins(new URL(tool.url).host, "");
  return begins(tool.detail, "");
}

function commandScope(command: string): RulePattern | undefined {
  if (CHAINED.test(command) || !ASCII.test(command) || command.length > 1_000) return undefined;
  const verb = VERBS.exec(command)?.[0];
  if (verb === undefined || !PLAIN_WORDS.test(command.slice(verb.length))) return exact(command);
  return { match: "prefix", text: verb, words: `${verb} …` };
}

function hostScope(url: string): RulePattern | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, host, username } = new URL(url);
  return protocol === "https:" && username === ""
    ? { match: "prefix", text: host, words: `https://${host}/…` }
    : undefined;
}

// A path with steps back in it can be anywhere; what it names must be read off it.
function isPlainPath(path: string): boolean {
  return path.startsWith("/") && resolve(path) === path && ASCII.test(path) && !KEYS.test(path);
}

function exact(text: string): RulePattern {
  return { match: "exact", text, words: text };
}
