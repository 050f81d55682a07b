// Claude's words are words. The host reads directives in what an agent says: a line `MEDIA:/path` sends that file, an image
// of a page is fetched, `[[reply_to: …]]` aims, NO_REPLY swallows the message (host: payloads, parseReplyDirectives).
// Whoever can make Claude say something must not get any of that.
import type { createOutboundPayloadPlan } from "openclaw/plugin-sdk/channel-outbound";

type Plan = typeof createOutboundPayloadPlan;

/** Joins without a width, and is no white space: what it stands in is no directive any more, and reads the same. */
const JOINER = "\u2060";

/** The text as it is where the host would post just that; otherwise with what the host would act on broken up. */
export function inert(text: string, plan: Plan): string {
  if (isPlain(text, plan)) return text;
  const broken = text
    .replace(/^(\s*media)(?=:)/gim, `$1${JOINER}`)
    .replace(/\[(?=\[)/g, `[${JOINER}`)
    .replace(/!(?=\[)/g, `!${JOINER}`);
  if (isPlain(broken, plan)) return broken;
  return broken
    .split("\n")
    .map((line) => `${JOINER}${line}`)
    .join("\n");
}

function isPlain(text: string, plan: Plan): boolean {
  const [planned, ...more] = plan([{ text }], { extractMarkdownImages: true });
  if (!planned || more.length > 0) return false;
  const { payload, parts } = planned;
  const aimed = payload.replyToId ?? payload.replyToTag ?? payload.replyToCurrent ?? payload.audioAsVoice;
  return parts.mediaUrls.length === 0 && !aimed && payload.text?.trim() === text.trim();
}
