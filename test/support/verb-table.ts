// Every chat command with right words and with wrong ones, and what is answered where Claude is and where not.

export type Row = {
  verb: string;
  /** What stands behind the verb [nothing]; `{name}` and `{directory}` are the session's. */
  right?: string;
  /** Where Claude is in the conversation; `pages` where webchat answers something else. */
  bound: Answer;
  pages?: Answer;
  /** Where it is not [that it is not]. */
  unbound?: Answer;
  wrong: string;
  /** What is wrong with it. */
  problem: string;
  /** How it goes. */
  form: string;
};
/** The whole answer, or what it must match. */
type Answer = string | RegExp;

export const ABSENT =
  "Claude is not in this conversation. To bring it here: /cc start\nFor an earlier session: /cc here SESSION";

const SESSION = "[--session SESSION]";
const LEFTOVER = 'I do not know what to do with "now".';
/** A word too many, behind the right ones. */
const tooMuch = (form: string, ...right: string[]) => ({
  wrong: [...right, "now"].join(" "),
  problem: LEFTOVER,
  form,
});
const withSession = (verb: string) => tooMuch(`${verb} ${SESSION}`);

/** The right words of a scene are said in one chat, in this order. `talked`: Claude has answered there before, "OK, {name}.". */
export const SCENES: { talked?: boolean; rows: Row[] }[] = [
  {
    talked: true,
    rows: [
      {
        verb: "status",
        bound:
          /^\S+: ready, last active \d+ s ago\nagent: cc\ndirectory: \/.*\npermissions: ask\nlogged in with: an API key\nsession: [0-9a-f-]{36}\nmodel: .*\nso far: 1 turn/s,
        ...withSession("status"),
      },
      { verb: "usage", bound: /^Model: .*\nLast turn: .*\nSession: 1 turn/s, ...withSession("usage") },
      { verb: "peek", bound: "OK, {name}.\n\n(ready)", ...withSession("peek") },
      {
        verb: "history",
        right: "5",
        bound: /OK, \S+\.$/,
        wrong: "many",
        problem: "N must be a number.",
        form: `history [N] ${SESSION}`,
      },
      { verb: "commands", bound: /\/compact .*\/context/, ...withSession("commands") },
      {
        verb: "resume",
        right: "{name}",
        bound: /^Resumed [0-9a-f-]{36} in \/.*\. The next message goes on from there\.$/,
        wrong: "",
        problem: "SESSION is missing.",
        form: "resume SESSION [--into SESSION]",
      },
      {
        verb: "steer",
        right: "what do you remember?",
        bound: /^I remember \S+\./,
        wrong: "",
        problem: "TEXT is missing.",
        form: `steer ${SESSION} TEXT`,
      },
      {
        verb: "fork",
        bound:
          "Forked. The next message goes on from the shared past, in {directory}; the original is unchanged.",
        ...tooMuch("fork [SESSION] [--into SESSION]", "{name}"),
      },
      {
        verb: "kill",
        bound: "Its process is gone. The next message resumes the session.",
        ...tooMuch("kill [SESSION]", "{name}"),
      },
    ],
  },
  {
    rows: [
      {
        verb: "model",
        right: "sonnet",
        bound: /^model: sonnet\b/,
        ...tooMuch(`model [VALUE] ${SESSION}`, "sonnet"),
      },
      {
        verb: "effort",
        right: "high",
        bound: /^effort: high\b/,
        ...tooMuch(`effort [VALUE] ${SESSION}`, "high"),
      },
      {
        verb: "fast",
        bound: /^fast: off \(of on, off\)$|offers no fast here|^Send Claude a message first/,
        ...tooMuch(`fast [ON|OFF] ${SESSION}`, "on"),
      },
      {
        verb: "ultracode",
        bound: /^ultracode: off \(of on, off\)$|offers no ultracode here|^Send Claude a message first/,
        ...tooMuch(`ultracode [ON|OFF] ${SESSION}`, "on"),
      },
      {
        verb: "add-dir",
        bound: "It works in its directory alone.",
        ...tooMuch(`add-dir [--anyway] [--trust] [--remove] ${SESSION} [DIR]`, "/tmp"),
      },
      {
        verb: "mode",
        right: "plan",
        bound: "mode: plan",
        ...tooMuch(`mode [MODE] ${SESSION}`, "plan"),
      },
      { verb: "workdir", bound: "{directory}", ...withSession("workdir") },
      {
        verb: "rename",
        right: "the {name}",
        bound: "This session is called the {name} now.",
        wrong: "12",
        problem: "NAME must be letters, digits, spaces, dots or dashes, at most 60, and not a number alone.",
        form: `rename ${SESSION} NAME`,
      },
      {
        verb: "sessions",
        bound: /^#\d+ .*← here\n/,
        unbound: /^#\d+ .*\n/,
        ...tooMuch("sessions [--all] [--terminal DIR]"),
      },
      { verb: "cancel", bound: "Claude was not doing anything.", ...withSession("cancel") },
      {
        verb: "new",
        bound: "New session. The earlier one is kept and can be resumed.",
        ...withSession("new"),
      },
      {
        verb: "here",
        right: "agent:cc:main",
        bound: /^agent:cc:main answers here now, in \/\S+\/cc\.$/,
        unbound: /^agent:cc:main answers here now, in \/\S+\/cc\.$/,
        wrong: "",
        problem: "SESSION is missing.",
        form: "here SESSION",
      },
    ],
  },
  {
    rows: [
      {
        verb: "rules list",
        bound: "No rules: everything is asked.",
        unbound: "No rules: everything is asked.",
        ...tooMuch("rules list"),
      },
      {
        verb: "rules remove",
        right: "3f9a12bc",
        bound: 'There is no rule "3f9a12bc". See them with: /cc rules list',
        unbound: 'There is no rule "3f9a12bc". See them with: /cc rules list',
        wrong: "",
        problem: "RULE is missing.",
        form: "rules remove RULE",
      },
      {
        verb: "trust",
        bound: /^\/\S+ brings nothing that would run, or change whom Claude trusts\.$/,
        wrong: "maybe",
        problem: "ANSWER must be yes, without, no or show.",
        form: "trust [ANSWER]",
      },
      {
        verb: "trust list",
        bound: "No directory is trusted: the settings that directories bring are not used.",
        unbound: "No directory is trusted: the settings that directories bring are not used.",
        ...tooMuch("trust list"),
      },
      {
        verb: "trust remove",
        right: "/nowhere",
        bound: "Nothing was decided about /nowhere. See them with: /cc trust list",
        unbound: "Nothing was decided about /nowhere. See them with: /cc trust list",
        wrong: "",
        problem: "DIR is missing.",
        form: "trust remove DIR",
      },
      {
        verb: "trust add",
        right: "{directory}",
        bound: /^\/\S+ brings nothing that would run, so there is nothing to trust\.$/,
        unbound: /^\/\S+ brings nothing that would run, so there is nothing to trust\.$/,
        wrong: "",
        problem: "DIR is missing.",
        form: "trust add DIR [--without-settings] [--yes]",
      },
      {
        verb: "audit",
        right: "--last 5",
        bound: "Nothing was asked yet.",
        unbound: "Nothing was asked yet.",
        wrong: "--last many",
        problem: "--last must be a number.",
        form: "audit [--last N]",
      },
      {
        verb: "debug",
        bound:
          /^Wrote \/\S+\.tgz \(.*\)\.\nIn it: .*\nLeft out: .*\nTo have it posted here: \/cc debug --send$/,
        pages: /^Wrote \/\S+\.tgz \(.*\)\.\nIn it: .*\nLeft out: .*\nIt is on the gateway's machine\.$/,
        unbound: /^Wrote \/\S+\.tgz \(.*\)\.\nIn it: .*\nLeft out: /,
        ...tooMuch("debug [--send]"),
      },
      {
        verb: "send",
        right: "note.txt",
        bound: "Sent note.txt (8 bytes).",
        pages: "This page takes no files from a command. On the gateway's machine it is {directory}/note.txt",
        wrong: "",
        problem: "PATH is missing.",
        form: `send ${SESSION} PATH`,
      },
      {
        verb: "restart",
        right: "{directory}",
        bound: "New session in {directory}. The earlier one is kept and can be resumed.",
        ...tooMuch(`restart [--anyway] [DIR] [--trust] [--without-settings] ${SESSION}`, "{directory}"),
      },
      {
        verb: "close",
        bound:
          "Closed. The next message there begins a new session; this one can be resumed by its Claude id.",
        ...tooMuch("close [SESSION]", "{name}"),
      },
      {
        verb: "forget",
        bound: "Forgotten. Claude's own transcript of it stays where it is.",
        ...tooMuch("forget [SESSION]", "{name}"),
      },
      {
        verb: "start",
        right: "--sandbox",
        bound: "Claude is here already. /cc restart PATH moves it, /cc stop ends it.",
        unbound: /^Claude is here now, in \/\S+\/scratch-\w{8}\. Write to it; \/cc stop ends it\.$/,
        wrong: "--bogus",
        problem: "--bogus is not an option of this command.",
        form: "start [--agent AGENT] [--name NAME] [--model MODEL] [--sandbox] [--trust] [--without-settings] [--anyway] [PATH]",
      },
      // Where Claude was not, the start before has brought it.
      {
        verb: "stop",
        bound: "Stopped.",
        unbound: "Stopped. Its scratch directory is removed.",
        ...tooMuch("stop"),
      },
    ],
  },
];
