// A scripted ACP agent over real stdio, for the faults no real adapter commits on request.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export type RpcFailure = { code: number; message: string; data?: unknown };

/** One thing the agent does in a turn. A turn with no `fail`, `stop`, `hang` or `exit` ends with end_turn. */
export type Step =
  | { say: string; chunks?: number; gapMs?: number }
  | { think: string }
  /** A tool call and its completion; `twice` sends the tool_call two times under one id, as claude-code-acp does. */
  | { tool: string; kind?: string; twice?: boolean; unfinished?: boolean }
  /**
   * Asks for permission and then says `answered <option id>` or `cancelled`; `unwaited` goes on without the answer, and
   * `takenBackMs` later tells that none is wanted (`$/cancel_request`).
   */
  | {
      ask: string;
      options?: { optionId: string; name: string; kind: string }[];
      unwaited?: boolean;
      takenBackMs?: number;
    }
  /** This many small text updates in one go. */
  | { updates: number }
  /** Any session/update, as is. */
  | { update: Record<string, unknown> }
  | { waitMs: number }
  /** Nothing more until cancelled. */
  | { hang: true }
  /** Text sent so many milliseconds [50] after the answer to the prompt; with 0 it is written together with that. */
  | { late: string; afterMs?: number }
  | { fail: RpcFailure }
  | { stop: string }
  | { exit: number }
  | { closeStdout: true }
  /** Takes more and more memory, until it dies of the script's `heapMb`. */
  | { eat: true }
  /** One text update of this many bytes. */
  | { bytes: number }
  /** A process that outlives the one which started it, in the agent's group. */
  | { grandchild: true }
  | { stderr: string; times?: number }
  | { garbage: string };

export type Script = {
  /**
   * What a turn does, by a word its prompt contains; the first that fits. Else `Echo: <prompt>`, and to "what do you
   * remember" every prompt of the session's finished turns.
   */
  turns?: Record<string, Step[]>;
  /** Methods that are received and never answered. */
  silent?: string[];
  /** Methods that are answered with an error. */
  errors?: Record<string, RpcFailure>;
  /** Milliseconds a method is held before it is answered. */
  slow?: Record<string, number>;
  /** Exits with code 1 as soon as this method was answered. */
  exitAfter?: string;
  /** Done once, before anything is read. */
  start?: Step[];
  /** How much memory its heap may take [Node's default]. */
  heapMb?: number;
  /** The mode of a session that was just opened [default]. */
  startsIn?: string;
  ignoreCancel?: boolean;
  ignoreSigterm?: boolean;
  /** Stays alive when stdin ends, as claude-code-acp does. */
  ignoreEof?: boolean;
  /** Merged into the answer to initialize. */
  initialize?: Record<string, unknown>;
  /** Starts a child that sleeps, to see whether the whole tree is ended. */
  child?: boolean;
};

/** What the agent wrote down: a message it received, or an event of its own life (start, sigterm, eof, child). */
export type Entry = {
  at: number;
  pid: number;
  event?: string;
  env?: Record<string, string>;
  childPid?: number;
  /** The mode its session was in when a prompt came (event `prompted`). */
  mode?: string;
  id?: number | string;
  method?: string;
  params?: Record<string, unknown>;
  result?: unknown;
  error?: RpcFailure;
};

export type ScriptedAgent = {
  /** Argv for `harness.command`. */
  readonly command: readonly [string, ...string[]];
  /** It has lost every session it has, until each is loaded or resumed. */
  forget(): void;
  /** From its next start on the agent is this one. */
  becomes(script: Script): void;
  /** Everything all processes of this agent received, oldest first; optionally one method only. */
  received(method?: string): Entry[];
  /** Events of the agent's life by name. */
  events(name: string): Entry[];
};

/**
 * Prepares an agent that keeps its journal and sessions in `dir`; each spawn of `command` is one process of it. Where
 * CLAUDE_CONFIG_DIR is set, prompted sessions have a transcript there, as those of Claude Code have.
 */
export function scriptedAgent(o: { dir: string; script?: Script }): ScriptedAgent {
  const runner = fileURLToPath(new URL("./scripted-agent-main.ts", import.meta.url));
  const journal = join(o.dir, "agent.jsonl");
  const entries = (): Entry[] => {
    if (!existsSync(journal)) return [];
    const lines = readFileSync(journal, "utf8").split("\n");
    return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Entry);
  };
  const becomes = (script: Script) => writeFileSync(join(o.dir, "script.json"), JSON.stringify(script));
  becomes(o.script ?? {});
  const { heapMb } = o.script ?? {};
  return {
    command: [
      process.execPath,
      ...(heapMb === undefined ? [] : [`--max-old-space-size=${heapMb}`]),
      runner,
      o.dir,
    ],
    becomes,
    forget: () => writeFileSync(join(o.dir, "lost"), ""),
    received: (method) =>
      entries().filter((e) => e.event === undefined && (method === undefined || e.method === method)),
    events: (name) => entries().filter((entry) => entry.event === name),
  };
}
