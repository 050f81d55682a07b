// Claude Code's commands that need its screen, and what does the same from a chat.

const INSTEAD: Readonly<Record<string, string>> = {
  model: "/cc model NAME",
  status: "/cc status",
  permissions: "/cc mode MODE, and /cc rules list",
  resume: "/cc sessions and /cc resume NUMBER",
  clear: "/cc new",
  new: "/cc new",
  help: "/cc help, and /cc commands",
  export: "/cc history",
  copy: "your chat's own copy",
  cost: "/cc usage",
  config: "the file .claude/settings.json in the project",
  login: "`claude` in a terminal on that machine",
  logout: "`claude` in a terminal on that machine",
  exit: "/cc stop",
  quit: "/cc stop",
  rewind: "/cc fork, and /cc resume of an earlier session",
  vim: "",
  theme: "",
  "terminal-setup": "",
  statusline: "",
  ide: "",
};

/** What to use instead of a command that Claude does not take here; empty where there is nothing to do; undefined if unknown. */
export function chatReplacementFor(command: string): string | undefined {
  return Object.hasOwn(INSTEAD, command) ? INSTEAD[command] : undefined;
}
