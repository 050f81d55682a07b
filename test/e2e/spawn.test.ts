// Sessions started by name, by a person or by another agent's `sessions_spawn`: they run, are resumed by id, or are refused.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { type Bench, entryOf, historyOf, startBench } from "../support/e2e.ts";
import { say } from "../support/model.ts";
import { until } from "../support/poll.ts";
import { asks } from "../support/talk.ts";

// `tools.invoke` refuses a tool that can start something unless all of its kind are named.
const TOOLS =
  "sessions_spawn apply_patch edit exec fs_delete fs_move fs_write process read shell spawn write".split(" ");

const spawned = z.object({
  output: z.object({
    details: z.looseObject({
      status: z.string(),
      error: z.string().optional(),
      childSessionKey: z.string().optional(),
    }),
  }),
});

describe("sessions started by name", () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await startBench({ config: { gateway: { tools: { allow: TOOLS } } } });
  });
  afterAll(() => bench?.dispose());

  it("are refused where no agent has that name, with those there are and how to add it", async () => {
    const chat = bench.telegram.chat({ from: { id: 501, first_name: "Ada" } });
    const refused =
      /No agent is called "claude", so no message would reach that session\. Contractor agents here: cc\./;
    const said = await asks(chat, "/acp spawn claude --bind here");
    expect(said).toMatch(refused);
    expect(said).toContain("contractor-agents add --agent-id claude --workspace DIR --contractor claude");
    // The host takes another contractor agent for its harness, so it asks for the same.
    for (const agentId of ["claude", "cc"]) {
      const seen = await spawn({ task: "hello", agentId });
      expect(seen).toMatchObject({ status: "error", error: expect.stringMatching(refused) });
    }
    expect(bench.model.prompts()).toEqual([]);
  });

  it("51: run once that agent is added, leave no process, and go on by their id", async () => {
    const { gateway } = bench;
    const where = ["--agent-id", "claude", "--workspace", gateway.workspace("claude")];
    const added = await gateway.cli(["contractor-agents", "add", ...where, "--contractor", "claude"]);
    expect(added.code, added.stderr).toBe(0);
    const first = await task("remember lantern");
    expect(await answerIn(first)).toBe("OK, lantern.");
    const parked = async () => (await entryOf(gateway, first))?.state === "parked";
    await until("its process to go", parked, { withinMs: 5_000 });
    const { claudeSessionId } = (await entryOf(gateway, first)) ?? {};
    expect(claudeSessionId).toBeDefined();
    const second = await task("what do you remember?", { resumeSessionId: claudeSessionId });
    expect(await answerIn(second)).toBe("I remember lantern.");
    expect(await entryOf(gateway, second)).toMatchObject({ claudeSessionId });
  });

  it.each(["sessions.reset", "sessions.delete"])(
    "50: end with their parent, by %s: no process is left, nor begun",
    async (method) => {
      const { gateway, model } = bench;
      const parent = `agent:main:${method}`;
      model.will(`dig ${method}`, say("Dug.", { after: new Promise(() => {}) }));
      const child = await task(`dig ${method}`, { parent });
      await until("Claude to work", () => model.prompts().includes(`dig ${method}`));
      const claudes = () => gateway.children().filter(({ command }) => command.includes("--output-format"));
      expect(claudes()).not.toEqual([]);
      await gateway.call(method, { key: parent });
      await until("its process to end", () => claudes().length === 0, { withinMs: 5_000, seen: claudes });
      await until("the map to say so", async () => (await entryOf(gateway, child))?.state === "closed");
      expect(claudes()).toEqual([]);
    },
  );

  it("are not resumed by an id they were not started under: the host refuses, and none is made", async () => {
    const resumeSessionId = "11111111-2222-4333-8444-555555555555";
    const before = bench.model.prompts().length;
    const seen = await spawn({ task: "hello", agentId: "claude", resumeSessionId });
    expect(seen).toMatchObject({ status: "forbidden", errorCode: "resume_forbidden" });
    expect(bench.model.prompts()).toHaveLength(before);
  });

  async function spawn(
    args: { task: string; agentId: string; resumeSessionId?: string | undefined },
    parent = "agent:main:main",
  ) {
    const call = { name: "sessions_spawn", agentId: "main", sessionKey: parent };
    const answer = await bench.gateway.call("tools.invoke", { ...call, args: { runtime: "acp", ...args } });
    return spawned.parse(answer).output.details;
  }

  async function task(words: string, o: { resumeSessionId?: string | undefined; parent?: string } = {}) {
    const { resumeSessionId, parent } = o;
    const seen = await spawn({ task: words, agentId: "claude", resumeSessionId }, parent);
    expect(seen).toMatchObject({ status: "accepted", childSessionKey: expect.any(String) });
    return { agentId: "claude", sessionKey: String(seen.childSessionKey) };
  }

  async function answerIn(session: { sessionKey: string }): Promise<string> {
    const mark = "assistant: ";
    const answer = async () =>
      (await historyOf(bench.gateway, session)).findLast((line) => line.startsWith(mark));
    return (await until("its answer", answer)).slice(mark.length);
  }
});
