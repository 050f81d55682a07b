// What is said of a turn that the end of a gateway cut off: what Claude had written down and nobody has read, and when it was.
import { UNANSWERED } from "../../adapters/harness.ts";
import { ownWords } from "../../common/marked-context.ts";
import type { InboxPrompt } from "../../state/inbox.ts";
import { type Controls, findAnswer } from "../session/controls.ts";

/** Stands before what may be in the conversation already. */
export const AGAIN = "(again, because the connection was lost)";

/** Empty where Claude had finished and all of it is posted: only the end of the turn was not written down any more. */
export async function interruption(prompt: InboxPrompt, controls: Controls): Promise<string> {
  const since = prompt.submittedAt ?? prompt.acceptedAt;
  // Claude notes a prompt when it has it, which can be just before it is noted here that it was given.
  const early = new Date(Date.parse(since) - EARLY_MS).toISOString();
  const found = findAnswer(controls, { text: prompt.text, since: early });
  const { text, complete } = await found.catch(() => UNANSWERED);
  const at = new Date(since).toISOString().slice(11, 16);
  const note =
    `⚠️ I was interrupted by a restart at ${at} UTC while working on: ${excerpt(ownWords(prompt.text))}\n` +
    "Nothing was run again. Say continue to go on from there.";
  // A gateway that ended while it said so has said it all the same.
  const left = unposted(complete ? text : `${text}\n\n${note}`, prompt.posted ?? "");
  // It was on its way when the gateway ended, and may have arrived.
  const doubtful = unposted(left, prompt.posting ?? "") !== left;
  return doubtful ? `${AGAIN}\n\n${left}` : left;
}

const EARLY_MS = 2_000;

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
