// How a command of ours is written for whom: in a chat, or on the command line where a chat does not offer it.

/** Begins every command line of ours. */
const COMMAND_LINE = "openclaw contractor-agents";

/** Begins every chat command of ours; `/claude` is the same. */
export const CHAT_PREFIX = "/cc";

/** Commands of their own in a chat's menu, and what each means behind `/cc`. */
export const JOB_COMMANDS: Readonly<Record<string, { verb: string; description: string }>> = {
  claude_sessions: { verb: "jobs", description: "List the background jobs" },
  claude_fg: { verb: "fg", description: "Show here what a job says from now on" },
  claude_bg: { verb: "bg", description: "Stop showing a job here" },
  claude_respond: { verb: "respond", description: "Answer a job, or tell it something" },
  claude_resume: { verb: "resume", description: "Let an ended job go on" },
  claude_kill: { verb: "end", description: "Stop a job" },
  claude_stats: { verb: "stats", description: "Count the jobs" },
};

/** What such a command means behind `/cc`; undefined for another one. */
export function jobCommand(name: string, words: string): string | undefined {
  const command = Object.hasOwn(JOB_COMMANDS, name) ? JOB_COMMANDS[name] : undefined;
  if (!command) return undefined;
  const text = words.trim();
  if (name === "claude_sessions") return /^(?:running|ended|all)$/.test(text) ? `jobs ${text}` : "jobs";
  if (name !== "claude_resume") return `${command.verb} ${text}`.trim();
  const fork = /^--fork\s+/.exec(text)?.[0];
  const rest = fork === undefined ? text : text.slice(fork.length);
  return rest === "" || rest === "--list" ? "jobs ended" : `run ${fork ? "--fork " : ""}--resume ${rest}`;
}

/** Where whoever reads a text can type a command. */
export type Reader = "chat" | "cli";

/** Every operation, and where it can be called; test/unit/surfaces/offered.test.ts holds it against the surfaces. */
const OFFERED = {
  add: ["cli"],
  list: ["cli"],
  doctor: ["cli"],
  setup: ["cli"],
  login: ["cli"],
  start: ["chat"],
  stop: ["chat"],
  here: ["chat"],
  trust: ["chat"],
  debug: ["chat"],
  fg: ["chat"],
  bg: ["chat"],
  status: ["chat", "cli"],
  workdir: ["chat", "cli"],
  usage: ["chat", "cli"],
  peek: ["chat", "cli"],
  history: ["chat", "cli"],
  new: ["chat", "cli"],
  cancel: ["chat", "cli"],
  steer: ["chat", "cli"],
  model: ["chat", "cli"],
  mode: ["chat", "cli"],
  effort: ["chat", "cli"],
  fast: ["chat", "cli"],
  ultracode: ["chat", "cli"],
  "add-dir": ["chat", "cli"],
  commands: ["chat", "cli"],
  send: ["chat", "cli"],
  rename: ["chat", "cli"],
  run: ["chat", "cli"],
  jobs: ["chat", "cli"],
  output: ["chat", "cli"],
  respond: ["chat", "cli"],
  end: ["chat", "cli"],
  stats: ["chat", "cli"],
  sessions: ["chat", "cli"],
  resume: ["chat", "cli"],
  fork: ["chat", "cli"],
  restart: ["chat", "cli"],
  close: ["chat", "cli"],
  kill: ["chat", "cli"],
  forget: ["chat", "cli"],
  "rules list": ["chat", "cli"],
  "rules remove": ["chat", "cli"],
  audit: ["chat", "cli"],
  "trust list": ["chat", "cli"],
  "trust add": ["chat", "cli"],
  "trust remove": ["chat", "cli"],
} as const satisfies Record<string, readonly Reader[]>;

export type OperationName = keyof typeof OFFERED;
export const OPERATION_NAMES = Object.keys(OFFERED) as [OperationName, ...OperationName[]];

/** The operations that can be called there, by name. */
export function offeredTo(reader: Reader): OperationName[] {
  return OPERATION_NAMES.filter((name) => isOffered(name, reader));
}

/** What to type for the operation: there where the reader is if it is offered there, else where it is. */
export function commandText(o: { run: OperationName; args?: string }, reader: Reader): string {
  const chat = isOffered(o.run, "chat") && (reader === "chat" || !isOffered(o.run, "cli"));
  const command = [chat ? CHAT_PREFIX : COMMAND_LINE, o.run, o.args].filter(Boolean).join(" ");
  return chat && reader === "cli" ? `${command} (in a chat)` : command;
}

function isOffered(name: OperationName, reader: Reader): boolean {
  const where: readonly Reader[] = OFFERED[name];
  return where.includes(reader);
}
