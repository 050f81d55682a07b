// The permission mode a session is really in: also where a transcript brings another along, or it is chosen while it opens.
import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { setMode } from "../../../src/session/controls.ts";
import { planFile } from "../../support/approvals.ts";
import { ADAPTERS, ask, nativeApprovals, startEngine, type TestEngine } from "../../support/engine.ts";
import { type Model, startModel, useTool } from "../../support/model.ts";

describe("the mode of a session", () => {
  let model: Model;
  let engine: TestEngine;
  beforeAll(async () => {
    model = await startModel();
    engine = await startEngine({ env: model.env() });
  });
  afterAll(async () => {
    await engine.dispose();
    await model.close();
  });

  const made = (name: string) => existsSync(join(engine.cwd, name));
  const runs = (name: string) =>
    useTool("Bash", { command: `node -e 'require("fs").writeFileSync("${name}", "")'` });

  test.each(["bypassPermissions", "auto"])(
    "is ours where its transcript carries %s: resumed, it still asks",
    async (mode) => {
      const session = engine.session(`agent:cc:acp:${mode}`);
      await ask(session, "remember it");
      const { claudeSessionId = "" } = (await session.record.read()) ?? {};
      await session.park();
      await carry(model, claudeSessionId, mode);
      model.will(runs(mode));
      const said = await ask(session, "make it");
      expect(said.notices.join()).toMatch(/^Refused, since there is nobody I could ask/);
      expect(made(mode)).toBe(false);
      expect((await session.record.read())?.claudeSessionId).toBe(claudeSessionId);
      expect((await ask(session, "what do you remember?")).text).toBe("I remember it.");
    },
  );

  test("is the one chosen while it opened", async () => {
    const session = engine.session("agent:cc:acp:early");
    await session.ensure({});
    const opened = ask(session, "hello");
    await setMode(session.controls, "plan");
    await opened;
    const before = model.requests().length;
    await ask(session, "go on");
    const sent = JSON.stringify(
      model
        .requests()
        .slice(before)
        .map(({ body }) => body),
    );
    expect(sent).toMatch(/Plan mode/i);
  });
});

describe.each(ADAPTERS)("a plan approved with its edits, with %s", (adapter) => {
  // Claude Code sets a mode of its own at the end of a plan, and now and then just after ours: one round proves little.
  test("lets Claude edit from then on, and nobody is asked again", { timeout: 60_000 }, async () => {
    const model = await startModel();
    const asked: string[] = [];
    const request = async ({ title }: { title: string }) => {
      asked.push(title);
      return { here: true, decision: allow, by: async () => "Ada", settle: async () => {} };
    };
    const engine = await startEngine({
      adapter,
      env: model.env(),
      asking: { native: nativeApprovals(request), mode: "native" },
    });
    const session = engine.session();
    for (let round = 1; round <= 12; round++) {
      await session.ensure({});
      await setMode(session.controls, "plan");
      model.will((sent) => useTool("Write", { file_path: planFile(sent), content: `plan ${round}` }));
      model.will(useTool("ExitPlanMode", {}));
      await ask(session, "plan it", { audience: { is: "chat", route: HERE } });
      expect(asked.splice(0)).toEqual(["A plan is ready, and stands in the conversation"]);
      const file = join(engine.cwd, `made-${round}.txt`);
      model.will(useTool("Write", { file_path: file, content: "made" }));
      await ask(session, "go", { audience: { is: "chat", route: HERE } });
      expect({ round, asked: asked.splice(0), made: existsSync(file) }).toEqual({
        round,
        asked: [],
        made: true,
      });
    }
    await engine.dispose();
    await model.close();
  });
});

const HERE = { channel: "telegram", to: "1" };
const allow = Promise.resolve("allow-always" as const);

// What a terminal leaves that ran in another mode: the transcript's lines say so (docs/adapter-notes.md#transcripts-and-modes).
async function carry(model: Model, sessionId: string, mode: string): Promise<void> {
  const root = join(model.env().CLAUDE_CONFIG_DIR ?? "", "projects");
  for (const project of await readdir(root)) {
    const file = join(root, project, `${sessionId}.jsonl`);
    if (!existsSync(file)) continue;
    const lines = (await readFile(file, "utf8")).replaceAll(
      '"permissionMode":"default"',
      `"permissionMode":"${mode}"`,
    );
    expect(lines).toContain(mode);
    await writeFile(
      file,
      `${lines.trimEnd()}\n${JSON.stringify({ type: "permission-mode", permissionMode: mode, sessionId })}\n`,
    );
    return;
  }
  throw new Error(`no transcript of ${sessionId}`);
}
