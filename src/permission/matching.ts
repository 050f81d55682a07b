// Rules: what "always" remembers of a use of a tool, and whether a later use is the same.
import { randomUUID } from "node:crypto";
import type { ToolUse } from "../../adapters/harness.ts";
import type { Rule } from "../../state/rules.ts";

export interface Use {
  agentId: string;
  sessionKey: string;
  tool: ToolUse;
}

/** What a remembered answer would cover, and how it reads in a button. */
export interface Scope {
  match: "exact" | "prefix";
  text: string;
  words: string;
}

// Anything by which one line becomes two commands, or a command becomes what another prints. A rule never covers these.
const CHAINED = /[;&|`\n\r<>(){}$\\]|\$\(|\p{Cf}|\p{Zl}|\p{Zp}/u;
const WORDS = /^[\x20-\x7e]+$/;
// Commands whose first words say what they do, however they go on; their further words are arguments to that.
const VERBS =
  /^(?:npm (?:test|run [\w:.-]+)|pnpm (?:test|run [\w:.-]+)|yarn (?:test|run [\w:.-]+)|git status|cargo (?:test|build|check)|go (?:test|build|vet)|make [\w.-]+)(?= |$)/;

/** The widest rule that "always" may make of this use; undefined where it must be asked every time. */
export function scopeOf(tool: ToolUse): Scope | undefined {
  if (tool.plan !== undefined) return undefined;
  if (tool.command !== undefined) return commandScope(tool.command.trim());
  if (tool.path !== undefined) return isPlainPath(tool.path) ? exact(tool.path) : undefined;
  if (tool.url !== undefined) return hostScope(tool.url);
  return tool.detail.length <= 4_000 ? exact(tool.detail) : undefined;
}

/** The remembered answer to this use. A denial always wins. */
export function findRule(rules: readonly Rule[], use: Use): Rule | undefined {
  const fitting = rules.filter((rule) => fits(rule, use));
  return fitting.find((rule) => rule.effect === "deny") ?? fitting[0];
}

export function makeRule(use: Use, scope: Scope, at: Date): Rule {
  const { agentId, tool } = use;
  const { match, text } = scope;
  return {
    id: randomUUID().slice(0, 8),
    agentId,
    effect: "allow",
    tool: tool.name,
    match,
    text,
    createdAt: at.toISOString(),
  };
}

function fits(rule: Rule, { agentId, sessionKey, tool }: Use): boolean {
  if (rule.agentId !== agentId || rule.tool !== tool.name) return false;
  if (rule.sessionKey !== undefined && rule.sessionKey !== sessionKey) return false;
  const scope = scopeOf(tool);
  if (!scope) return false;
  if (rule.match === "exact") return rule.text === scope.text || rule.text === tool.command?.trim();
  return scope.match === "prefix" && scope.text === rule.text;
}

function commandScope(command: string): Scope | undefined {
  if (CHAINED.test(command) || !WORDS.test(command) || command.length > 1_000) return undefined;
  const verb = VERBS.exec(command)?.[0];
  return verb === undefined ? exact(command) : { match: "prefix", text: verb, words: `${verb} …` };
}

function hostScope(url: string): Scope | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, host } = new URL(url);
  return protocol === "https:" ? { match: "prefix", text: host, words: `https://${host}/…` } : undefined;
}

// A path with steps back in it can be anywhere; what it names must be read off it.
function isPlainPath(path: string): boolean {
  return path.startsWith("/") && !path.split("/").includes("..") && WORDS.test(path);
}

function exact(text: string): Scope {
  return { match: "exact", text, words: text };
}
