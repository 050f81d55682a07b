// What we know of Claude Code: the environment it gets, its models, the names of its errors, its retries, its transcripts.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createClaude } from "../../../adapters/claude/create.ts";
import { claudeEnvironment } from "../../../adapters/claude/environment.ts";
import { claudeFailure, isErrorEcho } from "../../../adapters/claude/failures.ts";
import { modelOf } from "../../../adapters/claude/models.ts";
import { retryNotice } from "../../../adapters/claude/retries.ts";
import { SDK_MESSAGE } from "../../../adapters/claude/sdk-messages.ts";
import type { ClaudeConfig } from "../../../adapters/claude/settings.ts";
import { findTranscript, projectFolder } from "../../../adapters/claude/transcript.ts";
import { Failure, type FailureCode } from "../../../common/failure.ts";
import { nextSaying } from "../../support/failures.ts";
import { tempDir } from "../../support/poll.ts";

describe("the compaction of an idle session", () => {
  const DELAY = "CLAUDE_AGENT_ACP_IDLE_COMPACT_DELAY_MS";
  const started = async (env: Record<string, string>, command?: ClaudeConfig["command"]) => {
    await using root = await tempDir();
    const path = join(process.cwd(), "node_modules", "@agentclientprotocol/claude-agent-acp");
    const base = { package: "claude-agent-acp" as const, path, env };
    const config = (): ClaudeConfig => ({
      ...base,
      settingSources: [],
      passEnv: [],
      ...(command ? { command } : {}),
    });
    const { launch } = createClaude({ config, root: root.path, from: {} });
    return (await launch()).env[DELAY];
  };

  test("never comes by itself, with any command; who wants it names a delay", async () => {
    expect(await started({})).toBe("2147483647");
    expect(await started({}, ["/usr/bin/env"])).toBe("2147483647");
    expect(await started({ [DELAY]: "3240000" })).toBe("3240000");
  });
});

describe("the environment of Claude", () => {
  const from = {
    PATH: "/bin",
    HOME: "/home/me",
    LC_ALL: "C",
    ANTHROPIC_API_KEY: "mine",
    CLAUDE_CODE_MAX_RETRIES: "2",
    CLAUDE_CONFIG_DIR: "/claude",
    CLAUDECODE: "1",
    CLAUDE_CODE_ENTRYPOINT: "cli",
    CLAUDE_CODE_SSE_PORT: "1",
    CLAUDE_CODE_PARENT_PID: "1",
    OPENCLAW_GATEWAY_TOKEN: "hush",
    TELEGRAM_BOT_TOKEN: "hush",
    OPENAI_API_KEY: "hush",
    AWS_SECRET_ACCESS_KEY: "hush",
    NODE_OPTIONS: "--inspect",
    UNSET: undefined,
  };
  const names = (env: Record<string, string>) => Object.keys(env).sort();

  test("is what it needs, nothing of the gateway's, and nothing of a session around us", () => {
    expect(names(claudeEnvironment({ from, pass: [], set: {} }))).toEqual(
      ["ANTHROPIC_API_KEY", "CLAUDE_CODE_MAX_RETRIES", "CLAUDE_CONFIG_DIR", "HOME", "LC_ALL", "PATH"].sort(),
    );
  });

  test("has what the user lets through, except what would make Claude believe it is nested", () => {
    const env = claudeEnvironment({ from, pass: ["OPENAI_API_KEY", "CLAUDECODE", "UNSET"], set: {} });
    expect(env.OPENAI_API_KEY).toBe("hush");
    expect(names(env)).not.toContain("CLAUDECODE");
    expect(names(env)).not.toContain("UNSET");
  });

  test("has the keys of a cloud only where that cloud is switched on", () => {
    const on = (flag: string | undefined) =>
      claudeEnvironment({ from: { ...from, CLAUDE_CODE_USE_BEDROCK: flag }, pass: [], set: {} })
        .AWS_SECRET_ACCESS_KEY;
    expect([on("1"), on("true"), on("0"), on("false"), on(""), on(undefined)]).toEqual([
      "hush",
      "hush",
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  test("what the user sets wins over everything", () => {
    expect(claudeEnvironment({ from, pass: ["PATH"], set: { PATH: "/mine", ANY: "thing" } })).toMatchObject({
      PATH: "/mine",
      ANY: "thing",
    });
  });
});

describe("a model", () => {
  const options = [
    { value: "default", name: "Default" },
    { value: "opus", name: "Opus 5.5" },
    { value: "opus[1m]", name: "Opus (1M)" },
    { value: "haiku" },
  ];
  const session = {
    sessionId: "s",
    modes: [],
    configOptions: [{ id: "model", currentValue: "default", options }],
  };

  test.each([
    ["opus", "opus"],
    ["OPUS ", "opus"],
    ["anthropic/opus", "opus"],
    ["openrouter/anthropic/opus", "opus"],
    ["Opus 5.5", "opus"],
    ["opus[1m]", "opus[1m]"],
    ["claude-opus-5-5", "opus"],
    ["anthropic/claude-haiku-4-5-20251001", "haiku"],
    ["claude-3-5-haiku-latest", "haiku"],
  ])("%s is %s", (name, value) => expect(modelOf(session, name)).toBe(value));

  test.each(["gpt-9", "opus2", "claude-sonnet-5", "", "anthropic/"])(
    "%j is unknown, and the known ones are named",
    (name) => {
      expect(() => modelOf(session, name)).toThrow(
        expect.objectContaining({
          code: "unknown-model",
          message: expect.stringContaining("default, opus, opus[1m], haiku"),
        }),
      );
    },
  );
});

describe("an error of an adapter", () => {
  const rpc = (message: string, data?: object) => ({ code: -32603, message, data });
  test.each<[FailureCode, unknown]>([
    ["not-logged-in", { code: -32000, message: "Authentication required" }],
    ["not-logged-in", rpc("Internal error: Invalid API key · Fix external API key")],
    ["not-logged-in", rpc("Internal error: Credit balance is too low", { errorKind: "billing_error" })],
    ["rate-limited", rpc("Internal error: API Error: Request rejected (429)", { errorKind: "rate_limit" })],
    ["rate-limited", rpc("Claude AI usage limit reached|1790000000")],
    ["overloaded", rpc("Internal error: API Error: 529 Overloaded", { errorKind: "server_error" })],
    ["overloaded", rpc("Internal error: API Error: Connection error.")],
    ["unknown-model", rpc("Internal error: There's an issue with the selected model (x). It may not exist")],
    ["prompt-too-long", rpc("Internal error: Prompt is too long")],
    ["prompt-too-long", rpc("Internal error: Request too large (max 32MB).")],
    ["transcript-missing", { code: -32002, message: "Resource not found: 1" }],
    ["adapter-crashed", rpc("The Claude Agent process exited unexpectedly.")],
    [
      "adapter-crashed",
      rpc("Internal error", { details: "Claude Code process terminated by signal SIGKILL" }),
    ],
    ["provider-error", rpc("Internal error: API Error: 400 messages.1: odd")],
    ["provider-error", rpc("Internal error")],
    ["provider-error", new Error("something else")],
    ["provider-error", undefined],
  ])("is %s: %j", (code, error) => {
    const failure = claudeFailure(error);
    expect(failure).toMatchObject({ code, next: nextSaying(/./) });
    expect(failure.message).not.toMatch(/Internal error|undefined|\[object/);
    expect(failure.message).toMatch(/[^.]\.$/);
  });

  test("keeps the time at which a limit resets, hides secrets, and leaves a Failure as it is", () => {
    const limit = { errorKind: "rate_limit" };
    for (const [said, resets] of [
      ["5-hour limit reached ∙ resets 3pm (UTC)", "3pm UTC"],
      ["You've hit your session limit · resets 3pm (UTC)", "3pm UTC"],
      ["You've hit your limit, resets in 2 hours", "2 hours"],
      ["Claude AI usage limit reached|1790000000", "2026-09-21 14:13 UTC"],
    ])
      expect(claudeFailure(rpc(`Internal error: ${said}`, limit)).message).toBe(
        `Claude's usage limit is reached (resets ${resets}).`,
      );
    const odd = claudeFailure(rpc("Internal error: odd", { errorKind: "invalid_request" }));
    expect(odd.message).toBe("Claude could not finish this turn: odd.");
    expect(claudeFailure(rpc("bad sk-ant-abcdefghijkl")).message).not.toContain("sk-ant");
    const mine = new Failure({ code: "closed", message: "x" });
    expect(claudeFailure(mine)).toBe(mine);
  });

  test("is told from Claude's own words", () => {
    for (const echo of [
      "API Error: 529",
      "Invalid API key · x",
      "Prompt is too long",
      "There's an issue with the selected model",
    ])
      expect(isErrorEcho(echo)).toBe(true);
    for (const words of ["The API Error: 529 you saw", "API Errors are", "Prompts", ""])
      expect(isErrorEcho(words)).toBe(false);
  });
});

describe("a retry inside Claude Code", () => {
  const message = {
    type: "system",
    subtype: "api_retry",
    attempt: 3,
    max_retries: 10,
    retry_delay_ms: 19_600,
  };
  test("is told at the third attempt, with its reason", () => {
    const told = (status: number | null) =>
      retryNotice(SDK_MESSAGE, { message: { ...message, error_status: status } });
    expect(told(529)).toBe("Anthropic is overloaded; Claude tries again, 3 of 10, in 20 s.");
    expect([429, 401, 500, null].map(told)).toEqual([
      expect.stringContaining("limits the rate"),
      expect.stringContaining("refuses the login"),
      expect.stringContaining("(500)"),
      expect.stringContaining("cannot be reached"),
    ]);
  });

  test("is a sign of life at every other, and anything else is nothing", () => {
    for (const attempt of [1, 2, 4, 10])
      expect(retryNotice(SDK_MESSAGE, { message: { ...message, attempt } })).toBe("");
    expect(retryNotice(SDK_MESSAGE, { message: { type: "system", subtype: "init" } })).toBeUndefined();
    expect(retryNotice("_other", { message })).toBeUndefined();
    expect(retryNotice(SDK_MESSAGE, undefined)).toBeUndefined();
  });
});

describe("a transcript", () => {
  test("is found in the folder of its directory, in any other, and not by an id that leads elsewhere", async () => {
    await using home = await tempDir("transcript");
    const env = { CLAUDE_CONFIG_DIR: home.path };
    expect(projectFolder("/srv/proj.8_x y")).toBe("-srv-proj-8-x-y");
    expect(await findTranscript({ env, cwd: "/a", sessionId: "none" })).toBeUndefined();
    for (const [folder, id] of [
      ["-a", "here"],
      ["-b", "there"],
    ] as const) {
      await mkdir(join(home.path, "projects", folder), { recursive: true });
      await writeFile(join(home.path, "projects", folder, `${id}.jsonl`), "");
    }
    await writeFile(join(home.path, "secret.jsonl"), "");
    const find = (sessionId: string) => findTranscript({ env, cwd: "/a", sessionId });
    expect(await find("here")).toBe(join(home.path, "projects/-a/here.jsonl"));
    expect(await find("there")).toBe(join(home.path, "projects/-b/there.jsonl"));
    for (const id of ["../../secret", "", "a/b", "x".repeat(200)]) expect(await find(id)).toBeUndefined();
  });
});
