// What becomes of a command of the harness itself (`/compact`): it ends as any turn does, and tells a failure only by a failed step.
import type { Turn } from "./turn.ts";

const COMMAND = /^\/[\w:-]+(?=\s|$)/;

/** The command that a prompt is; undefined for one in people's own words. */
export function harnessCommand(text: string): string | undefined {
  return COMMAND.exec(text)?.[0];
}

/**
 * Listens to a turn from now on. Call what is returned once, when the harness has answered it: why the command failed, undefined
 * where it did not, or said so itself, or is none.
 */
export function failedCommand(turn: Turn): () => Error | undefined {
  const command = harnessCommand(turn.input.text);
  if (command === undefined) return () => undefined;
  let why: string | undefined;
  let said = false;
  const stop = turn.read((event) => {
    if (event.type === "text") said ||= event.text.trim() !== "";
    if (event.type === "tool") why = event.status === "failed" ? (event.why ?? event.title) : undefined;
  });
  return () => {
    stop();
    return why === undefined || said ? undefined : new Error(`${command}: ${why}`);
  };
}
