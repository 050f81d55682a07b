// The whole way of an adapter's words over real stdio: whatever comes between them, a turn ends and says what was said.
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask } from "../../support/engine.ts";
import { type FaultBench, startFaults } from "../../support/faults.ts";
import type { Step } from "../../support/scripted-agent.ts";
import { anyJson, anyText } from "../../unit/fuzz/words.ts";

const TURNS = 60;

// A line of its own: what would be a second one is another step.
const garbage = fc
  .oneof(
    anyText,
    anyJson.map((value) => JSON.stringify(value) ?? ""),
    anyJson.map((params) => JSON.stringify({ jsonrpc: "2.0", method: "session/update", params })),
    anyJson.map((params) =>
      JSON.stringify({ jsonrpc: "2.0", id: 99, method: "session/request_permission", params }),
    ),
    anyJson.map((result) => JSON.stringify({ jsonrpc: "2.0", id: 4_242, result })),
    anyJson.map((params) => JSON.stringify({ jsonrpc: "2.0", method: "_claude/sdkMessage", params })),
  )
  .map((text): Step => ({ garbage: text.replaceAll(/[\n\r]/g, " ") }));
const update = fc
  .record({
    sessionUpdate: fc.oneof(
      anyText,
      fc.constantFrom("tool_call", "plan", "usage_update", "agent_thought_chunk"),
    ),
    more: anyJson,
  })
  .map(
    ({ sessionUpdate, more }): Step => ({
      update: { ...(typeof more === "object" ? more : {}), sessionUpdate },
    }),
  );
const word = fc.stringMatching(/^[a-z]{1,12}$/);

describe("a turn between whose words an adapter writes anything", () => {
  let bench: FaultBench;
  // The same every time: what fails can be found again.
  const turns = fc.sample(fc.array(fc.oneof(garbage, update, word), { minLength: 1, maxLength: 12 }), {
    numRuns: TURNS,
    seed: 20,
  });

  beforeAll(async () => {
    const scripts = turns.map((steps, at): [string, Step[]] => [
      `turn-${at}-`,
      steps.map((step) => (typeof step === "string" ? { say: `${step} ` } : step)),
    ]);
    bench = await startFaults({ turns: Object.fromEntries(scripts) });
  });
  afterAll(() => bench?.[Symbol.asyncDispose]());

  it(`ends, and has every word in its order, ${TURNS} times in one process`, async () => {
    for (const [at, steps] of turns.entries()) {
      const said = await ask(bench.session(), `turn-${at}-`);
      const words = steps.filter((step) => typeof step === "string").map((text) => `${text} `);
      expect(said.result.status, `turn ${at}`).toBe("completed");
      for (const one of words) expect(said.text).toContain(one);
    }
    expect(bench.pids()).toHaveLength(1);
    expect((await ask(bench.session(), "hello")).text).toBe("Echo: hello");
  });
});
