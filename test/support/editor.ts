// An editor: an ACP client over the stdio of the host's own bridge, `openclaw acp`.
import { type BareClient, startBareClient } from "./bare-client.ts";
import type { Gateway } from "./gateway.ts";
import { gatewayEnv, openclaw } from "./gateway-config.ts";
import { tempDir } from "./poll.ts";

export type Editor = BareClient & {
  /** The folder that is open in it. */
  readonly folder: string;
  /** A thread of the editor on this session of the host; without one, on the session it was started with. */
  thread(sessionKey?: string): Promise<string>;
};

/** Starts the bridge as a user's settings do, on this session, and waits until it is connected. */
export async function openEditor(gateway: Gateway, sessionKey: string): Promise<Editor> {
  const folder = await tempDir("editor");
  const client = startBareClient({
    args: [openclaw, "acp", "--session", sessionKey, "--no-prefix-cwd"],
    env: gatewayEnv({ root: gateway.root }),
    cwd: folder.path,
  });
  await client.initialize();
  return {
    ...client,
    folder: folder.path,
    async thread(key) {
      const on = key === undefined ? {} : { _meta: { sessionKey: key } };
      const made = await client.request("session/new", { cwd: folder.path, mcpServers: [], ...on });
      return (made as { sessionId: string }).sessionId;
    },
    async stop() {
      await client.stop();
      await folder.remove();
    },
  };
}
