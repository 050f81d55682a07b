// Delivery's way out: the host's durable outbound queue, its typing indicator, its transcript.
import type { OpenClawConfig, OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";
import type { Identity } from "../../state/identity.ts";
import type { Outbound } from "../delivery/outbound.ts";
import { currentConfig } from "./engine-ports.ts";
import { attachText } from "./files.ts";
import { PartedPosts } from "./parted-posts.ts";
import { intentOf } from "./send-to-route.ts";
import { sendTyping } from "./typing-signal.ts";

/** The SDK is loaded at first use: a command line that loads the plugin needs none of it. */
export function hostOutbound(api: Pick<OpenClawPluginApi, "runtime">): Outbound {
  const config = () => currentConfig(api);
  const parted = new PartedPosts(api);
  return {
    attach: ({ id, attempt, again, ...file }) =>
      attachText(api, {
        ...file,
        id: intentOf(id, attempt),
        ...(again === undefined ? {} : { caption: again }),
      }),
    post: (post) => parted.post(post),
    typing: (route) => sendTyping(config(), route),
    mirror: async (said) => {
      const sessionId = api.runtime.agent.session.getSessionEntry(said.identity)?.sessionId;
      if (sessionId !== undefined) await mirror({ ...said, sessionId, config: config() });
    },
  };
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
