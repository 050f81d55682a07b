// What Claude Code says while it tries again: without it a chat is silent for up to three minutes (docs/adapter-notes.md#retries-and-cut-streams).
import { z } from "zod";
import { SDK_MESSAGE } from "./sdk-messages.ts";

const retry = z.looseObject({
  message: z.looseObject({
    type: z.literal("system"),
    subtype: z.literal("api_retry"),
    attempt: z.number(),
    max_retries: z.number(),
    retry_delay_ms: z.number(),
    error_status: z.number().nullish(),
  }),
});
// The first tries take a second or two in all; only a user who would start to wonder is told, and once.
const TELL_AT_ATTEMPT = 3;

/** A sentence at the third attempt, a sign of life at every other, undefined for any other message. */
export function retryNotice(method: string, params: unknown): string | undefined {
  const told = method === SDK_MESSAGE ? retry.safeParse(params) : undefined;
  if (!told?.success) return undefined;
  const { attempt, max_retries, retry_delay_ms, error_status } = told.data.message;
  if (attempt !== TELL_AT_ATTEMPT) return "";
  const seconds = Math.max(1, Math.round(retry_delay_ms / 1000));
  return `${reason(error_status)}; Claude tries again, ${attempt} of ${max_retries}, in ${seconds} s.`;
}

function reason(status: number | null | undefined): string {
  if (status === 529) return "Anthropic is overloaded";
  if (status === 429) return "Anthropic limits the rate";
  if (status === 401 || status === 403) return "Anthropic refuses the login";
  return status ? `Anthropic answers with an error (${status})` : "Anthropic cannot be reached";
}
