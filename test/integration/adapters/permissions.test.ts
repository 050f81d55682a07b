// What Claude may do unasked, by permission profile, shown with its real tools through either adapter.
import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { PermissionProfile } from "../../../adapters/harness.ts";
import { setProfile } from "../../../src/session/controls.ts";
import type { Session } from "../../../src/session/session.ts";
import { ask, RUNNERS, startEngine, type TestEngine } from "../../support/engine.ts";
import { type Model, startModel, useTool } from "../../support/model.ts";

/** Per profile: may Write write, may Bash run. */
const PROFILES: [PermissionProfile, { write: boolean; bash: boolean }][] = [
  ["ask", { write: false, bash: false }],
  ["readOnly", { write: false, bash: false }],
  ["acceptEdits", { write: true, bash: false }],
  ["plan", { write: false, bash: false }],
];

describe.each(RUNNERS)("with %s", (adapter) => {
  let model: Model;
  let engine: TestEngine;
  const made = () => join(engine.cwd, "made.txt");
  beforeAll(async () => {
    model = await startModel();
    engine = await startEngine({ adapter, env: model.env() });
    await writeFile(join(engine.cwd, "there.txt"), "what is in it");
  });
  afterAll(async () => {
    await engine.dispose();
    await model.close();
  });

  /** Has Claude use a tool that makes a file; whether it was made, what the user was told, what the model heard. */
  async function tries(session: Session, tool: "Write" | "Bash") {
    const script = `require("fs").writeFileSync(${JSON.stringify(made())}, "")`;
    const input =
      tool === "Write"
        ? { file_path: made(), content: "made" }
        : { command: `node -e '${script}'`, description: "makes" };
    model.will(useTool(tool, input));
    const { notices, result, text } = await ask(session, "make it");
    const allowed = existsSync(made());
    await rm(made(), { force: true });
    return { allowed, notices, status: result.status, text };
  }

  test.each(PROFILES)(
    "the profile %s lets Claude do what it says, and nothing else",
    async (profile, may) => {
      const session = engine.session(`agent:cc:acp:${profile}`);
      await session.ensure({});
      await setProfile(session.controls, profile);
      model.will(useTool("Read", { file_path: join(engine.cwd, "there.txt") }));
      const read = await ask(session, "read it");
      expect(read).toMatchObject({ notices: [], text: expect.stringContaining("what is in it") });
      for (const [tool, allowed] of [
        ["Write", may.write],
        ["Bash", may.bash],
      ] as const) {
        const tried = await tries(session, tool);
        expect({ tool, ...tried }).toMatchObject({ allowed, status: "completed" });
        expectNotices(tried.notices, { allowed, profile });
        // The older adapter ends the turn at a refusal (docs/adapter-notes.md#permission-requests): the next one works all the same.
        if (!allowed && adapter === "claude-agent-acp")
          expect(tried.text).toMatch(/^Done: .*(refused|denied|not|can't)/is);
        expect((await ask(session, "still there?")).text).toBe("Echo: still there?");
      }
    },
  );

  test("acceptEdits does not open our own records in the workspace", async () => {
    const session = engine.session("agent:cc:acp:records");
    await session.ensure({});
    await setProfile(session.controls, "acceptEdits");
    const file = join(engine.cwd, ".openclaw/contractor-agent/session-map.json");
    for (const use of [
      useTool("Write", { file_path: file, content: "{}" }),
      useTool("Bash", { command: `mkdir -p ${dirname(file)}`, description: "makes" }),
      useTool("Bash", { command: `cp there.txt ${file}`, description: "copies" }),
    ]) {
      model.will(use);
      await ask(session, "write it");
      expect(existsSync(file)).toBe(false);
    }
  });

  test("bypassPermissions, where the settings open it, runs everything without a word", async () => {
    await engine.dispose({ keep: true });
    engine = await startEngine({
      adapter,
      env: model.env(),
      home: engine.home,
      profile: "bypassPermissions",
    });
    const session = engine.session("agent:cc:acp:bypass");
    for (const tool of ["Write", "Bash"] as const)
      expect(await tries(session, tool)).toMatchObject({ allowed: true, notices: [], status: "completed" });
  });
});

// What was refused is told once; in plan mode Claude's own rules may refuse before anybody is asked.
function expectNotices(notices: string[], o: { allowed: boolean; profile: PermissionProfile }): void {
  expect(notices.length).toBeLessThanOrEqual(o.allowed ? 0 : 1);
  if (o.allowed || o.profile === "plan") return;
  expect(notices[0]).toMatch(/^Refused/);
}
