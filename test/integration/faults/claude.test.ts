// The real Claude Code and its adapters killed at the worst moments: the user is told or nothing is noticed, and memory is kept.
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { ask, listen, RUNNERS, startEngine, type TestEngine } from "../../support/engine.ts";
import { nextSaying } from "../../support/failures.ts";
import { fail, type Model, say, startModel, useTool } from "../../support/model.ts";
import { isAlive, until } from "../../support/poll.ts";
import { strike } from "../../support/processes.ts";

describe.each(RUNNERS)("with %s", (adapter) => {
  let model: Model;
  let engine: TestEngine;
  beforeAll(async () => {
    model = await startModel();
    engine = await startEngine({ adapter, env: model.env(), profile: "bypassPermissions" });
    await ask(engine.session(), "remember quince");
    // Claude Code 2.1.44 writes its transcript a moment after the turn; killed before, it has no memory to keep.
    const sessionId = (await engine.session().record.read())?.claudeSessionId ?? "";
    const { transcripts } = engine.harness;
    if (transcripts) await until("the transcript", () => transcripts.has({ cwd: engine.cwd, sessionId }));
  });
  afterAll(async () => {
    await engine.dispose();
    await model.close();
  });
  afterEach(() => model.reset());

  const claudePid = async () =>
    (await until("Claude Code", () => engine.claudes().find(({ command }) => isClaude(command)))).pid;
  const adapterPid = () => until("the adapter", async () => (await engine.session().status()).adapterPid);

  /** A turn that has said its first words and goes on for long. */
  async function talking() {
    model.will("talk", say("word ".repeat(400), { chunks: 400, gapMs: 50 }));
    const turn = engine
      .session()
      .prompt({ id: crypto.randomUUID(), text: "talk", images: [], audience: { is: "caller" } });
    const spoken = new Promise<void>((resolve) => turn.read(({ type }) => type === "text" && resolve()));
    const heard = listen(turn);
    await spoken;
    return { heard };
  }
  async function remembers(): Promise<void> {
    model.reset();
    const said = await ask(engine.session(), "what do you remember");
    expect(said).toMatchObject({ notices: [], result: { status: "completed" } });
    expect(said.text).toContain("quince");
  }

  test("20: Claude Code killed in mid-turn: the turn fails within 1 s by name, and the next message has the memory", async () => {
    const { heard } = await talking();
    const pid = await claudePid();
    const from = performance.now();
    strike(pid, "SIGKILL");
    const { result, text } = await heard;
    expect(performance.now() - from).toBeLessThan(1_000);
    expect(result).toMatchObject({ status: "failed", failure: { code: "adapter-crashed" } });
    expect(text).toMatch(/^word/);
    await remembers();
  });

  test("20: the adapter killed in mid-turn: the same, and nothing of it is left after 5 s", async () => {
    const { heard } = await talking();
    const [pid, claude] = [await adapterPid(), await claudePid()];
    strike(pid, "SIGKILL");
    expect((await heard).result).toMatchObject({ status: "failed", failure: { code: "adapter-crashed" } });
    await until("the old Claude Code to end", () => !isAlive(claude), { withinMs: 5_000 });
    await remembers();
    expect(await adapterPid()).not.toBe(pid);
  });

  // What Claude Code runs has a session and a group of its own; `setsid` leaves the tree of processes as well.
  const COMMANDS = ["tail -f /dev/null", "setsid --fork tail -f /dev/null"];
  const killed = { "Claude Code": claudePid, "the adapter": adapterPid };
  test.each(
    COMMANDS.flatMap((command) => Object.entries(killed).map(([who, pid]) => [who, command, pid] as const)),
  )("20: %s killed while `%s` runs: it ends with it within 5 s", async (_, command, victim) => {
    const runs = () => engine.claudes().find((one) => one.command === "tail -f /dev/null");
    model.will("run it", useTool("Bash", { command }));
    model.always(say("ran", { after: new Promise(() => {}) }));
    const heard = ask(engine.session(), "run it");
    const { pid } = await until("the command", runs);
    strike(await victim(), "SIGKILL");
    expect((await heard).result).toMatchObject({ status: "failed", failure: { code: "adapter-crashed" } });
    await until("the command to end", () => !isAlive(pid), { withinMs: 5_000 });
    await remembers();
  });

  // An adapter that has noticed says so before the prompt reaches anybody, and the resumed session gets it. Otherwise
  // whether it reached the Claude that died is not ours to guess: the user is told, and it is never sent twice.
  test("23: Claude Code killed while nothing runs: the next message is answered, or told by name, and memory is kept", async () => {
    const pid = await claudePid();
    strike(pid, "SIGKILL");
    await until("its end", () => !isAlive(pid));
    const { result, text } = await ask(engine.session(), "hello");
    if (result.status === "completed") expect(text).toBe("Echo: hello");
    else {
      expect(result).toMatchObject({ status: "failed", failure: { code: "adapter-crashed" } });
      expect(result.status === "failed" && result.failure.next).toEqual(
        nextSaying(/kept: send your message again/),
      );
    }
    await remembers();
  });

  test("23: the adapter killed while nothing runs: the next message is answered with the memory", async () => {
    const pid = await adapterPid();
    strike(pid, "SIGKILL");
    await until(
      "its end to be seen",
      async () => (await engine.session().status()).adapterPid !== pid || !isAlive(pid),
    );
    await until("the pool to know", () => engine.sessions.adapters().every((one) => one.pid !== pid));
    await remembers();
  });

  test("16: an adapter that is stopped dead (SIGSTOP) in mid-turn: a cancel ends it in time", async () => {
    const { heard } = await talking();
    strike(await adapterPid(), "SIGSTOP");
    const from = performance.now();
    await engine.session().cancel("stopped");
    expect(performance.now() - from).toBeLessThan(3_300);
    expect((await heard).result.status).toBe("cancelled");
    await remembers();
  });
});

describe("with claude-agent-acp and Claude Code's own retries", () => {
  test("a long wait for an overloaded API is told once, and the answer comes after it", async () => {
    const model = await startModel();
    const { CLAUDE_CODE_MAX_RETRIES: _, ...env } = model.env();
    const engine = await startEngine({ env });
    for (let n = 0; n < 4; n += 1) model.will("busy", fail(529));
    const said = await ask(engine.session(), "busy");
    expect(said).toMatchObject({ text: "Echo: busy", result: { status: "completed" } });
    expect(said.notices).toEqual([expect.stringMatching(/^Anthropic is overloaded.*3 of 10, in \d+ s\.$/)]);
    await engine.dispose();
    await model.close();
  });
});

// What the adapter runs per session; the older Claude Code calls itself by its name alone.
function isClaude(command: string): boolean {
  return (
    /^claude$|claude-agent-sdk[^ ]*\/(?:claude|cli\.js)|second-kind\/agent/.test(command) &&
    !command.includes("auth status")
  );
}
