// What Claude Code tells of its life beside ACP.
import { describe, expect, test } from "vitest";
import { modelIn, parseStatus } from "../../../adapters/claude/harness-status.ts";
import { SDK_MESSAGE } from "../../../adapters/claude/sdk-messages.ts";

const message = (fields: object) => ({ sessionId: "s", message: { type: "system", ...fields } });

describe("a sign of life", () => {
  test.each([
    [{ subtype: "session_state_changed", state: "running" }, { works: true }],
    [{ subtype: "session_state_changed", state: "requires_action" }, { works: true }],
    [{ subtype: "session_state_changed", state: "idle" }, { works: false }],
    [{ subtype: "background_tasks_changed", tasks: [] }, { inBackground: [] }],
    [
      {
        subtype: "background_tasks_changed",
        tasks: [
          { task_id: "1", description: "npm run dev" },
          { description: "own", ambient: true },
        ],
      },
      { inBackground: ["npm run dev"] },
    ],
    [
      { subtype: "init", mcp_servers: [{ name: "tiny", status: "connected", source: "project" }], tools: [] },
      { servers: [{ name: "tiny", status: "connected" }] },
    ],
    [{ subtype: "session_state_changed", state: "dreaming" }, undefined],
    [{ subtype: "api_retry", attempt: 3 }, undefined],
  ])("%j is %j", (fields, sign) => expect(parseStatus(SDK_MESSAGE, message(fields))).toEqual(sign));

  test("is in no other notification", () => {
    expect(
      parseStatus("session/update", message({ subtype: "session_state_changed", state: "idle" })),
    ).toBeUndefined();
    expect(parseStatus(SDK_MESSAGE, null)).toBeUndefined();
  });
});

test("the model of a usage update is read where it is named", () => {
  expect(modelIn({ _meta: { "_claude/model": "claude-opus-5-5" } })).toBe("claude-opus-5-5");
  expect(modelIn({ used: 1 })).toBeUndefined();
});
