// How Claude Code is logged in, told from what it says of itself.
import { describe, expect, it } from "vitest";
import { loginFinding } from "../../../src/operations/agents/doctor-login.ts";
import { fail, ok, shortReport, warn } from "../../../src/operations/agents/finding.ts";

describe("the login", () => {
  it("is told by its kind, and by nothing else", () => {
    const printed = JSON.stringify({
      loggedIn: true,
      authMethod: "claude.ai",
      apiProvider: "firstParty",
      email: "me@x.org",
    });
    const finding = loginFinding(printed, { ANTHROPIC_API_KEY: "sk-ant-secret" });
    expect(finding).toEqual({
      level: "ok",
      what: "Claude Code is logged in with a Claude account (~/.claude).",
    });
  });

  it("names a cloud provider", () => {
    const printed = JSON.stringify({ loggedIn: true, authMethod: "third_party", apiProvider: "bedrock" });
    expect(loginFinding(printed, {}).what).toBe("Claude Code is logged in with a cloud provider (bedrock).");
  });

  it("that is missing is a failure with a way out", () => {
    const finding = loginFinding(JSON.stringify({ loggedIn: false, authMethod: "none" }), {});
    expect(finding.level).toBe("fail");
    expect(finding.fix).toContain("ANTHROPIC_API_KEY");
    const command = ["/opt/node", "/state of mine/cli.js"];
    expect(loginFinding(JSON.stringify({ loggedIn: false }), {}, command).fix).toMatch(
      /^Run `\/opt\/node "\/state of mine\/cli.js"` once as the user the gateway runs as and log in/,
    );
  });

  it("of a Claude Code that cannot tell is taken from the environment, never its value", () => {
    expect(loginFinding("Unknown command auth", { CLAUDE_CODE_OAUTH_TOKEN: "secret" })).toEqual({
      level: "ok",
      what: "Claude Code is given CLAUDE_CODE_OAUTH_TOKEN.",
    });
    expect(loginFinding("", {}).level).toBe("warn");
  });
});

describe("the short report", () => {
  it("says that all is well in one sentence", () => {
    expect(shortReport([ok("a"), ok("b")])).toEqual({
      ok: true,
      message: "Claude Code is ready.",
      details: [],
    });
  });

  it("names what failed first, then what is doubtful, each with its fix", () => {
    expect(shortReport([ok("a"), warn("b", "do b"), fail("c", "do c")])).toEqual({
      ok: false,
      message: "c",
      details: ["c → do c", "b → do b"],
    });
    expect(shortReport([warn("b", "do b")])).toMatchObject({
      ok: true,
      message: "Claude Code is ready (1 to look at).",
    });
  });
});
