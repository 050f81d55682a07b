// Delivery's way out: the host's durable outbound queue, its typing indicator, its transcript.
import type { OpenClawConfig, OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";
import type { Route } from "../../state/session-map.ts";
import type { Outbound } from "../delivery/outbound.ts";
import type { Identity } from "../session/identity.ts";
import { currentConfig } from "./engine-ports.ts";
import { attachText } from "./files.ts";
import { inert } from "./inert.ts";
import { sendTyping } from "./typing.ts";

type Buttons = NonNullable<Parameters<Outbound["post"]>[0]["buttons"]>;

const ROOM_FOR_MARKUP = 0.9;

/** The SDK is loaded at first use: a command line that loads the plugin needs none of it. */
export function hostOutbound(api: Pick<OpenClawPluginApi, "runtime">): Outbound {
  const config = () => currentConfig(api);
  return {
    attach: (file) => attachText(api, file),
    post: async ({ route, text, id, buttons }) => {
      const { createOutboundPayloadPlan, sendDurableMessageBatch } = await import(
        "openclaw/plugin-sdk/channel-outbound"
      );
      const { channel, to, accountId, threadId } = route;
      const sent = await sendDurableMessageBatch({
        cfg: config(),
        channel,
        to,
        payloads: withButtons(
          parts(api, { text, route }).map((part) => ({ text: inert(part, createOutboundPayloadPlan) })),
          buttons,
        ),
        mediaAccess: { localRoots: [], readFile: refuseMedia },
        formatting: { chunkMode: "newline" },
        deliveryIntentId: id,
        ...(accountId === undefined ? {} : { accountId }),
        ...(threadId === undefined ? {} : { threadId }),
      });
      // A suppressed post was refused by a hook or had nothing visible in it; a partial one must not be sent again.
      if (sent.status === "failed")
        throw sent.error instanceof Error ? sent.error : new Error("the channel refused the message");
    },
    typing: (route) => sendTyping(config(), route),
    mirror: async (said) => {
      const sessionId = api.runtime.agent.session.getSessionEntry(said.identity)?.sessionId;
      if (sessionId !== undefined) await mirror({ ...said, sessionId, config: config() });
    },
  };
}

// Under the last of them, where people are when they have read all of it.
function withButtons<Payload extends object>(payloads: Payload[], buttons: Buttons | undefined): Payload[] {
  if (buttons === undefined) return payloads;
  const presentation = { blocks: [{ type: "buttons" as const, buttons: [...buttons] }] };
  return payloads.map((payload, index) =>
    index === payloads.length - 1 ? { ...payload, presentation } : payload,
  );
}

// A text has no files in it; those are sent by files.ts.
async function refuseMedia(): Promise<never> {
  throw new Error("a text sends no files");
}

// Cut between paragraphs, and in code between lines. The host's chunker cuts what a channel renders, at the character:
// room is left for the markup, so that it has nothing left to cut in ordinary text.
function parts(api: Pick<OpenClawPluginApi, "runtime">, o: { text: string; route: Route }): string[] {
  const { text } = api.runtime.channel;
  const limit = text.resolveTextChunkLimit(currentConfig(api), o.route.channel, o.route.accountId);
  return text.chunkMarkdownTextWithMode(o.text, Math.ceil(limit * ROOM_FOR_MARKUP), "newline");
}

async function mirror(o: {
  identity: Identity;
  sessionId: string;
  role: "user" | "assistant";
  text: string;
  id: string;
  config: OpenClawConfig;
}): Promise<void> {
  const sdk = await import("openclaw/plugin-sdk/session-transcript-runtime");
  const { identity, sessionId, text, id, config } = o;
  const idempotencyKey = `${id}:${o.role}`;
  const scope = { ...identity, sessionId, config };
  if (o.role === "assistant")
    await sdk.appendAssistantMirrorMessageByIdentity({ ...scope, text, idempotencyKey });
  else {
    const message = { role: "user" as const, content: text, timestamp: Date.now(), idempotencyKey };
    await sdk.appendSessionTranscriptMessageByIdentity({ ...scope, message, idempotencyLookup: "scan" });
  }
}
