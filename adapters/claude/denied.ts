// What Claude Code may neither read nor write, in any mode: rules of its own kind, which win over all that would allow it.
import { homedir } from "node:os";
import path from "node:path";

/** What decides what Claude may do, or holds its login and the user's keys; `~` is the user's home, `C` Claude's own folder. */
const SECRETS = [
  "C/.credentials.json",
  "~/.claude.json",
  "C/.claude.json",
  "~/.netrc",
  "~/.aws/credentials",
  "~/.gnupg/**",
  "~/.ssh/id_*",
];
const UNTOUCHED = ["C/settings.json", "C/settings.local.json", "~/.ssh/**"];

/**
 * Permission rules for `permissions.deny`: for our own records in a workspace, for the files and folders in `closed` (absolute), and for
 * logins and keys of the user. `env` is Claude's environment.
 */
export function denyRules(o: { closed: readonly string[]; env: Readonly<Record<string, string>> }): string[] {
  const home = o.env.HOME ?? homedir();
  const own = configFolder(o.env);
  const placed = (name: string) => inRule(name.replace(/^~/, home).replace(/^C/, own));
  const closed = o.closed.flatMap((at) => [inRule(at), `${inRule(at)}/**`]);
  return [
    // Not the folder around it either: moved away and back it would be another one.
    ...["**/.openclaw", "**/.openclaw/contractor-agent", "**/.openclaw/contractor-agent/**"].map(edit),
    ...["**/.openclaw/contractor-agent/**"].map(read),
    ...[...closed, ...[...SECRETS, ...UNTOUCHED].map(placed)].map(edit),
    ...[...closed, ...SECRETS.map(placed)].map(read),
  ];
}

/** Where Claude Code keeps its settings, its login and its transcripts. */
export function configFolder(env: Readonly<Record<string, string>>): string {
  return env.CLAUDE_CONFIG_DIR ?? path.join(env.HOME ?? homedir(), ".claude");
}

function edit(pattern: string): string {
  return `Edit(${pattern})`;
}

function read(pattern: string): string {
  return `Read(${pattern})`;
}

// An absolute path begins with two slashes there; stars of ours are patterns, brackets of a path are none.
function inRule(at: string): string {
  return `/${at.replace(/[[\]{}?!\\]/g, "\\$&")}`;
}
