// How a user asks for a fresh session in the chat.

const RESET = /^\/(?:new|reset)(?:@\S+)?(?:\s+([\s\S]*))?$/i;

/** Reads `/new` and `/reset`, with the text behind them, which is to be the first prompt of the new session. */
export function readReset(command: string): { rest: string } | undefined {
  const read = RESET.exec(command.trim());
  return read ? { rest: read[1]?.trim() ?? "" } : undefined;
}
