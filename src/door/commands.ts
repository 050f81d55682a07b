// Our commands in a message: `/claude …`, `/cc …`, `/steer …`, and the phrases where they are on.
import { jobCommand } from "../../common/commands.ts";
import { readPhrase } from "./phrases.ts";

const COMMAND = /^\/(?:claude|cc)(?:@\S+)?(?:\s+([\s\S]*))?$/i;
const JOB_COMMAND = /^\/(claude_[a-z]+)(?:@\S+)?(?:\s+([\s\S]*))?$/i;
const STEER = /^\/steer(?:@\S+)?\s+([\s\S]+)$/i;

/** What stands behind `/claude`, as it was typed; undefined for a message that is no command of ours. */
export function readCommand(text: string, phrases: boolean): string | undefined {
  const words = text.trim();
  const steer = STEER.exec(words)?.[1];
  return steer === undefined ? readOwnCommand(words, phrases) : `steer ${steer}`;
}

/** The same where Claude is not, and `/steer` is the host's own. */
export function readOwnCommand(text: string, phrases: boolean): string | undefined {
  const words = text.trim();
  const command = COMMAND.exec(words);
  if (command) return command[1]?.trim() ?? "";
  const job = JOB_COMMAND.exec(words);
  const meant = job ? jobCommand((job[1] ?? "").toLowerCase(), job[2] ?? "") : undefined;
  if (meant) return meant;
  return phrases ? readPhrase(words) : undefined;
}
