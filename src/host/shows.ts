// What the host shows of a text, asked of the host's own functions: its reading of directives, then what it takes out for a channel.
import type { OpenClawConfig } from "openclaw/plugin-sdk/plugin-entry";
import { z } from "zod";
import { channelPlugin } from "./channel-registry.ts";
import type { Shows } from "./escape-directives.ts";

type Sanitize = (o: { text: string; cfg: OpenClawConfig; accountId: string | undefined }) => unknown;
const sanitizer = z.custom<Sanitize>((value) => typeof value === "function");
const withSanitizer = z.looseObject({ outbound: z.looseObject({ sanitizeText: sanitizer }) });

/** Host: createOutboundPayloadPlan, stripInternalRuntimeScaffolding, the channel's `outbound.sanitizeText` (or the one it has from the host). */
export async function hostShows(o: {
  cfg: OpenClawConfig;
  channel: string;
  accountId: string | undefined;
}): Promise<Shows> {
  const { createOutboundPayloadPlan, sanitizeForPlainText } = await import(
    "openclaw/plugin-sdk/channel-outbound"
  );
  const { stripInternalRuntimeScaffolding } = await import("openclaw/plugin-sdk/infra-runtime");
  const { sanitizeAssistantVisibleText } = await import("openclaw/plugin-sdk/text-chunking");
  const plugin = withSanitizer.safeParse(channelPlugin(o.channel));
  const { cfg, accountId } = o;
  const usual = (text: string) =>
    sanitizeForPlainText(sanitizeAssistantVisibleText(text), { style: "markdown" });
  const forChannel = plugin.success
    ? (text: string) => plugin.data.outbound.sanitizeText({ text, cfg, accountId })
    : usual;
  return (text) => {
    const [planned, ...more] = createOutboundPayloadPlan([{ text }], { extractMarkdownImages: true });
    if (!planned || more.length > 0) return undefined;
    const { payload, parts } = planned;
    const aimed = payload.replyToId ?? payload.replyToTag ?? payload.replyToCurrent ?? payload.audioAsVoice;
    if (parts.mediaUrls.length > 0 || aimed || payload.text === undefined) return undefined;
    const shown = forChannel(stripInternalRuntimeScaffolding(payload.text));
    return typeof shown === "string" ? shown : undefined;
  };
}
