// What is said of a turn that the end of a gateway cut off: what Claude had written down and nobody has read, and when it was.
import type { InboxPrompt } from "../../state/inbox.ts";
import { type Controls, saidAfter } from "../session/controls.ts";

/** Empty where Claude had finished and all of it is posted: only the end of the turn was not written down any more. */
export async function interruption(prompt: InboxPrompt, controls: Controls): Promise<string> {
  const { text, complete } = await saidAfter(controls, prompt.text).catch(() => NOTHING);
  const rest = unposted(text, prompt.posted ?? "");
  if (complete) return rest;
  const at = new Date(prompt.submittedAt ?? prompt.acceptedAt).toISOString().slice(11, 16);
  const note =
    `⚠️ I was interrupted by a restart at ${at} UTC while working on: ${excerpt(prompt.text)}\n` +
    "Nothing was run again. Say continue to go on from there.";
  return `${rest}\n\n${note}`;
}

const NOTHING = { text: "", complete: false };

function unposted(said: string, posted: string): string {
  const known = posted.replace(/\s+/g, " ");
  return said
    .split(/\n{2,}/)
    .filter((paragraph) => !known.includes(paragraph.replace(/\s+/g, " ").trim()))
    .join("\n\n");
}

function excerpt(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length <= 80 ? line : `${line.slice(0, 79)}…`;
}
