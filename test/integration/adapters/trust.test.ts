// A directory nobody trusts, through the real adapters: Claude Code works in it, and nothing of it runs or reaches the login.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { run } from "../../support/approvals.ts";
import { ADAPTERS, ask, startEngine } from "../../support/engine.ts";
import { git, hooks, hostileFolder, repository, writeSettings } from "../../support/hostile-folder.ts";
import { startModel } from "../../support/model.ts";
import { until } from "../../support/poll.ts";

const GIT = [
  "git status",
  "cd inner && git log -1",
  "git -C inner diff",
  "true && git diff",
  "/usr/bin/git show",
];

describe.each(ADAPTERS)("through %s", (adapter) => {
  test("an untrusted directory runs nothing, whatever it brings, and every git command is asked", async () => {
    const model = await startModel();
    const engine = await startEngine({ adapter, env: model.env() });
    const folder = await hostileFolder(engine.cwd);
    repository(join(folder.path, "inner"));
    const session = engine.session();
    const said = await ask(session, "hello");
    expect(said.text).toBe("Echo: hello");
    expect(said.notices.join("\n")).toContain("brings settings of its own that nobody has trusted");
    for (const command of GIT) {
      model.will(run(command));
      // Nobody can be asked here, so what is asked is refused.
      expect((await ask(session, `try ${command}`)).notices.join("\n")).toContain("git");
    }
    for (const command of ["/go", "/tidy"]) await ask(session, command);
    await session.close({ discard: true, reason: "over" });
    expect(folder.ran()).toEqual([]);
    expect(folder.reached()).toEqual([]);
    await folder.close();
    await engine.dispose();
    await model.close();
  });

  test.each(["plan", "bypassPermissions"] as const)("nor does it in the profile %s", async (profile) => {
    const model = await startModel();
    const engine = await startEngine({ adapter, env: model.env(), profile });
    const folder = await hostileFolder(engine.cwd);
    model.will(run("git status"));
    await ask(engine.session(), "look");
    expect(model.prompts()).toEqual(["look"]);
    expect(folder.ran()).toEqual([]);
    expect(folder.reached()).toEqual([]);
    await folder.close();
    await engine.dispose();
    await model.close();
  });

  test("a trusted one is used as in a terminal, until its files change", async () => {
    const model = await startModel();
    const engine = await startEngine({ adapter, env: model.env() });
    const { cwd, trust } = engine;
    repository(cwd);
    const mark = (name: string) => `id > ${join(engine.home, name)}`;
    const seen = (name: string) => existsSync(join(engine.home, name));
    git(cwd, "config", "core.fsmonitor", mark("monitor"));
    writeSettings(cwd, hooks({ UserPromptSubmit: mark("first") }));
    const session = engine.session();
    await ask(session, "untrusted");
    expect([seen("first"), seen("monitor")]).toEqual([false, false]);
    await trust.decide(await trust.standing(cwd), { decision: "trusted", by: "the test" });
    model.will(run("git status"));
    expect((await ask(session, "trusted")).text).toContain("Done:");
    expect([seen("first"), seen("monitor")]).toEqual([true, true]);
    writeSettings(cwd, hooks({ UserPromptSubmit: mark("second") }));
    const { notices } = await ask(session, "changed");
    expect(notices.join("\n")).toContain(mark("second"));
    expect(seen("second")).toBe(false);
    await engine.dispose();
    await model.close();
  });

  test("one that brought nothing is left alone when something comes into it", async () => {
    const model = await startModel();
    const engine = await startEngine({ adapter, env: model.env() });
    repository(engine.cwd);
    const session = engine.session();
    expect((await ask(session, "hello")).notices).toEqual([]);
    const mark = join(engine.home, "mark");
    writeSettings(engine.cwd, hooks({ UserPromptSubmit: `id > ${mark}` }), "settings.local.json");
    expect((await ask(session, "again")).notices.join("\n")).toContain(mark);
    expect(existsSync(mark)).toBe(false);
    await engine.dispose();
    await model.close();
  });

  test("a hook that comes while Claude works does not run in the same turn", async () => {
    const model = await startModel();
    const engine = await startEngine({ adapter, env: model.env() });
    repository(engine.cwd);
    const session = engine.session();
    await ask(session, "hello");
    const mark = join(engine.home, "mark");
    model.will(() => {
      writeSettings(engine.cwd, hooks({ PreToolUse: `id > ${mark}`, Stop: `id > ${mark}` }));
      return run("sleep 2");
    });
    for (const command of ["sleep 2", "sleep 2"]) model.will(run(command));
    const { result } = await ask(session, "go");
    expect(result).toMatchObject({ status: "failed", failure: { code: "closed" } });
    expect(existsSync(mark)).toBe(false);
    expect((await ask(session, "go on")).notices.join("\n")).toContain(mark);
    expect(existsSync(mark)).toBe(false);
    await engine.dispose();
    await model.close();
  });

  test("nor one that comes while it is idle: its process goes before it would take it up", async () => {
    const model = await startModel();
    const engine = await startEngine({ adapter, env: model.env() });
    repository(engine.cwd);
    const session = engine.session();
    await ask(session, "hello");
    const mark = join(engine.home, "mark");
    writeSettings(engine.cwd, hooks({ SessionEnd: `id > ${mark}` }));
    await until("its process to go", () => engine.claudes().length === 0, { withinMs: 20_000 });
    expect((await ask(session, "and now?")).text).toBe("Echo: and now?");
    await session.close({ discard: true, reason: "over" });
    expect(existsSync(mark)).toBe(false);
    await engine.dispose();
    await model.close();
  });
});
