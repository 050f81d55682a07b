// The floor: a bare ACP client over the same adapter, with nothing above it.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type BareClient, startBareClient } from "../../support/bare-client.ts";
import { tempDir } from "../../support/poll.ts";
import { adapterOf, runningTurn, type Side, type SideOptions, type Talk } from "./side.ts";

type Update = BareClient["updates"][number];
type Listener = (update: Update) => void;

/** The adapter's own suggestions cost a request after most turns; without them it is at its quickest. */
const QUICKEST = { claudeCode: { options: { promptSuggestions: false } } };

export async function floor(o: SideOptions): Promise<Side> {
  const folder = await tempDir("bench-floor");
  const cwd = join(folder.path, "work");
  await mkdir(cwd);
  const hearing: { listener?: Listener } = {};
  let client: Promise<BareClient> | undefined;
  const connected = () => {
    client ??= connect({ ...o, cwd, hear: (update) => hearing.listener?.(update) });
    return client;
  };
  const stop = async () => {
    const running = await client;
    client = undefined;
    await running?.stop();
  };
  const open = async (): Promise<Talk> => talk({ connected, stop, hearing, cwd });
  return {
    name: "floor",
    cwd,
    open,
    warm: open,
    pids: () => [],
    async close() {
      await stop();
      await folder.remove();
    },
  };
}

async function connect(o: SideOptions & { cwd: string; hear: Listener }): Promise<BareClient> {
  const { env, cwd, hear } = o;
  const client = startBareClient({ args: adapterOf(o).slice(1), env, cwd, hear });
  await client.initialize();
  return client;
}

async function talk(o: {
  connected: () => Promise<BareClient>;
  stop: () => Promise<void>;
  hearing: { listener?: Listener };
  cwd: string;
}): Promise<Talk> {
  const { connected, hearing, cwd } = o;
  const create = async () => {
    const made = await (await connected()).request("session/new", { cwd, mcpServers: [], _meta: QUICKEST });
    return (made as { sessionId: string }).sessionId;
  };
  let client: BareClient | undefined = await connected();
  let sessionId = await create();
  const back = async () => {
    const again = await connected();
    await again.request("session/resume", { sessionId, cwd, mcpServers: [], _meta: QUICKEST });
    return again;
  };
  return {
    send(text) {
      const turn = runningTurn(() => void client?.notify("session/cancel", { sessionId }));
      const ask = async () => {
        client ??= await back();
        hearing.listener = (update) => {
          if (update.sessionUpdate === "agent_message_chunk") turn.said();
        };
        await client.request("session/prompt", { sessionId, prompt: [{ type: "text", text }] });
      };
      ask().then(turn.ended, turn.failed);
      return turn.running;
    },
    steer(text) {
      const _meta = { steering: { idleBehavior: "promptRequired" } };
      void client?.request("_session/steering", { sessionId, prompt: [{ type: "text", text }], _meta });
    },
    async renew() {
      void client?.request("session/close", { sessionId });
      sessionId = await create();
    },
    async sleep() {
      client = undefined;
      await o.stop();
    },
    end: async () => void (await client?.request("session/close", { sessionId })),
  };
}
