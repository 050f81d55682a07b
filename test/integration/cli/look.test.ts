// `list`, `status`, `doctor` and the help on the real host, without a gateway.
import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { sessionMapPath } from "../../../state/session-map.ts";
import { type CliHome, cliHome } from "../../support/cli-home.ts";

const survey = z.object({
  gateway: z.object({ running: z.boolean(), note: z.string() }),
  agents: z.array(z.looseObject({ agentId: z.string(), sessions: z.array(z.looseObject({})) })),
});
const report = z.object({
  ok: z.boolean(),
  findings: z.array(z.object({ level: z.string(), what: z.string(), fix: z.string().optional() })),
});

let home: CliHome;
beforeAll(async () => {
  home = await cliHome();
  const workspace = home.path("ws");
  const runtime = { type: "acp", acp: { agent: "claude", backend: "contractor", mode: "persistent" } };
  await home.configure({
    agents: { ownership: "explicit", entries: { main: {}, cc: { workspace, runtime } } },
    acp: { backend: "contractor", enabled: false },
  });
  const session = {
    openclawSessionKey: "agent:cc:main",
    agentId: "cc",
    claudeSessionId: "11111111-2222",
    backendSessionId: "b",
    cwd: workspace,
    state: "parked",
    generation: 1,
    createdAt: "2026-01-01T00:00:00.000Z",
    lastActivityAt: "2026-01-01T00:00:00.000Z",
    retired: [],
  };
  await mkdir(dirname(sessionMapPath(workspace)), { recursive: true });
  await writeFile(sessionMapPath(workspace), JSON.stringify({ version: 1, sessions: [session] }));
});
afterAll(() => home.remove());

describe("without a gateway", () => {
  it("list --json is one document with what the files say, and a note", async () => {
    const seen = await home.run(["list", "--json"]);
    expect(seen.code, seen.stderr).toBe(0);
    const found = survey.parse(JSON.parse(seen.stdout));
    expect(found.gateway).toMatchObject({ running: false, note: expect.stringContaining("No live view") });
    expect(found.agents).toHaveLength(1);
    expect(found.agents[0]?.sessions[0]).toMatchObject({
      sessionKey: "agent:cc:main",
      claudeSessionId: "11111111-2222",
    });
  });

  it("status says it in words", async () => {
    const seen = await home.run(["status"]);
    expect(seen.stdout).toMatch(
      /gateway {2}no live view[\s\S]*agent:cc:main[\s\S]*parked[\s\S]*11111111-2222/,
    );
  });

  it("doctor names what is wrong with its fix, and ends with 1", async () => {
    const seen = await home.run(["doctor", "--json"]);
    expect(seen.code, seen.stderr).toBe(1);
    const { ok, findings } = report.parse(JSON.parse(seen.stdout));
    expect(ok).toBe(false);
    const all = findings.map((finding) => `${finding.level} ${finding.what} ${finding.fix ?? ""}`).join("\n");
    expect(all).toMatch(/fail ACP is switched off .*openclaw config unset acp\.enabled/);
    expect(all).toMatch(/fail Claude Code is not logged in/);
    expect(all).toMatch(/ok The adapter is @agentclientprotocol\/claude-agent-acp/);
    expect(all).toMatch(/ok Node 24\./);
    expect(all).toMatch(/warn The gateway could not be asked/);
  });

  it("doctor tells the kind of a login and never the key", async () => {
    const seen = await home.run(["doctor", "--json"], {
      env: { ANTHROPIC_API_KEY: "sk-ant-api03-TOPSECRET" },
    });
    expect(seen.stdout).toContain("logged in with an API key");
    expect(seen.stdout + seen.stderr).not.toContain("TOPSECRET");
  });
});

it("help names every command, and prints nothing else", async () => {
  const seen = await home.run(["--help"]);
  expect(seen.code).toBe(0);
  for (const name of ["add", "list", "status", "doctor", "setup"])
    expect(seen.stdout).toContain(`\n  ${name} `);
  expect(seen.stderr).toBe("");
});
