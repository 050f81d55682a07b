// Sessions over the scripted agent, for one fault at a time, and what must be true after each of them.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ask, type EngineOptions, startEngine } from "./engine.ts";
import { tempDir, until } from "./poll.ts";
import { familyOf } from "./processes.ts";
import { type Script, scriptedAgent } from "./scripted-agent.ts";

export type FaultBench = Awaited<ReturnType<typeof startFaults>>;

/** An engine over a scripted agent that keeps transcripts, in one folder; disposed of as a whole. */
export async function startFaults(script: Script, o: Omit<EngineOptions, "command" | "env"> = {}) {
  const folder = await tempDir("faults");
  const agent = scriptedAgent({ dir: folder.path, script });
  const env = { CLAUDE_CONFIG_DIR: join(folder.path, "claude") };
  const start = (home?: string) =>
    startEngine({ ...o, command: agent.command, env, ...(home ? { home } : {}) });
  let engine = await start();
  return {
    agent,
    get engine() {
      return engine;
    },
    session: (name = "one") => engine.session(`agent:cc:acp:${name}`),
    /** Pids of the agent's processes, oldest first, those that have ended included. */
    pids: () => agent.events("start").map(({ pid }) => pid),
    /** What runs of the agent now, and of what it started. */
    running: () => familyOf({ pid: undefined, folder: folder.path }),
    /** Another engine goes on with what this one left; `meanwhile` happens while none runs. */
    async restart(meanwhile: () => Promise<void> = async () => {}) {
      await engine.dispose({ keep: true });
      await meanwhile();
      engine = await start(engine.home);
    },
    /** Somebody else on the same files, as the command line is where it finds no gateway; ended by whoever asked for it. */
    another: () => start(engine.home),
    /** What the next message is answered, whether anything is left that belongs to no session, and what the map holds. */
    async aftermath(name = "one") {
      const said = await ask(engine.session(`agent:cc:acp:${name}`), "what do you remember");
      const ours = () => new Set(engine.sessions.adapters().map(({ pid }) => pid));
      const strays = () =>
        familyOf({ pid: undefined, folder: folder.path }).filter(({ pid }) => !ours().has(pid));
      await until("no process of nobody", () => strays().length === 0, { withinMs: 5_000, seen: strays });
      const map: unknown = JSON.parse(await readFile(engine.map.file, "utf8"));
      return { text: said.text, notices: said.notices, status: said.result.status, map };
    },
    async [Symbol.asyncDispose]() {
      await engine.dispose();
      await folder.remove();
    },
  };
}
