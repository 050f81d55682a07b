// Cancel through either adapter: whatever Claude does at that moment, the turn is settled in time and the next one works.
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { ADAPTERS, ask, listen, startEngine, type TestEngine } from "../../support/engine.ts";
import { type Model, say, silence, startModel, useTool } from "../../support/model.ts";
import { isAlive, until } from "../../support/poll.ts";

const SETTLED_WITHIN_MS = 3_000;

describe.each(ADAPTERS)("a turn cancelled through %s", (adapter) => {
  let model: Model;
  let engine: TestEngine;
  beforeAll(async () => {
    model = await startModel();
    engine = await startEngine({ adapter, env: model.env(), profile: "bypassPermissions" });
    await ask(engine.session(), "remember lime");
  });
  afterAll(async () => {
    await engine.dispose();
    await model.close();
  });
  afterEach(() => model.reset());

  const prompt = (text: string, session = engine.session()) =>
    session.prompt({ id: crypto.randomUUID(), text, images: [], audience: { is: "caller" } });
  const mainRequests = () => model.requests().filter(({ kind }) => kind === "main").length;

  async function cancelled(session = engine.session()): Promise<number> {
    const from = performance.now();
    await session.cancel("stopped");
    return performance.now() - from;
  }
  async function remembers(): Promise<void> {
    model.reset();
    expect((await ask(engine.session(), "what do you remember")).text).toContain("lime");
  }

  test("13: while the answer streams", async () => {
    model.will("long", say("word ".repeat(400), { chunks: 400, gapMs: 50 }));
    const turn = prompt("a long one");
    const said = listen(turn);
    await new Promise<void>((resolve) => turn.read(({ type }) => type === "text" && resolve()));
    expect(await cancelled()).toBeLessThan(SETTLED_WITHIN_MS);
    const { result, text } = await said;
    expect(result).toEqual({ status: "cancelled", reason: "stopped" });
    expect(text).toMatch(/^word /);
    await remembers();
  });

  test("13: while the API says nothing", async () => {
    model.will("silent", silence());
    const from = mainRequests();
    const turn = prompt("a silent one");
    await until("the request", () => mainRequests() > from);
    expect(await cancelled()).toBeLessThan(SETTLED_WITHIN_MS);
    expect((await turn.result).status).toBe("cancelled");
    await remembers();
  });

  test("13: while a command runs, which ends with it", async () => {
    model.will(
      "run",
      useTool("Bash", { command: "node -e 'setTimeout(() => {}, 90_000)'", description: "waits" }),
    );
    const turn = prompt("run it");
    const sleeping = () => engine.claudes().find(({ command }) => command.startsWith("node -e setTimeout"));
    const { pid } = await until("the command", sleeping);
    expect((await engine.session().status()).running).not.toEqual([]);
    expect(await cancelled()).toBeLessThan(SETTLED_WITHIN_MS);
    expect((await turn.result).status).toBe("cancelled");
    await until("the command to end", () => !isAlive(pid), { withinMs: 5_000 });
    await remembers();
  });

  test("14: before it was submitted, no prompt reaches Claude", async () => {
    const session = engine.session("agent:cc:acp:unsubmitted");
    const from = model.requests().length;
    const turn = prompt("never sent", session);
    await until("the start", async () => (await session.status()).state === "starting", { everyMs: 5 });
    expect(await cancelled(session)).toBeLessThan(SETTLED_WITHIN_MS);
    expect((await turn.result).status).toBe("cancelled");
    expect((await ask(session, "now this")).text).toBe("Echo: now this");
    expect(
      model
        .requests()
        .slice(from)
        .flatMap(({ texts }) => texts)
        .join(),
    ).not.toContain("never sent");
  });

  test("15: queued ones are cancelled without being started, all with one cancel", async () => {
    model.will("first", silence());
    const from = mainRequests();
    const turns = ["the first", "the second", "the third"].map((text) => prompt(text));
    await until("the request", () => mainRequests() > from);
    expect((await engine.session().status()).queued).toBe(2);
    expect(await cancelled()).toBeLessThan(SETTLED_WITHIN_MS);
    for (const turn of turns) expect(await turn.result).toEqual({ status: "cancelled", reason: "stopped" });
    await remembers();
    expect(model.requests().at(-1)?.texts.join()).not.toMatch(/second|third/);
  });

  test("15: one that waits can be cancelled alone, and the others run in order", async () => {
    const gate = Promise.withResolvers<void>();
    model.will("first", say("one", { after: gate.promise }));
    const [first, second, third] = ["the first", "the second", "the third"].map((text) => prompt(text));
    const heard = listen(third as NonNullable<typeof third>);
    second?.cancel("changed my mind");
    expect(await second?.result).toEqual({ status: "cancelled", reason: "changed my mind" });
    gate.resolve();
    expect((await first?.result)?.status).toBe("completed");
    expect((await heard).text).toBe("Echo: the third");
    expect(model.requests().at(-1)?.texts.join()).not.toContain("second");
  });

  test("cancelling twice, and when nothing runs, is fine", async () => {
    await Promise.all([cancelled(), cancelled()]);
    model.will("again", silence());
    const turn = prompt("again");
    await turn.submitted;
    await Promise.all([cancelled(), cancelled()]);
    expect((await turn.result).status).toBe("cancelled");
    await remembers();
  });
});
