// The settings: what a user may write, what it means, and what a wrong key is answered with.
import { describe, expect, test } from "vitest";
import { Failure } from "../../common/failure.ts";
import { parseSettings, settingsFor } from "../../src/config.ts";
import { nextSaying } from "../support/failures.ts";

describe("parseSettings", () => {
  test.each([undefined, null, {}, { harness: {}, timeouts: {}, agents: {} }])(
    "gives every default when %j is configured",
    (raw) => {
      expect(parseSettings(raw)).toEqual({
        harness: {
          package: "claude-agent-acp",
          settingSources: ["user", "project", "local"],
          env: {},
          passEnv: [],
        },
        sessionsPerAdapter: 4,
        permissionMode: "ask",
        delivery: "live",
        approvals: { ask: "auto", always: "workspace", timeoutSeconds: 600 },
        longOutput: "split",
        progress: "normal",
        mirror: "all",
        footer: "off",
        files: { maxMegabytes: 50 },
        jobs: {
          max: 5,
          onFull: "refuse",
          channels: {},
          reminderMinutes: 10,
          unattendedReplies: 10,
          unattended: false,
        },
        groups: { senderNames: true },
        idleMinutes: 30,
        maxProcesses: 8,
        maxPersistedSessions: 50,
        whileBusy: "queue",
        phrases: true,
        timeouts: { startSeconds: 60, cancelSeconds: 3, stallSeconds: 300 },
        turns: "released",
        agents: {},
      });
    },
  );

  test("keeps what the user wrote beside the defaults", () => {
    const settings = parseSettings({
      harness: { command: ["/opt/agent", "--acp"], env: { LANG: "C" } },
      timeouts: { cancelSeconds: 0.5 },
    });
    expect(settings.harness).toMatchObject({ command: ["/opt/agent", "--acp"], package: "claude-agent-acp" });
    expect(settings.timeouts).toEqual({ startSeconds: 60, cancelSeconds: 0.5, stallSeconds: 300 });
  });

  test.each([
    [{ sessionsPerAdaptor: 2 }, '"sessionsPerAdaptor" is not a setting (did you mean "sessionsPerAdapter"?)'],
    [{ harness: { Path: "/a" } }, '"harness.Path" is not a setting (did you mean "harness.path"?)'],
    [{ passEnv: ["A"] }, '"passEnv" is not a setting (did you mean "harness.passEnv"?)'],
    [
      { agents: { cc: { modle: "opus" } } },
      '"agents.cc.modle" is not a setting (did you mean "agents.cc.model"?)',
    ],
    [{ colour: "red" }, '"colour" is not a setting.'],
    [{ delivery: "loud" }, '"delivery" must be one of "live", "final"'],
    [{ sessionsPerAdapter: 0 }, '"sessionsPerAdapter" must be at least 1'],
    [{ sessionsPerAdapter: 33 }, '"sessionsPerAdapter" must be at most 32'],
    [{ sessionsPerAdapter: 1.5 }, '"sessionsPerAdapter" must be a whole number'],
    [{ model: "" }, '"model" must not be empty'],
    [{ model: 5 }, '"model" must be a text'],
    [{ harness: { path: "adapters/claude" } }, '"harness.path" must be an absolute path'],
    [{ harness: { command: ["claude"] } }, '"harness.command.0" must be an absolute path'],
    [
      { harness: { command: "claude --acp" } },
      '"harness.command" must be a list whose first word is an absolute path',
    ],
    [{ harness: { command: [] } }, '"harness.command.0" must be an absolute path'],
    [{ harness: { passEnv: ["A B"] } }, '"harness.passEnv.0" must be the name of an environment variable'],
    [{ harness: { env: { "1": "x" } } }, '"harness.env.1" must be the name of an environment variable'],
    [{ agents: { "Big Agent": {} } }, '"agents.Big Agent" must be an agent id'],
    ["loud", "they must be an object"],
  ])("refuses %j and names the allowed form", (raw, sentence) => {
    expect(refusal(raw).message).toContain(sentence);
  });

  test("names every wrong key at once and tells where to correct them", () => {
    const failure = refusal({ turns: "never", harness: { pakage: "x" } });
    expect(failure).toMatchObject({
      code: "invalid",
      next: nextSaying("plugins.entries.contractor"),
    });
    expect(failure.message).toMatch(/"turns" .*"harness\.pakage"|"harness\.pakage" .*"turns"/);
  });

  test("never repeats a value, which could be a secret", () => {
    expect(refusal({ harness: { env: { TOKEN: { leaked: "sk-secret" } } } }).message).not.toContain(
      "sk-secret",
    );
  });
});

describe("settingsFor", () => {
  const settings = parseSettings({
    model: "sonnet",
    agents: { cc: { model: "opus", cwd: "/srv/shop" }, quiet: { delivery: "final" } },
  });

  test("lets an agent's own settings win", () => {
    expect(settingsFor(settings, "cc")).toMatchObject({ model: "opus", cwd: "/srv/shop", delivery: "live" });
    expect(settingsFor(settings, "quiet")).toMatchObject({ model: "sonnet", delivery: "final" });
  });

  test.each(["other", "constructor", "__proto__"])("gives the general settings to the agent %s", (id) => {
    const { agents: _, ...general } = settings;
    expect(settingsFor(settings, id)).toEqual(general);
  });
});

function refusal(raw: unknown): Failure {
  try {
    parseSettings(raw);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error("these settings were accepted");
}
