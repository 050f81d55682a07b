// Why a clear answer does not count: it is somebody else's, about something else, or older than its question. I8 (docs/architecture.md).
import type { Message, Waiting } from "./waiting.ts";

const FORWARDED = "A forwarded message is no answer. If you mean it, type it yourself.";
const ELSEWHERE =
  "That is a reply to something else, so it is no answer. Type it without a reply, or as a reply to the question.";
const BEFORE =
  "That was written before the question could be read, so it is no answer. If you mean it, type it again.";
// The channel's clock and ours may differ a little.
const CLOCKS_MS = 5_000;

/** Undefined where nothing speaks against it: an answer is what a person wrote to this question, after it was there. */
export function doubtOf(
  { forwarded, replyTo, sentAt }: Message,
  waiting: Waiting,
  place: number | undefined,
): string | undefined {
  if (forwarded) return FORWARDED;
  if (replyTo !== undefined && !isAbout(replyTo, waiting)) return ELSEWHERE;
  const shown = waiting.shownAt?.(place);
  return sentAt !== undefined && shown !== undefined && sentAt + CLOCKS_MS < shown ? BEFORE : undefined;
}

/** Whether what is replied to is this question. */
export function isAbout(replyTo: string | undefined, { about }: Waiting): boolean {
  return replyTo !== undefined && about !== undefined && beginning(replyTo) === beginning(about());
}

// As much of a question as tells it from others, without what a channel makes of its markup.
function beginning(text: string): string {
  return text
    .slice(0, 1_000)
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim()
    .slice(0, 120);
}
