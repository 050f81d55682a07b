// The CLI beside a running gateway: what it makes is taken up without a restart, what lives is shown.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { type Gateway, startGateway } from "../../support/gateway.ts";

const survey = z.object({
  gateway: z.object({ running: z.boolean(), pid: z.int().optional() }),
  agents: z.array(z.looseObject({ agentId: z.string(), contractor: z.boolean() })),
});

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway({ agents: [] });
});
afterAll(() => gateway.dispose());

describe("beside a running gateway", () => {
  it("add makes an agent whose main session is Claude's at once", async () => {
    const workspace = gateway.workspace("new");
    const args = [
      "contractor-agents",
      "add",
      "--agent-id",
      "new",
      "--workspace",
      workspace,
      "--contractor",
      "claude",
    ];
    const seen = await gateway.cli([...args, "--json"]);
    expect(seen.code, seen.stderr).toBe(0);
    expect(JSON.parse(seen.stdout)).toMatchObject({ agentId: "new", mainSession: { state: "ready" } });
    expect(await gateway.call("contractor.initialize", { agentId: "new" })).toEqual({ state: "there" });
    expect(gateway.logs()).not.toContain("restart required");
  });

  it("list shows the live view of that gateway", async () => {
    const seen = await gateway.cli(["contractor-agents", "list", "--json"]);
    const found = survey.parse(JSON.parse(seen.stdout));
    expect(found.gateway).toEqual({ running: true, pid: gateway.pid });
    expect(found.agents).toEqual([expect.objectContaining({ agentId: "new", contractor: true })]);
  });
});
