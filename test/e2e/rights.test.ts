// Who may do what: loosening is for who may approve, beyond the settings for the owner, on every surface; an answer is a person's own.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ASKED, AT_ONCE, workbench } from "../support/approvals.ts";
import { type Bench, type Bound, bound, startBench } from "../support/e2e.ts";
import { METHODS, RIGHTS, WHO, type Who } from "../support/rights.ts";

const ROOM = { id: -4_300 };
const PEOPLE: Record<Who, { id: number; username: string }> = {
  owner: { id: 501, username: "ada" },
  approver: { id: 502, username: "bob" },
  commander: { id: 503, username: "cyd" },
  member: { id: 900, username: "eve" },
};

describe("in a chat", () => {
  let bench: Bench;
  let group: Bound;
  const dir = mkdtempSync(join(tmpdir(), "contractor-elsewhere-"));
  beforeAll(async () => {
    const telegram = {
      ...{ dmPolicy: "allowlist", allowFrom: ["501", "502", "503"] },
      execApprovals: { enabled: true, approvers: [501, 502] },
    };
    // Private chats are routed to the agent, each a session of its own.
    const bindings = [{ agentId: "cc", match: { channel: "telegram", accountId: "default" } }];
    bench = await startBench({ owners: [501], config: { ...AT_ONCE, channels: { telegram }, bindings } });
    group = await bound(bench, { ...ROOM, from: PEOPLE.owner });
  });
  afterAll(async () => {
    await bench?.dispose();
    rmSync(dir, { recursive: true, force: true });
  });
  const { asks, answers, made, touch } = workbench(() => bench);

  it("each kind of person may do what the table says, in a private chat", { timeout: 240_000 }, async () => {
    // Their private chats share one session, as the host has it by default.
    for (const who of WHO.filter((one) => one !== "member")) {
      const chat = bench.telegram.chat({ from: PEOPLE[who] });
      for (const { types, done, may } of RIGHTS) {
        chat.says("/cc mode plan");
        await chat.hears(/^mode: plan$/);
        const from = chat.messages().length;
        chat.says(types.replace("DIR", dir));
        const { text } = await chat.hears((message) => chat.messages().indexOf(message) >= from);
        expect([who, types, done.test(text), text]).toEqual([who, types, may.includes(who), text]);
      }
    }
  });

  it("a member of an open group may do nothing of it", async () => {
    const member = bench.telegram.chat({ ...ROOM, from: PEOPLE.member });
    for (const words of ["/cc mode acceptEdits", "/cc mode plan", `/cc restart ${dir}`]) {
      const from = group.messages().length;
      member.says(words);
      const { text } = await group.hears((message) => group.messages().indexOf(message) >= from);
      expect(text).toMatch(/may give commands here|not authorized/);
    }
    for (const words of ["/acp set-mode acceptEdits", "/acp permissions acceptEdits"]) member.says(words);
    bench.telegram.chat({ ...ROOM, from: PEOPLE.commander }).says("/acp permissions acceptEdits");
    group.says("/cc mode");
    expect((await group.hears(/^mode: /)).text).toContain("mode: ask");
  });

  it("an answer is not forwarded, not older than the question, and no reply to something else", async () => {
    group.says("remember limes");
    const other = await group.hears("OK, limes.");
    const asked = await asks(group, touch("own"));
    await answers(group, "what?");
    await group.hears(/still waiting/);
    group.says("1", { forwardedFrom: "Mallory" });
    await group.hears("A forwarded message is no answer.");
    group.says("y", { sentAt: Date.now() - 20 * 60_000 });
    await group.hears("That was written before the question could be read");
    group.says("y", { replyTo: other });
    await group.hears("That is a reply to something else");
    for (const word of ["no problem, go ahead", "9"]) group.says(word);
    group.says("/cc status");
    await group.hears(/directory:/);
    expect(made("own")).toBe(false);
    group.says("y", { replyTo: asked });
    await group.hears(/^✅ Allowed once by @ada\.$/);
    await group.hears("Done:");
    expect(made("own")).toBe(true);
  });

  it("and a typed 允许 is once", async () => {
    await asks(group, touch("once"));
    await answers(group, "允许");
    await group.hears(/^✅ Allowed once by @ada\.$/);
    await group.hears("Done:");
    bench.model.will(touch("once"));
    group.says("again");
    await group.hears(ASKED);
    await answers(group, "n");
    await group.hears("Done:");
  });

  describe("over the gateway", () => {
    it.each(METHODS)("$does ($method) needs $needs", async ({ method, params, needs }) => {
      const session = group.sessionKey;
      const ladder = ["operator.write", "operator.approvals", "operator.admin"] as const;
      for (const scope of ladder) {
        await bench.gateway.call("contractor.mode", { value: "plan", session });
        const scopes = scope === "operator.admin" ? [scope] : ["operator.write", scope];
        const given = "cwd" in params ? { cwd: dir } : params;
        const tried = bench.gateway.call(method, { ...given, session }, { scopes });
        if (ladder.indexOf(scope) < ladder.indexOf(needs)) await expect(tried).rejects.toThrow();
        else await tried;
      }
    });
  });
});
