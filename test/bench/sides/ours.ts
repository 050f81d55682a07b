// Ours: the sessions of the plugin as a gateway has them, without the gateway.
import { parseSettings } from "../../../src/config.ts";
import { steer } from "../../../src/session/controls.ts";
import type { Session } from "../../../src/session/session.ts";
import { startEngine } from "../../support/engine.ts";
import { until } from "../../support/poll.ts";
import { runningTurn, type Side, type SideOptions, type Talk } from "./side.ts";

export async function ours(o: SideOptions): Promise<Side> {
  const { sessionsPerAdapter } = parseSettings({});
  const limits = { sessionsPerAdapter, ...(o.idleMs === undefined ? {} : { idleMs: o.idleMs }) };
  const program = o.adapter === undefined ? {} : { command: o.adapter };
  const kept = o.home === undefined ? {} : { home: o.home };
  const engine = await startEngine({ ...program, ...kept, env: o.env, limits });
  const open = async (key: string) => {
    const session = engine.session(`agent:cc:acp:${key}`);
    await session.ensure({});
    return { session, talk: talk(session) };
  };
  return {
    name: "ours",
    cwd: engine.cwd,
    open: async (key) => (await open(key)).talk,
    async warm(key) {
      const { session, talk } = await open(key);
      session.warm();
      const ready = async () => (await session.status()).state === "ready";
      await until("the warm session", ready, { everyMs: 10 });
      return talk;
    },
    pids: () => engine.sessions.adapters().map(({ pid }) => pid),
    close: () => engine.dispose({ keep: o.home !== undefined }),
  };
}

function talk(session: Session): Talk {
  return {
    send(text) {
      const prompt = session.prompt({
        id: crypto.randomUUID(),
        text,
        images: [],
        audience: { is: "caller" },
      });
      const turn = runningTurn(() => void session.cancel("cancelled"));
      prompt.read((event) => {
        if (event.type === "text") turn.said();
      });
      void prompt.result.then((result) =>
        result.status === "failed" ? turn.failed(result.failure) : turn.ended(),
      );
      return turn.running;
    },
    steer: (text) => void steer(session.controls, text),
    renew: () => session.reset("reset"),
    sleep: async () => void (await session.park()),
    end: () => session.close({ discard: true, reason: "done" }),
  };
}
