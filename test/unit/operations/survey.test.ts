// `list` and `status`: the files and the gateway, seen together.
import { describe, expect, it } from "vitest";
import { age } from "../../../src/operations/age.ts";
import { listOperation, statusOperation } from "../../../src/operations/agents/list.ts";
import { type SurveyPorts, survey } from "../../../src/operations/agents/survey.ts";
import type { SessionEntry } from "../../../state/session-map.ts";

const noon = Date.parse("2026-01-01T12:00:00Z");
const stored = (key: string, over: Partial<SessionEntry> = {}): SessionEntry => ({
  openclawSessionKey: key,
  agentId: "cc",
  backendSessionId: "b1",
  claudeSessionId: "c-1",
  cwd: "/w",
  state: "parked",
  generation: 1,
  createdAt: "2026-01-01T10:00:00Z",
  lastActivityAt: "2026-01-01T11:59:00Z",
  retired: [],
  ...over,
});
const ports = (over: Partial<SurveyPorts> = {}): SurveyPorts => ({
  agents: () => [
    { id: "cc", workspace: "/w", contractor: { cwd: "/src", model: "opus" } },
    { id: "main", workspace: "/m" },
  ],
  sessions: async (workspace) => (workspace === "/w" ? [stored("agent:cc:main")] : []),
  live: async () => ({ answered: false, detail: "no gateway answers" }),
  now: () => noon,
  ...over,
});
const running = {
  pid: 10,
  adapters: [{ pid: 11, sessions: 1 }],
  sessions: [
    {
      agentId: "cc",
      sessionKey: "agent:cc:main",
      state: "running",
      cwd: "/w",
      adapterPid: 11,
      queued: 2,
      lastActivityAt: noon - 5_000,
    },
  ],
};

describe("the survey", () => {
  it("shows what the files say when no gateway answers, and says so", async () => {
    const found = await survey(ports());
    expect(found.gateway).toEqual({
      running: false,
      note: "No live view, this is what the files say: no gateway answers",
    });
    expect(found.agents).toEqual([
      expect.objectContaining({
        agentId: "cc",
        contractor: true,
        workspace: "/w",
        cwd: "/src",
        model: "opus",
      }),
    ]);
    expect(found.agents[0]?.sessions[0]).toMatchObject({
      state: "parked",
      claudeSessionId: "c-1",
      ageSeconds: 60,
    });
  });

  it("lets the gateway's word win, and keeps what only the file knows", async () => {
    const found = await survey(ports({ live: async () => ({ answered: true, value: running }) }));
    expect(found.gateway).toEqual({ running: true, pid: 10 });
    expect(found.adapters).toEqual([{ pid: 11, sessions: 1 }]);
    expect(found.agents[0]?.sessions).toEqual([
      expect.objectContaining({
        state: "running",
        queued: 2,
        ageSeconds: 5,
        claudeSessionId: "c-1",
        createdAt: expect.any(String),
      }),
    ]);
  });

  it("shows a session the gateway has and the files have not", async () => {
    const found = await survey(
      ports({ sessions: async () => [], live: async () => ({ answered: true, value: running }) }),
    );
    expect(found.agents[0]?.sessions).toHaveLength(1);
  });

  it("shows an agent that is no contractor when it has sessions of ours", async () => {
    const sessions = async (workspace: string) =>
      workspace === "/m" ? [stored("agent:main:acp:1", { agentId: "main" })] : [];
    const found = await survey(ports({ sessions }));
    expect(found.agents.map((agent) => [agent.agentId, agent.contractor])).toEqual([
      ["cc", true],
      ["main", false],
    ]);
  });

  it("goes on past a map that cannot be read, and says which", async () => {
    const found = await survey(
      ports({
        sessions: (workspace) =>
          workspace === "/w" ? Promise.reject(new Error("newer")) : Promise.resolve([]),
      }),
    );
    expect(found.agents).toEqual([
      expect.objectContaining({ agentId: "cc", problem: "newer", sessions: [] }),
    ]);
  });

  it("does not believe an answer of another shape", async () => {
    const found = await survey(ports({ live: async () => ({ answered: true, value: { pid: "ten" } }) }));
    expect(found.gateway.running).toBe(false);
  });
});

describe("the texts", () => {
  it("name session, state, Claude's id, process and age", async () => {
    const found = await survey(ports({ live: async () => ({ answered: true, value: running }) }));
    expect(listOperation(ports()).text(found)).toBe(
      "cc  1 session  /src\n  agent:cc:main  running  c-1  pid 11  5 s ago",
    );
    const status = statusOperation(ports()).text(found);
    expect(status).toContain("gateway  pid 10\nadapter  pid 11, 1 session");
    expect(status).toContain("running in process 11, 2 waiting, last active 5 s ago");
  });

  it("say how to begin when there is nobody", async () => {
    const found = await survey(ports({ agents: () => [] }));
    expect(listOperation(ports()).text(found)).toContain("contractor-agents add");
  });

  it("tell an age in its largest unit", () => {
    expect([5, 65, 7200, 86_400, 200_000].map(age)).toEqual(["5 s", "1 min", "2 h", "1 day", "2 days"]);
  });
});
