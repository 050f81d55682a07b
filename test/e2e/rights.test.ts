// Who may do what: loosening is for who may approve, beyond the settings for the owner, on every surface; an answer is a person's own.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ASKED, AT_ONCE, workbench } from "../support/approvals.ts";
import { type Bench, type Bound, bound, startBench } from "../support/e2e.ts";
import { METHODS, RIGHTS, WHO, type Who } from "../support/rights.ts";
import type { Chat } from "../support/telegram.ts";

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
  let people: Record<Who, Chat>;
  beforeAll(async () => {
    const approvers = [501, 502];
    const channels = {
      telegram: {
        execApprovals: { enabled: true, approvers },
        allowFrom: ["501", "502", "503"],
        dmPolicy: "allowlist",
        groups: { "*": { requireMention: false, allowFrom: ["*"] } },
      },
    };
    bench = await startBench({ owners: [501], config: { ...AT_ONCE, channels } });
    group = await bound(bench, { ...ROOM, from: PEOPLE.owner });
    const chats = WHO.map((who) => [who, bench.telegram.chat({ ...ROOM, from: PEOPLE[who] })] as const);
    people = Object.fromEntries(chats) as Record<Who, Chat>;
  });
  afterAll(() => bench?.dispose());
  const { asks, answers, made, touch } = workbench(() => bench);

  it.each(RIGHTS)("$does: $types", async ({ types, done, may }) => {
    for (const who of WHO) {
      group.says("/cc mode plan");
      await group.hears(/^mode: plan$/);
      const from = group.messages().length;
      people[who].says(types);
      const news = () => group.messages().slice(from);
      const { text } = await group.hears(
        (message) => news().includes(message) && !/^Echo/.test(message.text),
      );
      expect([who, done.test(text), text]).toEqual([who, may.includes(who), text]);
    }
    group.says("/cc new");
    await group.hears("New session");
    group.says("/cc mode ask");
    await group.hears(/^mode: ask$/);
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

  it("/acp's own ways to loosen are the owner's", async () => {
    for (const words of ["/acp set-mode acceptEdits", "/acp permissions acceptEdits"]) {
      for (const who of ["commander", "member"] as const) people[who].says(words);
    }
    group.says("/cc mode");
    expect((await group.hears(/^mode: /)).text).toContain("mode: ask");
  });

  describe("over the gateway", () => {
    it.each(METHODS)("$does ($method) needs $needs", async ({ method, params, needs }) => {
      const session = group.sessionKey;
      const ladder = ["operator.write", "operator.approvals", "operator.admin"] as const;
      for (const scope of ladder) {
        await bench.gateway.call("contractor.mode", { value: "plan", session });
        const scopes = scope === "operator.admin" ? [scope] : ["operator.write", scope];
        const tried = bench.gateway.call(method, { ...params, session }, { scopes });
        if (ladder.indexOf(scope) < ladder.indexOf(needs)) await expect(tried).rejects.toThrow();
        else await tried;
      }
    });
  });
});
