// What only the newer adapter tells: how large a context was before it was made smaller, and what sub-agents do.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask, startEngine, type TestEngine } from "../../support/engine.ts";
import { type Model, say, startModel, useTool } from "../../support/model.ts";
import { until } from "../../support/poll.ts";

describe("through claude-agent-acp", () => {
  let model: Model;
  let engine: TestEngine;
  beforeAll(async () => {
    model = await startModel();
    engine = await startEngine({ adapter: "claude-agent-acp", env: model.env() });
  });
  afterAll(async () => {
    await engine.dispose();
    await model.close();
  });

  test("a compaction says how large the context was", async () => {
    const session = engine.session("agent:cc:acp:compacts");
    await ask(session, "remember fig");
    model.compacts(say("<summary>They said fig.</summary>"));
    const { result, notices } = await ask(session, "/compact");
    expect(result.status).toBe("completed");
    expect(notices).toEqual([expect.stringMatching(/^Compacted: \d+k?( → \d+k?)? tokens\.$/)]);
  });

  test("sub-agents are listed while they work, and their questions say whose they are", async () => {
    const session = engine.session();
    const made = join(engine.cwd, "made.txt");
    const route = { channel: "telegram", to: "1" };
    const task = { description: "Make the file", prompt: "sub: make it", subagent_type: "general-purpose" };
    model.will("begin", useTool("Agent", task));
    model.will(/sub: make it/, useTool("Write", { file_path: made, content: "x" }));
    const said: string[] = [];
    const listed: (readonly string[])[] = [];
    session.feed.read(async ({ event }) => {
      if (event.type !== "said" || event.event.type !== "ask") return;
      said.push(event.event.text);
      if (!event.event.extras) return;
      listed.push((await session.status()).inBackground);
      event.event.extras.shown?.(true);
      engine.replies.hear({ identity: session.identity, route }, { text: "y", authorized: true });
    });
    await ask(session, "begin", { audience: { is: "chat", route } });
    await until("the file", () => existsSync(made));
    expect(said[0]).toBe('The sub-agent for "Make the file" asks:');
    expect(listed).toEqual([["sub-agent: Make the file"]]);
    await until("nothing in the background", async () => (await session.status()).inBackground.length === 0);
  });
});
