// The processes behind the sessions of either adapter: shared, parked, capped, clean, warmed, and gone.
import { readFileSync } from "node:fs";
import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Session } from "../../../src/session/session.ts";
import { ADAPTERS, type AdapterName, ask, type EngineOptions, startEngine } from "../../support/engine.ts";
import { say, startModel } from "../../support/model.ts";
import { isAlive, tempDir, until } from "../../support/poll.ts";
import { claudeOf } from "../../support/terminal.ts";

const closes = (adapter: AdapterName) => adapter === "claude-agent-acp";

describe.each(ADAPTERS)("the processes of %s", (adapter) => {
  /** An engine of its own, with a model; both gone when the test is over. */
  async function bench(o: Omit<EngineOptions, "adapter"> = {}) {
    const model = await startModel();
    const engine = await startEngine({ adapter, ...o, env: { ...model.env(), ...o.env } });
    const close = async () => {
      await engine.dispose();
      await model.close();
    };
    return { model, engine, [Symbol.asyncDispose]: close };
  }
  const stateOf = async (session: Session) => (await session.status()).state;

  test("sessions share an adapter where it can close them one by one, and a fifth gets another", async () => {
    await using b = await bench({ limits: { sessionsPerAdapter: 2 } });
    const sessions = ["a", "b", "c"].map((name) => b.engine.session(`agent:cc:acp:${name}`));
    for (const session of sessions) expect((await ask(session, "hello")).text).toBe("Echo: hello");
    const pids = await Promise.all(sessions.map(async (session) => (await session.status()).adapterPid));
    expect(new Set(pids).size).toBe(closes(adapter) ? 2 : 3);
    expect(b.engine.sessions.adapters().map(({ sessions: seats }) => seats)).toEqual(
      closes(adapter) ? [2, 1] : [1, 1, 1],
    );
    expect([...b.engine.leased].sort()).toEqual([...new Set(pids)].sort());
  });

  test("48: an idle session is parked, its processes are gone, and the next message resumes it", async () => {
    await using b = await bench({ limits: { idleMs: 400 } });
    const session = b.engine.session();
    await ask(session, "remember grape");
    const { adapterPid, entry } = await session.status();
    await until("parking", async () => (await stateOf(session)) === "parked");
    await until("no process", () => !isAlive(adapterPid ?? 0) && b.engine.claudes().length === 0);
    await until("the map to say so", async () => (await session.record.read())?.state === "parked");
    expect(await ask(session, "what do you remember")).toMatchObject({
      text: "I remember grape.",
      notices: [],
    });
    expect((await session.record.read())?.claudeSessionId).toBe(entry?.claudeSessionId);
  });

  test("48: a message that comes while the session is being parked is answered with its memory", async () => {
    await using b = await bench();
    const session = b.engine.session();
    await ask(session, "remember cherry");
    for (let round = 1; round <= 3; round += 1) {
      const parking = session.park();
      const said = await ask(session, "what do you remember");
      expect(said).toMatchObject({ text: "I remember cherry.", result: { status: "completed" } });
      await parking;
      expect((await session.record.read())?.state).toBe("active");
    }
  });

  test("who finds no slot has the longest idle one parked", async () => {
    await using b = await bench({ limits: { maxProcesses: 2 } });
    const [one, two, three] = ["one", "two", "three"].map((name) =>
      b.engine.session(`agent:cc:acp:${name}`),
    ) as [Session, Session, Session];
    await ask(one, "remember one");
    await ask(two, "remember two");
    expect(await ask(three, "hello")).toMatchObject({ text: "Echo: hello", notices: [] });
    expect(await Promise.all([one, two, three].map(stateOf))).toEqual(["parked", "ready", "ready"]);
    expect((await ask(one, "what do you remember")).text).toBe("I remember one.");
    expect(await Promise.all([one, two, three].map(stateOf))).toEqual(["ready", "parked", "ready"]);
  });

  test("where all run, a message waits with one note, and runs when one is free", async () => {
    await using b = await bench({ limits: { maxProcesses: 1 } });
    const gate = Promise.withResolvers<void>();
    b.model.will("hold", say("held", { after: gate.promise }));
    const held = ask(b.engine.session("agent:cc:acp:busy"), "hold");
    await until("the request", () => b.model.requests().length > 0);
    const waiting = ask(b.engine.session("agent:cc:acp:waiting"), "hello");
    await until("the wait", () => b.engine.sessions.slots.waiting === 1);
    gate.resolve();
    expect((await held).text).toBe("held");
    expect(await waiting).toMatchObject({
      text: "Echo: hello",
      notices: [expect.stringMatching(/^Waiting for a free slot \(1 running\)/)],
    });
  });

  test("one that waits for a slot can be cancelled, and holds up nobody", async () => {
    await using b = await bench({ limits: { maxProcesses: 1 } });
    const gate = Promise.withResolvers<void>();
    b.model.will("hold", say("held", { after: gate.promise }));
    const held = ask(b.engine.session("agent:cc:acp:busy"), "hold");
    await until("the request", () => b.model.requests().length > 0);
    const session = b.engine.session("agent:cc:acp:waiting");
    const waiting = ask(session, "never");
    await until("the wait", () => b.engine.sessions.slots.waiting === 1);
    await session.cancel("stopped");
    expect((await waiting).result.status).toBe("cancelled");
    expect(b.engine.sessions.slots.waiting).toBe(0);
    gate.resolve();
    await held;
    expect((await ask(session, "now")).text).toBe("Echo: now");
  });

  test("55: Claude sees what it needs of our environment, and nothing else", async () => {
    await using folder = await tempDir("env");
    const secrets = {
      CLAUDECODE: "1",
      CLAUDE_CODE_ENTRYPOINT: "cli",
      CLAUDE_CODE_SSE_PORT: "1",
      OPENCLAW_GATEWAY_TOKEN: "hush",
      OPENCLAW_STATE_DIR: "/nowhere",
      TELEGRAM_BOT_TOKEN: "hush",
      OPENAI_API_KEY: "hush",
      AWS_SECRET_ACCESS_KEY: "hush",
      DATABASE_URL: "hush",
    };
    Object.assign(process.env, secrets);
    try {
      const claude = await wrapClaude({ adapter, folder: folder.path });
      await using b = await bench({ claude });
      expect((await ask(b.engine.session(), "hello")).text).toBe("Echo: hello");
      const seen = readFileSync(join(folder.path, "env"), "utf8")
        .split("\0")
        .map((line) => line.split("=")[0]);
      expect(seen).toContain("ANTHROPIC_API_KEY");
      expect(seen).toContain("PATH");
      // The adapter itself tells Claude what it was started from; what ours was started from must not be there.
      for (const name of Object.keys(secrets)) {
        if (name !== "CLAUDE_CODE_ENTRYPOINT" && name !== "CLAUDECODE") expect(seen).not.toContain(name);
      }
      expect(seen.filter((name) => name?.startsWith("OPENCLAW_") || name?.startsWith("VITEST"))).toEqual([]);
      expect(readFileSync(join(folder.path, "env"), "utf8")).not.toMatch(/hush|CLAUDE_CODE_ENTRYPOINT=cli/);
    } finally {
      for (const name of Object.keys(secrets)) Reflect.deleteProperty(process.env, name);
    }
  });

  test("stopping ends every process, also those of a turn that runs", async () => {
    await using b = await bench();
    b.model.will("hold", say("held", { after: new Promise(() => {}) }));
    const running = ask(b.engine.session("agent:cc:acp:busy"), "hold");
    await ask(b.engine.session("agent:cc:acp:idle"), "hello");
    await until("the request", () => b.model.requests().length > 1);
    const from = performance.now();
    await b.engine.sessions.stop();
    expect(performance.now() - from).toBeLessThan(5_000);
    expect((await running).result.status).toBe("cancelled");
    expect(b.engine.sessions.adapters()).toEqual([]);
    await until("no process", () => b.engine.claudes().length === 0, { withinMs: 5_000 });
    await until("no lease", () => b.engine.leased.size === 0, { withinMs: 5_000 });
  });
});

/** A Claude Code that writes its environment down before it becomes the adapter's own. */
async function wrapClaude(o: { adapter: AdapterName; folder: string }): Promise<string> {
  const file = join(o.folder, closes(o.adapter) ? "claude" : "claude.mjs");
  const real = claudeOf(o.adapter);
  const text = closes(o.adapter)
    ? `#!/bin/sh\ncp /proc/$$/environ ${join(o.folder, "env")}\nexec ${real} "$@"\n`
    : `#!/usr/bin/env node\nimport { readFileSync, writeFileSync } from "node:fs";\nwriteFileSync(${JSON.stringify(join(o.folder, "env"))}, readFileSync("/proc/self/environ"));\nawait import(${JSON.stringify(real)});\n`;
  await writeFile(file, text);
  await chmod(file, 0o755);
  return file;
}
