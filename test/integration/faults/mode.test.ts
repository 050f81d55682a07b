// I16 (docs/architecture.md): whatever moves a session's mode, the next prompt leaves in the one its people chose.
import { describe, expect, test } from "vitest";
import { setMode, setProfile } from "../../../src/session/controls.ts";
import { ask, type EngineOptions } from "../../support/engine.ts";
import { type FaultBench, startFaults } from "../../support/faults.ts";
import { until } from "../../support/poll.ts";
import type { Script, Step } from "../../support/scripted-agent.ts";

const OK: Step = { say: "ok" };
const moves = (currentModeId: string): Step => ({
  update: { sessionUpdate: "current_mode_update", currentModeId },
});
const prompted = (bench: FaultBench) => bench.agent.events("prompted").map(({ mode }) => mode);

/** A session whose harness moves its mode at "loosen" and "plan". */
async function start(script: Script = {}, o: Pick<EngineOptions, "profile"> = {}): Promise<FaultBench> {
  const turns = { loosen: [moves("auto"), OK], plan: [moves("plan"), OK], edits: [moves("acceptEdits"), OK] };
  return await startFaults({ turns, ...script }, o);
}

describe("no prompt leaves in a mode nobody chose", () => {
  test.each(["ask", "acceptEdits", "plan", "readOnly"] as const)(
    "of a harness that starts in one where nobody is asked, with %s",
    async (profile) => {
      await using bench = await start({ startsIn: "auto" }, { profile });
      await ask(bench.session(), "hello");
      await bench.restart();
      await ask(bench.session(), "/compact");
      const wanted = bench.engine.harness.modes.of(profile);
      expect(prompted(bench)).toEqual([wanted, wanted]);
    },
  );

  test.each(["loosen", "edits"])("of one that goes into a looser one by itself (%s)", async (words) => {
    await using bench = await start();
    await ask(bench.session(), words);
    await ask(bench.session(), "hello");
    expect(prompted(bench)).toEqual(["default", "default"]);
  });

  test("but the stricter one that it chose itself stays, until somebody chooses another", async () => {
    await using bench = await start();
    await ask(bench.session(), "plan");
    await ask(bench.session(), "hello");
    await setProfile(bench.session().controls, "acceptEdits");
    await ask(bench.session(), "hello");
    expect(prompted(bench)).toEqual(["default", "plan", "acceptEdits"]);
  });

  test("where it is chosen in the moment the session becomes ready", async () => {
    await using bench = await start();
    const session = bench.session();
    await session.ensure({});
    session.warm();
    const { controls } = session;
    await until("the warm session", async () => (await session.status()).state === "ready");
    expect(controls.live).toBeUndefined();
    await setProfile(controls, "acceptEdits");
    await ask(session, "hello");
    await setMode(controls, "plan");
    await ask(session, "hello");
    expect(prompted(bench)).toEqual(["acceptEdits", "plan"]);
  });

  test("and where it cannot be set, nothing is prompted and the user is told", async () => {
    await using bench = await start({ errors: { "session/set_mode": { code: -32603, message: "no" } } });
    const said = await ask(bench.session(), "loosen");
    expect(said.result.status).toBe("completed");
    expect((await ask(bench.session(), "hello")).result.status).toBe("failed");
    expect(prompted(bench)).toEqual(["default"]);
  });
});
