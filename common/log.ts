// The log every room may write to: where the lines go, and which of them the host shows, is decided where it is made.
import { plain } from "./text.ts";

/**
 * One line each, a sentence about something that happened: a state that moved, a process that started or was killed, an error
 * that nobody else sees. Never what a person or the harness said.
 */
export interface Log {
  debug(line: string): void;
  info(line: string): void;
  warn(line: string): void;
  error(line: string): void;
}

/** A log that remembers its last lines, of all levels, whatever the host shows of them. */
export interface KeptLog extends Log {
  /** The oldest first, each with its ISO time and level. */
  tail(): string[];
}

/** For a room that nobody listens to: a command of the command line, a test. */
export const silentLog: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

const AGENT_COLUMNS = 20;
const NAME_COLUMNS = 40;

/** A session's short name in a line: its agent and the end of its key. */
export function logName({ agentId, sessionKey }: { agentId: string; sessionKey: string }): string {
  const name = sessionKey.replace(/^agent:[^:]+:/, "");
  return `[${plain(agentId, AGENT_COLUMNS)}/${plain(name.slice(-NAME_COLUMNS), NAME_COLUMNS)}]`;
}

/** What went wrong, in a few words for a line: its code where it has one, and its message. */
export function logError(error: unknown): string {
  if (!(error instanceof Error)) return plain(String(error), 200);
  const code = "code" in error && typeof error.code === "string" ? `${error.code}: ` : "";
  const detail = "detail" in error && typeof error.detail === "string" ? ` It said: ${error.detail}` : "";
  return plain(`${code}${error.message}${detail}`, detail === "" ? 300 : 700);
}
