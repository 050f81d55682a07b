// The settings as a user, or a program, may leave them: read, or refused with a sentence that repeats no value.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Failure } from "../../../common/failure.ts";
import { parseSettings, settingsFor } from "../../../src/config.ts";
import { anyJson, anyText, bent, runs } from "./words.ts";

const SECRET = "sk-ant-SECRETSECRETSECRET";
const GOOD = {
  harness: { package: "claude-agent-acp", env: { TOKEN: SECRET }, passEnv: ["A"], settingSources: ["user"] },
  sessionsPerAdapter: 4,
  model: SECRET,
  permissionMode: "ask",
  approvals: { ask: "auto", timeoutSeconds: 60 },
  timeouts: { startSeconds: 10, cancelSeconds: 3, stallSeconds: 30 },
  agents: { cc: { model: SECRET, cwd: "/srv" } },
};

describe("settings of any form", () => {
  it("are read, or refused by name and without a value of theirs", () => {
    fc.assert(
      fc.property(fc.oneof(bent(GOOD), anyJson), anyText, (raw, agentId) => {
        try {
          const settings = parseSettings(raw);
          expect(parseSettings(settings)).toEqual(settings);
          expect(settingsFor(settings, agentId)).not.toHaveProperty("agents");
        } catch (error) {
          expect(error).toBeInstanceOf(Failure);
          const failure = error as Failure;
          expect(failure.code).toBe("invalid");
          expect(failure.message).not.toContain(SECRET);
          expect(failure.message.length).toBeLessThan(20_000);
        }
      }),
      runs(600),
    );
  });
});
