// What is said of a context that was made smaller, by a command, through the newer adapter.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask, startEngine, type TestEngine } from "../../support/engine.ts";
import { type Model, say, startModel } from "../../support/model.ts";

describe("a compaction through claude-agent-acp", () => {
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

  test("says how large the context was", async () => {
    const session = engine.session();
    await ask(session, "remember fig");
    model.compacts(say("<summary>They said fig.</summary>"));
    const { result, notices } = await ask(session, "/compact");
    expect(result.status).toBe("completed");
    expect(notices).toEqual([expect.stringMatching(/^Compacted: \d+k?( → \d+k?)? tokens\.$/)]);
  });
});
