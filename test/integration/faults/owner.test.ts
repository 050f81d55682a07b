// The gateway killed with -9 in mid-turn: what it left is found by its leases and ended, and its sessions go on.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { silentLog } from "../../../common/log.ts";
import { leaseBook } from "../../../src/session/process/lease-book.ts";
import { ADAPTERS, ask, startEngine } from "../../support/engine.ts";
import type { EngineProcess } from "../../support/engine-main.ts";
import { say, startModel } from "../../support/model.ts";
import { isAlive, tempDir, until } from "../../support/poll.ts";
import { familyOf } from "../../support/processes.ts";
import { scriptedAgent } from "../../support/scripted-agent.ts";

const program = fileURLToPath(new URL("../../support/engine-main.ts", import.meta.url));

/** Runs an engine in a process of its own until its last prompt speaks, and kills it. Returns its adapters. */
async function killedInMidTurn(options: EngineProcess): Promise<{ pid: number; owner: number }[]> {
  const child = spawn(process.execPath, [program, JSON.stringify(options)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const adapters = JSON.parse(line.toString().split("\n")[0] ?? "[]") as { pid: number }[];
  child.kill("SIGKILL");
  await once(child, "exit");
  return adapters.map(({ pid }) => ({ pid, owner: child.pid ?? 0 }));
}

describe("given an owner killed with -9 in mid-turn", () => {
  test.each(ADAPTERS)(
    "21: with %s nothing is left after 5 s, and the session goes on with its memory",
    async (adapter) => {
      await using folder = await tempDir("owner");
      const model = await startModel();
      model.will("talk", say("word ".repeat(400), { chunks: 400, gapMs: 50 }));
      const leases = join(folder.path, "leases");
      const home = join(folder.path, "home");
      const env = model.env();
      const [left] = await killedInMidTurn({ adapter, env, home, leases, prompts: ["remember fig", "talk"] });
      expect(await readdir(leases)).toEqual([`${left?.pid}.json`]);
      await leaseBook({ dir: leases, graceMs: 500, log: silentLog }).reap();
      await until(
        "nothing to be left",
        () => familyOf({ pid: undefined, folder: folder.path }).length === 0,
        {
          withinMs: 5_000,
          seen: () => familyOf({ pid: undefined, folder: folder.path }),
        },
      );
      expect(await readdir(leases)).toEqual([]);
      const engine = await startEngine({ adapter, env, home });
      const said = await ask(engine.session(), "what do you remember");
      expect(said.text).toContain("fig");
      expect(said.notices).toEqual([]);
      await engine.dispose();
      await model.close();
    },
  );

  test("22: an agent that ignores SIGTERM and the end of its input is ended by its lease, with what it started", async () => {
    await using folder = await tempDir("owner");
    const turns = { talk: [{ grandchild: true } as const, { say: "words" }, { hang: true } as const] };
    const script = { turns, child: true, ignoreSigterm: true, ignoreEof: true };
    const agent = scriptedAgent({ dir: folder.path, script });
    const leases = join(folder.path, "leases");
    const home = join(folder.path, "home");
    const options = {
      command: agent.command,
      env: { CLAUDE_CONFIG_DIR: join(folder.path, "claude") },
      home,
      leases,
    };
    const [left] = await killedInMidTurn({ ...options, prompts: ["remember fig", "talk"] });
    const running = familyOf({ pid: undefined, folder: folder.path });
    expect(running.length).toBeGreaterThanOrEqual(3);
    expect(isAlive(left?.pid ?? 0)).toBe(true);
    expect(await leaseBook({ dir: leases, graceMs: 300, log: silentLog }).reap()).toBe(1);
    await until("all of it to be gone", () => running.every(({ pid }) => !isAlive(pid)), { withinMs: 5_000 });
    agent.becomes({});
    const engine = await startEngine({
      ...options,
      leases: leaseBook({ dir: leases, graceMs: 300, log: silentLog }),
    });
    expect((await ask(engine.session(), "what do you remember")).text).toMatch(/remember fig/);
    await engine.dispose();
  });

  test("22: the adapter of a living owner, and a process that merely has the pid, are left alone", async () => {
    await using folder = await tempDir("owner");
    const agent = scriptedAgent({ dir: folder.path });
    const dir = join(folder.path, "leases");
    const leases = leaseBook({ dir, graceMs: 300, log: silentLog });
    const engine = await startEngine({ command: agent.command, leases });
    await ask(engine.session(), "hello");
    const stranger = spawn("sleep", ["300"], { stdio: "ignore" });
    // What a dead gateway wrote of a process whose pid this one was given since.
    const of = { pid: stranger.pid, startTime: "another", command: "sleep 300" };
    const by = { ownerPid: stranger.pid, ownerStartTime: "another", createdAt: new Date().toISOString() };
    await writeFile(join(dir, `${stranger.pid}.json`), JSON.stringify({ ...of, ...by }));
    expect(await leases.reap()).toBe(0);
    expect(isAlive(stranger.pid ?? 0)).toBe(true);
    expect(await readdir(dir)).toHaveLength(1);
    expect((await ask(engine.session(), "still here")).text).toBe("Echo: still here");
    stranger.kill("SIGKILL");
    await engine.dispose();
  });
});
