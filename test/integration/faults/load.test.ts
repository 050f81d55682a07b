// Much at once: 20,000 updates in one turn, a reader that takes its time, and no time lost of ours.
import { describe, expect, test } from "vitest";
import { heldTurn, legacyTurn } from "../../../src/backend/turn-stream.ts";
import { ask } from "../../support/engine.ts";
import { startFaults } from "../../support/faults.ts";

const MANY = 20_000;
const ALL = Array.from({ length: MANY }, (_, at) => `${at + 1} `).join("");

describe("given a turn of 20,000 updates", () => {
  test("5: all arrive, in order, and memory stays bounded", async () => {
    await using bench = await startFaults({ turns: { many: [{ updates: MANY }] } });
    await ask(bench.session(), "hello");
    const before = process.memoryUsage().rss;
    let count = 0;
    const turn = bench.session().prompt({ id: "1", text: "many", images: [] });
    turn.read(({ type }) => {
      if (type === "text") count += 1;
    });
    expect((await turn.result).status).toBe("completed");
    expect(count).toBe(MANY);
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024);
    expect((await ask(bench.session(), "many")).text).toBe(ALL);
  });

  test("4: a reader that is slower than the agent still gets all of it before the end", async () => {
    await using bench = await startFaults({
      turns: { many: [{ updates: MANY }, { tool: "ls" }, { say: "the end" }] },
    });
    const turn = bench.session().prompt({ id: "1", text: "many", images: [] });
    const held = heldTurn(turn);
    let settled = false;
    void held.result.then(() => {
      settled = true;
    });
    let text = "";
    for await (const event of held.events) {
      expect(settled).toBe(false);
      await new Promise((resolve) => setTimeout(resolve, 30));
      if (event.type === "text_delta") text += event.text;
    }
    expect(text).toBe(`${ALL}the end`);
    expect(await held.result).toMatchObject({ status: "completed" });
  });

  test("54: a reader that goes away ends the turn, and the next one works", async () => {
    const turns = { many: [{ say: "half a" }, { hang: true as const }] };
    await using bench = await startFaults({ turns }, { limits: { cancelMs: 1_000 } });
    for (const leave of ["the stream", "the loop"]) {
      const turn = bench.session().prompt({ id: leave, text: "many", images: [] });
      const held = heldTurn(turn);
      if (leave === "the stream") await held.closeStream({ reason: "gone" });
      else for await (const event of legacyTurn(held)) if (event.type === "text_delta") break;
      expect((await turn.result).status).toBe("cancelled");
      expect((await ask(bench.session(), "hello")).text).toBe("Echo: hello");
    }
  });
});

describe("given a warm session", () => {
  test("3: a turn costs us no more than 50 ms beside what the agent takes", async () => {
    await using bench = await startFaults({});
    await ask(bench.session(), "hello");
    const times: number[] = [];
    for (let n = 0; n < 15; n += 1) {
      const from = performance.now();
      await ask(bench.session(), `hello ${n}`);
      times.push(performance.now() - from);
    }
    expect(times.sort((a, b) => a - b)[7]).toBeLessThan(50);
    expect(bench.pids()).toHaveLength(1);
  });
});
