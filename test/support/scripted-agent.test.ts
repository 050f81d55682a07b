// The scripted agent, seen by a plain ACP client.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type BareClient, startBareClient } from "./bare-client.ts";
import { isAlive, tempDir, until } from "./poll.ts";
import { type Script, type ScriptedAgent, scriptedAgent } from "./scripted-agent.ts";

describe("the scripted agent", () => {
  let dir: Awaited<ReturnType<typeof tempDir>>;
  let client: BareClient | undefined;
  let agent: ScriptedAgent;

  beforeEach(async () => {
    dir = await tempDir("agent");
  });

  afterEach(async () => {
    await client?.stop();
    await dir.remove();
  });

  async function start(script: Script = {}): Promise<BareClient> {
    agent = scriptedAgent({ dir: dir.path, script });
    client = startBareClient({ args: agent.command.slice(1), env: { EXTRA: "seen" }, cwd: dir.path });
    return client;
  }

  async function open(script: Script = {}): Promise<{ client: BareClient; session: string }> {
    const opened = await start(script);
    await opened.initialize();
    return { client: opened, session: await opened.newSession(dir.path) };
  }

  it("echoes, and writes down what it received and in which environment", async () => {
    const { client, session } = await open();
    expect(await client.ask(session, "hello")).toEqual({ text: "Echo: hello", stopReason: "end_turn" });
    expect(agent.received().map((entry) => entry.method)).toEqual([
      "initialize",
      "session/new",
      "session/prompt",
    ]);
    expect(agent.events("start")[0]?.env?.EXTRA).toBe("seen");
  });

  it("keeps sessions for a second process and knows no others", async () => {
    const first = await open();
    await first.client.ask(first.session, "hello");
    await first.client.stop();
    const second = await start();
    await second.initialize();
    await second.request("session/load", { sessionId: first.session, cwd: dir.path, mcpServers: [] });
    expect(second.updates.map((update) => update.sessionUpdate)).toEqual([
      "user_message_chunk",
      "agent_message_chunk",
    ]);
    await expect(
      second.request("session/resume", { sessionId: "nobody", cwd: dir.path }),
    ).rejects.toMatchObject({ code: -32002 });
  });

  it("plays a turn of every kind of step", async () => {
    const turns: Script["turns"] = {
      work: [
        { think: "hm" },
        { tool: "touch x", twice: true },
        { ask: "rm -rf" },
        { updates: 3 },
        { late: "afterthought" },
      ],
      broken: [{ fail: { code: -32000, message: "Authentication required" } }],
    };
    const { client, session } = await open({
      turns,
      start: [{ garbage: "not json" }, { stderr: "noise", times: 1000 }],
    });
    expect((await client.ask(session, "work")).text).toBe("answered once1 2 3 ");
    const kinds = client.updates.map((update) => update.sessionUpdate);
    expect(kinds.filter((kind) => kind === "tool_call")).toHaveLength(2);
    await until("the late text", () =>
      client.updates.some((update) => JSON.stringify(update).includes("afterthought")),
    );
    await expect(client.ask(session, "broken")).rejects.toMatchObject({ code: -32000 });
  });

  it("answers with errors, or never", async () => {
    const client = await start({
      silent: ["initialize"],
      errors: { "session/new": { code: -32603, message: "no" } },
    });
    await expect(client.newSession(dir.path)).rejects.toMatchObject({ code: -32603 });
    const answered = client.initialize().then(() => true);
    await until("initialize to arrive", () => agent.received("initialize").length === 1);
    expect(await Promise.race([answered, Promise.resolve("nothing yet")])).toBe("nothing yet");
    answered.catch(() => {});
  });

  it("is cancelled, or ignores it", async () => {
    const { client, session } = await open({ turns: { wait: [{ say: "working" }, { hang: true }] } });
    const turn = client.ask(session, "wait");
    await until("the turn to begin", () => client.updates.length > 0);
    expect(
      await client.request("_session/steering", {
        sessionId: session,
        prompt: [{ type: "text", text: "left" }],
      }),
    ).toEqual({
      outcome: "injected",
    });
    await client.notify("session/cancel", { sessionId: session });
    expect((await turn).stopReason).toBe("cancelled");
  });

  it("ignores SIGTERM, leaves a child, and dies in a turn, as told", async () => {
    const { client, session } = await open({
      ignoreSigterm: true,
      child: true,
      turns: { die: [{ exit: 3 }] },
    });
    const child = agent.events("child")[0]?.childPid ?? 0;
    process.kill(client.pid, "SIGTERM");
    await until("SIGTERM to arrive", () => agent.events("sigterm").length === 1);
    expect(isAlive(client.pid)).toBe(true);
    await expect(client.ask(session, "die")).rejects.toThrow();
    await until("the agent to be gone", () => !isAlive(client.pid));
    expect(isAlive(child)).toBe(true);
    process.kill(child, "SIGKILL");
  });
});
