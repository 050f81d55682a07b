// The log every room may write to: where the lines go, and which of them the host shows, is decided where it is made.
import { plain } from "./text.ts";

/**
 * One line each, a sentence about something that happened: a state that moved, a process that started or was killed, an error
 * that nobody else hears of. Never what a person or Claude said.
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

const NAME_COLUMNS = 40;
const AGENT_COLUMNS = 20;

/** What a session is called in a log line: its agent, and the last part of its key. */
export function logName({ agentId, sessionKey }: { agentId: string; sessionKey: string }): string {
  const last = sessionKey.slice(sessionKey.lastIndexOf(":") + 1);
  return plain(`${plain(agentId, AGENT_COLUMNS)}:${last}`, NAME_COLUMNS);
}
