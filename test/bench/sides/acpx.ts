// acpx: its runtime export over the same adapter, used as its README and its host plugin use it.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type AcpRuntime, createAcpRuntime, createAgentRegistry, createFileSessionStore } from "acpx/runtime";
import { tempDir } from "../../support/poll.ts";
import { familyOf, killAll } from "../../support/processes.ts";
import { adapterOf, runningTurn, type Side, type SideOptions, type Talk } from "./side.ts";

type Runtime = ReturnType<typeof createAcpRuntime>;
type Handle = Awaited<ReturnType<AcpRuntime["ensureSession"]>>;

export async function acpx(o: SideOptions): Promise<Side> {
  const folder = await tempDir("bench-acpx");
  const cwd = join(folder.path, "work");
  await mkdir(cwd);
  const runtime = createAcpRuntime({
    cwd,
    agentProcessEnv: o.env,
    sessionStore: createFileSessionStore({ stateDir: join(folder.path, "state") }),
    agentRegistry: createAgentRegistry({ overrides: { claude: [...adapterOf(o)] } }),
    permissionMode: "approve-all",
  });
  const open = async (sessionKey: string): Promise<Talk> => {
    const ensure = () => runtime.ensureSession({ sessionKey, agent: "claude", mode: "persistent", cwd });
    return talk({ runtime, ensure, handle: await ensure() });
  };
  return {
    name: "acpx",
    cwd,
    open,
    warm: open,
    pids: () => [],
    async close() {
      await runtime.shutdown();
      killAll(familyOf({ pid: undefined, folder: folder.path }).map(({ pid }) => pid));
      await folder.remove();
    },
  };
}

function talk(o: { runtime: Runtime; ensure: () => Promise<Handle>; handle: Handle }): Talk {
  const { runtime, ensure } = o;
  let { handle } = o;
  let turns = 0;
  const start = (text: string, mode: "prompt" | "steer") => {
    turns += 1;
    return runtime.startTurn({ handle, text, mode, requestId: `${handle.sessionKey}-${turns}` });
  };
  return {
    send(text) {
      const started = start(text, "prompt");
      const turn = runningTurn(() => void started.cancel());
      const listen = async () => {
        for await (const event of started.events)
          if (event.type === "text_delta" && event.stream !== "thought") turn.said();
      };
      listen().catch(turn.failed);
      started.result.then(
        (result) =>
          result.status === "failed" ? turn.failed(new Error(result.error.message)) : turn.ended(),
        turn.failed,
      );
      return turn.running;
    },
    steer: (text) => void start(text, "steer").result.catch(() => {}),
    async renew() {
      await runtime.prepareFreshSession({ handle });
      handle = await ensure();
    },
    sleep: () => runtime.close({ handle, reason: "idle" }),
    end: () => runtime.close({ handle, reason: "done", discardPersistentState: true }),
  };
}
