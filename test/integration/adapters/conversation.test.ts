// A conversation with Claude through either adapter: its memory, its images, and what becomes of it after a restart.
import { existsSync } from "node:fs";
import { readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Session } from "../../../src/session/session.ts";
import { ask, RUNNERS, startEngine, type TestEngine } from "../../support/engine.ts";
import { type Model, say, startModel, useTool } from "../../support/model.ts";
import { until } from "../../support/poll.ts";

// The smallest PNG there is.
const PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

describe.each(RUNNERS)("a conversation through %s", (adapter) => {
  let model: Model;
  let engine: TestEngine;
  beforeAll(async () => {
    model = await startModel();
    engine = await startEngine({ adapter, env: model.env() });
  });
  afterAll(async () => {
    await engine.dispose();
    await model.close();
  });

  async function restart(): Promise<void> {
    await engine.dispose({ keep: true });
    engine = await startEngine({ adapter, env: model.env(), home: engine.home });
  }

  async function transcripts(): Promise<string[]> {
    const projects = join(model.env().CLAUDE_CONFIG_DIR ?? "", "projects");
    const found = await readdir(projects, { recursive: true });
    return found.filter((name) => name.endsWith(".jsonl")).map((name) => join(projects, name));
  }

  test("2: two prompts run in one process and one Claude session, and the second remembers the first", async () => {
    const session = engine.session();
    expect((await ask(session, "remember apple")).text).toBe("OK, apple.");
    const before = await session.status();
    expect((await ask(session, "what do you remember")).text).toBe("I remember apple.");
    const after = await session.status();
    expect(after.adapterPid).toBe(before.adapterPid);
    expect(after.entry?.claudeSessionId).toBe(before.entry?.claudeSessionId);
    expect(after.entry).toMatchObject({ state: "active", prompted: true });
  });

  test("a text arrives byte for byte, and each chunk of the answer once and in order", async () => {
    const typed = "$HOME !x \\n \"q\" 'a' `b` 你好 🦞\n  second line";
    const words = Array.from({ length: 60 }, (_, at) => `${at} `);
    model.will(say(words.join(""), { chunks: words }));
    const said = await ask(engine.session(), typed);
    expect(said).toMatchObject({ text: words.join(""), notices: [], result: { status: "completed" } });
    expect(model.prompts().at(-1)).toBe(typed);
  });

  test("42: an image reaches the model, beside a text and alone", async () => {
    const images = [{ mimeType: "image/png", data: PIXEL }];
    for (const text of ["what is this", ""]) {
      const from = model.requests().length;
      expect((await ask(engine.session(), text, { images })).result.status).toBe("completed");
      const asked = model
        .requests()
        .slice(from)
        .find(({ kind }) => kind === "main");
      expect(JSON.stringify(asked?.body.messages.at(-1))).toContain('"type":"image"');
    }
  });

  test("53: parallel sessions in one directory hear only their own words", async () => {
    const keys = ["a", "b", "c", "d"].map((name) => `agent:cc:acp:${name}`);
    await Promise.all(keys.map((key) => ask(engine.session(key), `remember ${key.at(-1)}`)));
    const said = await Promise.all(keys.map((key) => ask(engine.session(key), "what do you remember")));
    expect(said.map(({ text }) => text)).toEqual(keys.map((key) => `I remember ${key.at(-1)}.`));
    const ids = await Promise.all(keys.map(async (key) => (await engine.session(key).status()).entry));
    expect(new Set(ids.map((entry) => entry?.claudeSessionId)).size).toBe(4);
  });

  test("53: of parallel sessions one is cancelled and one is refused a tool, and the others notice nothing", async () => {
    const [a, b, c, d] = ["a", "b", "c", "d"].map((name) => engine.session(`agent:cc:acp:${name}`)) as [
      Session,
      Session,
      Session,
      Session,
    ];
    model.will("hold", say("held", { after: new Promise(() => {}) }));
    model.will("touch", useTool("Bash", { command: "touch crossed.txt" }));
    const held = ask(a, "hold on");
    const quiet = ask(d, "hello d");
    await until("the request", () => model.prompts().includes("hold on"));
    const refused = ask(b, "touch it");
    const other = ask(c, "hello c");
    await a.cancel("stopped");
    expect(await held).toMatchObject({ text: "", notices: [], result: { status: "cancelled" } });
    expect(await refused).toMatchObject({ notices: [expect.stringMatching(/^Refused/)] });
    expect(await other).toMatchObject({ text: "Echo: hello c", notices: [] });
    expect(await quiet).toMatchObject({ text: "Echo: hello d", notices: [] });
  });

  test("26: the same session goes on after a restart, with its memory, and nothing of the past is said again", async () => {
    const id = (await engine.session().status()).entry?.claudeSessionId;
    await restart();
    const said = await ask(engine.session(), "what do you remember");
    expect(said).toMatchObject({ text: "I remember apple.", notices: [] });
    expect((await engine.session().status()).entry?.claudeSessionId).toBe(id);
  });

  test("25: a session that was never prompted starts fresh after a restart, without a word", async () => {
    const session = engine.session("agent:cc:acp:unprompted");
    await session.ensure({});
    session.warm();
    await until("the warm session", async () => (await session.status()).state === "ready");
    const before = (await session.record.read())?.claudeSessionId;
    expect(before).toBeDefined();
    await restart();
    const said = await ask(engine.session("agent:cc:acp:unprompted"), "remember pear");
    expect(said).toMatchObject({ text: "OK, pear.", notices: [] });
    const entry = await engine.session("agent:cc:acp:unprompted").record.read();
    expect(entry?.claudeSessionId).not.toBe(before);
    expect(entry?.retired).toEqual([]);
  });

  test.each([
    ["deleted", (file: string) => rm(file)],
    // What a kill in the first turn leaves.
    ["cut off before its first message", (file: string) => truncate(file, 80)],
  ])(
    "24: a session whose transcript was %s starts fresh with one note, and then remembers",
    async (how, spoil) => {
      const key = `agent:cc:acp:${how}`;
      await ask(engine.session(key), "remember plum");
      const lost = (await engine.session(key).record.read())?.claudeSessionId ?? "";
      await engine.dispose({ keep: true });
      const files = (await transcripts()).filter((file) => file.includes(lost));
      expect(files).toHaveLength(1);
      await Promise.all(files.map(spoil));
      engine = await startEngine({ adapter, env: model.env(), home: engine.home });
      const first = await ask(engine.session(key), "what do you remember");
      expect(first.text).toBe("I remember nothing.");
      expect(first.notices).toHaveLength(1);
      expect(first.notices[0]).toMatch(/transcript is gone .* fresh/);
      await ask(engine.session(key), "remember fig");
      const next = await ask(engine.session(key), "what do you remember");
      expect(next).toMatchObject({ text: "I remember fig.", notices: [] });
      const entry = await engine.session(key).record.read();
      expect(entry?.retired).toMatchObject([{ claudeSessionId: lost, reason: "transcript missing" }]);
    },
  );

  test.each(["bypassPermissions", "auto"])(
    "a transcript that carries %s asks again before its first tool",
    async (carried) => {
      const key = `agent:cc:acp:${carried}`;
      await engine.dispose({ keep: true });
      engine = await startEngine({
        adapter,
        env: model.env(),
        home: engine.home,
        profile: "bypassPermissions",
      });
      await ask(engine.session(key), "remember kiwi");
      const id = (await engine.session(key).record.read())?.claudeSessionId ?? "";
      await engine.dispose({ keep: true });
      for (const file of (await transcripts()).filter((name) => name.includes(id))) {
        const written = await readFile(file, "utf8");
        expect(written).toContain('"permissionMode":"bypassPermissions"');
        await writeFile(
          file,
          written.replaceAll('"permissionMode":"bypassPermissions"', `"permissionMode":"${carried}"`),
        );
      }
      engine = await startEngine({ adapter, env: model.env(), home: engine.home });
      model.will(useTool("Bash", { command: "touch carried.txt" }));
      const said = await ask(engine.session(key), "touch it");
      expect(said.notices).toHaveLength(1);
      expect(said.notices[0]).toMatch(/^Refused/);
      expect(existsSync(join(engine.cwd, "carried.txt"))).toBe(false);
      expect((await ask(engine.session(key), "what do you remember")).text).toBe("I remember kiwi.");
    },
  );
});
