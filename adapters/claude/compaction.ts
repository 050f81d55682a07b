// What Claude Code says once it has made its context smaller: without it a chat only sees that it is slow for a while.
import { z } from "zod";
import { SDK_MESSAGE } from "./sdk-messages.ts";

const boundary = z.looseObject({
  message: z.looseObject({
    type: z.literal("system"),
    subtype: z.literal("compact_boundary"),
    compact_metadata: z.looseObject({
      trigger: z.string().catch("auto"),
      pre_tokens: z.number(),
      post_tokens: z.number().nullish().catch(undefined),
    }),
  }),
});

/** A sentence with the tokens before and, where they are told, after; undefined for any other message. */
export function compactionNotice(method: string, params: unknown): string | undefined {
  const told = method === SDK_MESSAGE ? boundary.safeParse(params) : undefined;
  if (!told?.success) return undefined;
  const { trigger, pre_tokens, post_tokens } = told.data.message.compact_metadata;
  const sizes = [pre_tokens, ...(post_tokens ? [post_tokens] : [])].map(thousands).join(" → ");
  return `${trigger === "manual" ? "Compacted" : "The context was full, so it was compacted"}: ${sizes} tokens.`;
}

function thousands(tokens: number): string {
  return tokens < 1_000 ? String(tokens) : `${Math.round(tokens / 1_000)}k`;
}
