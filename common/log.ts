// The log as every room sees it: one line for each thing somebody may ask about afterwards.
import { plain } from "./text.ts";

export interface Log {
  debug(line: string): void;
  info(line: string): void;
  warn(line: string): void;
  error(line: string): void;
}

/** For where nobody reads: a command of the moment, a test. */
export const silentLog: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

const LONGEST = 40;

/** A session's short name in a line: its agent and the end of its key. */
export function logName({ agentId, sessionKey }: { agentId: string; sessionKey: string }): string {
  const name = sessionKey.replace(/^agent:[^:]+:/, "");
  return `[${plain(agentId, LONGEST)}/${plain(name.slice(-LONGEST), LONGEST)}]`;
}

/** What went wrong, in a few words for a line: its code where it has one, and its message. */
export function logError(error: unknown): string {
  if (!(error instanceof Error)) return plain(String(error), 200);
  const code = "code" in error && typeof error.code === "string" ? `${error.code}: ` : "";
  return plain(`${code}${error.message}`, 300);
}
