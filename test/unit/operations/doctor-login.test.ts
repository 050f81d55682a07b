// How Claude Code is logged in, told from what it says of itself.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { isKeyAccepted, readLogin } from "../../../adapters/claude/login.ts";
import { loginFinding } from "../../../src/operations/agents/doctor-login.ts";
import { fail, ok, shortReport, warn } from "../../../src/operations/agents/finding.ts";

describe("the login", () => {
  const read = (status: object) => readLogin(JSON.stringify(status), { ANTHROPIC_API_KEY: "sk-ant-secret" });

  it("is told by its kind and plan, and by nothing else", () => {
    const account = { loggedIn: true, authMethod: "claude.ai", apiProvider: "firstParty", email: "me@x.org" };
    expect(loginFinding(read(account))).toEqual({
      level: "ok",
      what: "Claude Code is logged in with a Claude account.",
    });
    expect(read({ ...account, subscriptionType: "max" })).toEqual({
      loggedIn: true,
      by: "a Claude account (max)",
    });
  });

  it("names a cloud provider", () => {
    const cloud = { loggedIn: true, authMethod: "third_party", apiProvider: "bedrock" };
    expect(loginFinding(read(cloud)).what).toBe("Claude Code is logged in with a cloud provider (bedrock).");
  });

  it("that is missing is a failure with a way out", () => {
    const finding = loginFinding(read({ loggedIn: false, authMethod: "none" }));
    expect(finding.level).toBe("fail");
    expect(finding.fix).toContain("`openclaw contractor-agents login`");
    expect(finding.fix).toContain("ANTHROPIC_API_KEY");
  });

  it("of a Claude Code that cannot tell is taken from the environment, never its value", () => {
    const env = { CLAUDE_CODE_OAUTH_TOKEN: "secret" };
    expect(readLogin("Unknown command auth", env)).toEqual({ loggedIn: true, by: "CLAUDE_CODE_OAUTH_TOKEN" });
    expect(loginFinding(readLogin("", {})).level).toBe("warn");
  });
});

describe("an API key", () => {
  const key = "sk-ant-secret";
  async function answering(status: number) {
    const asked: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      asked.push(`${request.url} ${request.headers["x-api-key"]}`);
      response.writeHead(status, { "content-type": "application/json" }).end("{}");
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    return { asked, env: { ANTHROPIC_API_KEY: key, ANTHROPIC_BASE_URL: `http://127.0.0.1:${port}/` } };
  }
  const signal = AbortSignal.timeout(10_000);

  it.each([
    [200, true],
    [401, false],
    [403, false],
    [500, undefined],
    [404, undefined],
  ])("is asked about where it would be used: %d means %s", async (status, accepted) => {
    const { asked, env } = await answering(status);
    expect(await isKeyAccepted(env, signal)).toBe(accepted);
    expect(asked).toEqual([`/v1/models?limit=1 ${key}`]);
  });

  it("is not asked about where there is none, and nobody there is no verdict", async () => {
    expect(await isKeyAccepted({}, signal)).toBeUndefined();
    const env = { ANTHROPIC_API_KEY: key, ANTHROPIC_BASE_URL: "http://127.0.0.1:9" };
    expect(await isKeyAccepted(env, signal)).toBeUndefined();
  });

  it("that is refused is a failure, which says neither the key nor that all is well", () => {
    const finding = loginFinding({ loggedIn: true, by: "an API key" }, false);
    expect(finding).toMatchObject({ level: "fail", what: expect.stringContaining("Anthropic refuses it") });
    expect(JSON.stringify(finding)).not.toContain(key);
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
