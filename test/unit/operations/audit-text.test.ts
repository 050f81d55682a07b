// The audit in a chat: a command is shown as it is, whatever Markdown would make of it.
import { expect, test } from "vitest";
import { auditOperation } from "../../../src/operations/permission/audit-list.ts";

const entry = {
  at: "2026-11-26T10:00:00.000Z",
  agentId: "cc",
  sessionKey: "agent:cc:one",
  tool: "Bash",
  decision: "allowed",
  how: "reply",
};

test.each([
  ["rm __init__.py _x_", "`rm __init__.py _x_`"],
  ["echo `date` *", "``echo `date` *``"],
  ["npm test", "npm test"],
])("%j is shown as %j", (title, shown) => {
  const operation = auditOperation(() => ({ append: async () => {}, last: async () => [] }));
  expect(operation.text({ entries: [{ ...entry, title }] })).toBe(
    `2026-11-26 10:00:00  cc  allowed (reply)  ${shown}`,
  );
});
