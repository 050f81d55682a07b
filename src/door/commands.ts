// Our commands in a message: `/claude …`, `/cc …`, `/steer …`, and the phrases where they are on.
import { readPhrase } from "./phrases.ts";

const COMMAND = /^\/(?:claude|cc)(?:@\S+)?(?:\s+([\s\S]*))?$/i;
const STEER = /^\/steer(?:@\S+)?\s+([\s\S]+)$/i;

/** What stands behind `/claude`, as it was typed; undefined for a message that is no command of ours. */
export function readCommand(text: string, phrases: boolean): string | undefined {
  const words = text.trim();
  const command = COMMAND.exec(words);
  if (command) return command[1]?.trim() ?? "";
  const steer = STEER.exec(words)?.[1];
  if (steer !== undefined) return `steer ${steer}`;
  return phrases ? readPhrase(words) : undefined;
}
