// Delivery's way out: the host's durable outbound queue, its typing indicator, its transcript.
import type { OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";
import type { Outbound } from "../delivery/outbound.ts";
import { currentConfig } from "./engine-ports.ts";
import { attachText } from "./files.ts";
import { PartedPosts } from "./parted-posts.ts";
import { intentOf } from "./send-to-route.ts";
import { sendTyping } from "./typing-signal.ts";

/** The SDK is loaded at first use: a command line that loads the plugin needs none of it. */
export function hostOutbound(
  api: Pick<OpenClawPluginApi, "runtime">,
  transcript: Pick<Outbound, "mirror">,
): Outbound {
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
    mirror: (said) => transcript.mirror(said),
  };
}
