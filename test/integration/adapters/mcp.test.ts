// The MCP servers a user has set up for Claude Code, for a project or for all of them: Claude has their tools here too.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { SessionCatalog } from "../../../src/catalog/catalog.ts";
import { sessionStatusOperation } from "../../../src/operations/session/info.ts";
import { ADAPTERS, ask, startEngine } from "../../support/engine.ts";
import { granted } from "../../support/granted.ts";
import { startModel, useTool } from "../../support/model.ts";

const server = fileURLToPath(new URL("../../support/mcp-server.ts", import.meta.url));
const tiny = { type: "stdio", command: process.execPath, args: [server] };
const broken = { type: "stdio", command: "/nowhere/bin/server", args: [] };

describe.each(ADAPTERS)("through %s", (adapter) => {
  test("45: Claude calls the tool of a configured MCP server, and status says which servers it has", async () => {
    const model = await startModel();
    const env = model.env();
    const engine = await startEngine({ adapter, env, profile: "bypassPermissions" });
    await writeFile(join(engine.cwd, ".mcp.json"), JSON.stringify({ mcpServers: { tiny } }));
    const { trust, cwd } = engine;
    await trust.decide(await trust.standing(cwd), { decision: "trusted", by: "the test" });
    const mine = join(env.CLAUDE_CONFIG_DIR ?? "", ".claude.json");
    await writeFile(mine, JSON.stringify({ mcpServers: { broken } }));
    const session = engine.session();
    model.will("louder", useTool("mcp__tiny__shout", { text: "hello" }));
    expect((await ask(session, "say it louder")).text).toContain("HELLO");
    // At its first turn Claude Code may still be at reaching them.
    expect((await ask(session, "and now")).text).toBe("Echo: and now");

    const catalog = new SessionCatalog({
      sessions: engine.sessions,
      agents: () => ["cc"],
      forgotten: async () => {},
    });
    const status = sessionStatusOperation(() => catalog);
    const context = granted({ here: session.identity });
    const told = status.text(await status.run({}, context));
    // The older adapter does not pass on what its Claude Code knows of them.
    if (adapter === "claude-agent-acp") expect(told).toMatch(/^MCP servers: broken failed, tiny connected$/m);
    else expect(told).not.toContain("MCP");
    await engine.dispose();
    await model.close();
  });
});
