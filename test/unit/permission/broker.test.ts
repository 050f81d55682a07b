// The broker with several uses at once: each is asked at once, and a rule made of one decides every other that it covers.
import { describe, expect, test } from "vitest";
import { createClaude } from "../../../adapters/claude/create.ts";
import { readTool } from "../../../adapters/claude/tools.ts";
import { silentLog } from "../../../common/log.ts";
import { conversationKey } from "../../../src/host/conversation-binding.ts";
import { AwaitedReplies } from "../../../src/permission/awaited-replies.ts";
import { PermissionBroker } from "../../../src/permission/broker.ts";
import { Presses } from "../../../src/permission/presses.ts";
import type { AuditEntry } from "../../../state/audit.ts";
import type { Rule } from "../../../state/rules.ts";
import { CHAT, identity, soon } from "../../support/asking.ts";
import { nativeApprovals } from "../../support/engine.ts";
import { requestOf } from "./hostile.ts";

const GROUP = { channel: "telegram", to: "telegram:-100" };
const denial: Rule = {
  ...{ id: "d", agentId: "cc", effect: "deny", tool: "Bash" },
  ...{ match: "prefix", text: "git push", createdAt: "" },
};

function workshop() {
  const rules: Rule[] = [];
  const audit: AuditEntry[] = [];
  const said: string[] = [];
  const replies = new AwaitedReplies(conversationKey);
  const harness = createClaude({
    config: () => ({ package: "claude-agent-acp", settingSources: [], env: {}, passEnv: [] }),
    root: "/nowhere",
    from: {},
  });
  const broker = new PermissionBroker({
    asking: {
      ...{ native: nativeApprovals(async () => undefined), replies, presses: new Presses(() => false) },
      ...{ unanswered: { note: () => () => {} }, mode: "auto", timeoutMs: 60_000, onKept: () => {} },
    },
    rulesOf: () => ({
      all: async () => [...rules],
      add: async (rule) => void rules.push(rule),
      remove: async () => false,
    }),
    audit: { append: async (entry) => void audit.push(entry), last: async () => audit },
    reach: "workspace",
    now: () => new Date(0),
    log: silentLog,
  });
  const turn = new AbortController();
  const wants = (command: string) => {
    const request = {
      ...requestOf("Bash", { command }),
      options: [
        { optionId: "yes", name: "Yes", kind: "allow_once" },
        { optionId: "no", name: "No", kind: "reject_once" },
      ],
    };
    return broker.decide({
      ...{ identity, harness, profile: "ask", request, tool: readTool(request, undefined), cwd: "/work" },
      ...{ conversations: [CHAT, GROUP], held: false, route: CHAT, signal: turn.signal },
      withdrawn: new AbortController().signal,
      say: (text, extras, place) => {
        said.push(`${place?.to}: ${text.replace(/\n[\s\S]*/, "")}`);
        extras?.shown(true);
      },
    });
  };
  const types = (text: string) =>
    replies.hear({ identity, route: CHAT }, { text, authorized: true, name: "@ada" });
  return { wants, types, said, rules, audit, turn };
}

const chosen = (option: string) => ({ answer: { outcome: { outcome: "selected", optionId: option } } });

describe("several uses at once", () => {
  test("are all asked, and an always decides the others it covers, in every place", async () => {
    const { wants, types, said, audit } = workshop();
    const all = [wants("npm test"), wants("npm test unit"), wants("make all")];
    await soon();
    expect(said).toHaveLength(6);
    expect(types("always 1")).toEqual({ is: "answer" });
    expect(await all[0]).toEqual(chosen("yes"));
    expect(await all[1]).toEqual(chosen("yes"));
    await soon();
    for (const place of [CHAT, GROUP])
      expect(said).toContain(`${place.to}: Question 2: ✅ Allowed by a rule made meanwhile.`);
    expect(audit).toContainEqual(
      expect.objectContaining({ title: expect.stringContaining("unit"), how: "rule" }),
    );
    types("n");
    types("n 3");
    expect(await all[2]).toEqual(chosen("no"));
  });

  test("a rule that denies wins over one that was just made", async () => {
    const { wants, types, said, rules } = workshop();
    const first = wants("git push origin");
    const second = wants("git push origin");
    await soon();
    rules.push(denial);
    types("always 1");
    expect([await first, await second]).toEqual([chosen("yes"), chosen("no")]);
    await soon();
    expect(said).toContain(`${CHAT.to}: Question 2: 🚫 Denied by a rule.`);
    expect(await wants("git push origin")).toMatchObject(chosen("no"));
  });

  test("that no rule covers go on, and none outlives its turn", async () => {
    const { wants, types, turn } = workshop();
    const first = wants("make all");
    const second = wants("make other");
    await soon();
    types("always 1");
    await first;
    turn.abort();
    expect(await second).toEqual({ answer: { outcome: { outcome: "cancelled" } } });
  });
});
