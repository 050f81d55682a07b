// `list`, `status`, `doctor` and the help on the real host, without a gateway.
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { keptAt } from "../../../state/map-place.ts";
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
const kept = (workspace: string) => keptAt(join(home.stateDir, "contractor"), workspace);
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
  await mkdir(dirname(kept(workspace)), { recursive: true });
  await writeFile(kept(workspace), JSON.stringify({ version: 1, sessions: [session] }));
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

  it("46: doctor with Claude logged out is not ok, names how to log in, and what else is wrong, and ends with 1", async () => {
    const seen = await home.run(["doctor", "--json"]);
    expect(seen.code, seen.stderr).toBe(1);
    const { ok, findings } = report.parse(JSON.parse(seen.stdout));
    expect(ok).toBe(false);
    const all = findings.map((finding) => `${finding.level} ${finding.what} ${finding.fix ?? ""}`).join("\n");
    expect(all).toMatch(/fail ACP is switched off .*openclaw config unset acp\.enabled/);
    expect(all).toMatch(
      /fail Claude Code is not logged in\. Run `openclaw contractor-agents login` as .*ANTHROPIC_API_KEY/,
    );
    expect(all).toMatch(/ok The adapter is @agentclientprotocol\/claude-agent-acp/);
    expect(all).toMatch(/ok Node 24\./);
    expect(all).toMatch(/warn The gateway could not be asked/);
  });
});

it("46: doctor says that Claude is well, and never its key, where another agent is broken, of another kind or of ours", async () => {
  const runtime = (agent: string, backend: string) => ({ type: "acp", acp: { agent, backend } });
  const [workspace, broken] = [home.path("ws"), home.path("broken")];
  await home.configure({
    agents: {
      ownership: "explicit",
      entries: {
        main: {},
        cc: { workspace, runtime: runtime("claude", "contractor") },
        dd: { workspace: broken, runtime: runtime("claude", "contractor") },
        codex: { workspace: home.path("codex"), runtime: runtime("codex", "acpx") },
      },
    },
    acp: { backend: "contractor" },
  });
  await mkdir(dirname(kept(broken)), { recursive: true });
  await writeFile(kept(broken), JSON.stringify({ version: 99 }));
  const seen = await home.run(["doctor", "--json"], { env: { ANTHROPIC_API_KEY: "sk-ant-api03-TOPSECRET" } });
  expect(seen.stdout + seen.stderr).not.toContain("TOPSECRET");
  const { findings } = report.parse(JSON.parse(seen.stdout));
  const failed = findings.filter(({ level }) => level === "fail");
  expect(failed).toEqual([expect.objectContaining({ what: expect.stringContaining('session map of "dd"') })]);
  const well = findings.filter(({ level }) => level === "ok").map(({ what }) => what);
  for (const what of [
    /^Claude Code \d/,
    /^Claude Code is logged in with an API key/,
    /^A session opened and closed/,
  ])
    expect(well).toContainEqual(expect.stringMatching(what));
});

it("help names every command, and prints nothing else", async () => {
  const seen = await home.run(["--help"]);
  expect(seen.code).toBe(0);
  for (const name of ["add", "list", "status", "doctor", "setup"])
    expect(seen.stdout).toContain(`\n  ${name} `);
  expect(seen.stderr).toBe("");
});
