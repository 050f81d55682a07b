// `openclaw contractor-agents add` on the real host, without a gateway.
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { type CliHome, cliHome } from "../../support/cli-home.ts";

const failure = z.object({
  ok: z.literal(false),
  error: z.object({ type: z.string(), message: z.string(), next: z.string().optional() }),
});
const added = z.looseObject({
  workspace: z.string(),
  cwd: z.string(),
  next: z.string().optional(),
  mainSession: z.looseObject({ state: z.string() }),
});
const agents = z.looseObject({
  agents: z.looseObject({ entries: z.record(z.string(), z.looseObject({})) }),
  acp: z.looseObject({}),
});

let home: CliHome;
beforeAll(async () => {
  home = await cliHome();
});
afterAll(() => home.remove());

// What the host need not be asked about is in test/unit/operations/add.test.ts.
describe("what is refused", () => {
  const claude = ["--contractor", "claude"];
  const cases: [string, () => string[], number, RegExp][] = [
    ["missing flags", () => ["--agent-id", "cc"], 2, /--workspace is missing/],
    [
      "gemini",
      () => ["--agent-id", "g", "--workspace", home.path("g"), "--contractor", "gemini"],
      1,
      /not supported yet/,
    ],
    [
      "an unknown channel",
      () => ["--agent-id", "u", "--workspace", home.path("deep/u"), "--bind", "nochannel", ...claude],
      1,
      /nochannel/,
    ],
    [
      "a whole home to work in",
      () => ["--agent-id", "h", "--workspace", home.path("deep/h"), "--cwd", home.home, ...claude],
      1,
      /your whole home/,
    ],
  ];

  it.each(cases)("%s: clear text, its exit code, nothing written", async (_, args, code, sentence) => {
    const before = await home.config();
    const seen = await home.run(["add", ...args(), "--json"]);
    expect(failure.parse(JSON.parse(seen.stdout)).error.message).toMatch(sentence);
    expect(seen.code).toBe(code);
    expect(await home.config()).toBe(before);
    expect((await readdir(home.root)).sort()).toEqual(expect.not.arrayContaining(["g", "deep"]));
  });
});

describe("what is made", () => {
  it("is an OpenClaw agent with its files, behind our backend, and a session map", async () => {
    const args = [
      "--agent-id",
      "cc",
      "--workspace",
      home.path("ws", "cc"),
      "--contractor",
      "claude",
      "--model",
      "opus",
    ];
    const seen = await home.run([
      "add",
      ...args,
      "--bind",
      "telegram",
      "--cwd",
      home.home,
      "--anyway",
      "--json",
    ]);
    expect(seen.code, seen.stderr).toBe(0);
    const made = added.parse(JSON.parse(seen.stdout));
    expect(made).toMatchObject({
      agentId: "cc",
      cwd: home.home,
      bindings: ["telegram"],
      mainSession: { state: "pending" },
    });
    expect(made.next).toBeUndefined();
    for (const file of ["SOUL.md", "IDENTITY.md", "AGENTS.md", "USER.md"])
      expect(existsSync(join(made.workspace, file)), file).toBe(true);
    // Nothing tells Claude of a "birth", and to delete files for it.
    expect(existsSync(join(made.workspace, "BOOTSTRAP.md"))).toBe(false);
    expect(await readFile(join(made.workspace, "AGENTS.md"), "utf8")).not.toMatch(/BOOTSTRAP|First Run/);
    const config = agents.parse(JSON.parse(await home.config()));
    const acp = { agent: "claude", backend: "contractor", mode: "persistent", cwd: home.home };
    expect(config.agents).toMatchObject({ ownership: "explicit" });
    expect(config.agents.entries.cc).toMatchObject({
      runtime: { type: "acp", acp },
      model: "anthropic/opus",
    });
    expect(config.acp).toEqual({ backend: "contractor" });
    expect(
      JSON.parse(await readFile(join(made.workspace, ".openclaw/contractor-agent/session-map.json"), "utf8")),
    ).toMatchObject({
      version: 1,
      contractor: { agentId: "cc", kind: "claude", backend: "contractor", mode: "persistent" },
      sessions: [],
    });
  });

  it("is taken back whole when a channel turns out to be another agent's", async () => {
    const before = await home.config();
    const args = [
      "--agent-id",
      "dd",
      "--workspace",
      home.path("a/b/dd"),
      "--contractor",
      "claude",
      "--bind",
      "telegram",
    ];
    const seen = await home.run(["add", ...args]);
    expect(seen.code).toBe(1);
    expect(seen.stderr).toMatch(/routed to another agent already: telegram/);
    expect(JSON.parse(await home.config())).toEqual(JSON.parse(before));
    expect(existsSync(home.path("a"))).toBe(false);
    expect(existsSync(join(home.stateDir, "agents", "dd"))).toBe(false);
  });

  it("cannot share its workspace", async () => {
    const args = ["--agent-id", "ee", "--workspace", home.path("ws", "cc"), "--contractor", "claude"];
    const seen = await home.run(["add", ...args]);
    expect(seen).toMatchObject({ code: 1, stderr: expect.stringMatching(/belongs to the agent "cc"/) });
  });
});
