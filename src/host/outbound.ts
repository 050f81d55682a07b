// Delivery's way out: the host's durable outbound queue, its typing indicator, its transcript.
import type { OpenClawConfig } from "openclaw/plugin-sdk/plugin-entry";
import type { Outbound } from "../delivery/outbound.ts";
import { sendTyping } from "./typing.ts";

/** The SDK is loaded at first use: a command line that loads the plugin needs none of it. `config` gives the host's configuration of the moment. */
export function hostOutbound(config: () => OpenClawConfig): Outbound {
  return {
    post: async ({ route, text, id }) => {
      const { sendDurableMessageBatch } = await import("openclaw/plugin-sdk/channel-outbound");
      const { channel, to, accountId, threadId } = route;
      const sent = await sendDurableMessageBatch({
        cfg: config(),
        channel,
        to,
        payloads: [{ text }],
        deliveryIntentId: id,
        ...(accountId === undefined ? {} : { accountId }),
        ...(threadId === undefined ? {} : { threadId }),
      });
      // A suppressed post was refused by a hook or had nothing visible in it; a partial one must not be sent again.
      if (sent.status === "failed")
        throw sent.error instanceof Error ? sent.error : new Error("the channel refused the message");
    },
    typing: (route) => sendTyping(config(), route),
    mirror: async ({ identity, text, id }) => {
      const { appendAssistantMirrorMessageByIdentity } = await import(
        "openclaw/plugin-sdk/session-transcript-runtime"
      );
      await appendAssistantMirrorMessageByIdentity({
        ...identity,
        text,
        idempotencyKey: id,
        config: config(),
      });
    },
  };
}
