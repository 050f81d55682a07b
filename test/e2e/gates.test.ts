// Who may not speak to Claude, by the host's own rules: our door (released turns) and the host's dispatch (held turns) refuse alike.
import { writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Bench, type Bound, bound, inboxOf, promptsFromNow, startBench } from "../support/e2e.ts";
import { type Json, merge } from "../support/gateway-config.ts";
import { until } from "../support/poll.ts";

const STRANGER = 501;
const MEMBER = 502;
const GROUP = -3_003;

describe.each(["released", "held"])("with turns %s, the host's rules hold", (turns) => {
  let bench: Bench;
  let open: Json;
  let chat: Bound;
  let members: Bound;
  beforeAll(async () => {
    const only = [String(MEMBER)];
    const groups = { [GROUP]: { requireMention: false } };
    const club = {
      dmPolicy: "allowlist",
      allowFrom: only,
      groupPolicy: "allowlist",
      groupAllowFrom: only,
      groups,
    };
    const telegram = { accounts: { club, door: { dmPolicy: "pairing", allowFrom: only } } };
    bench = await startBench({
      accounts: ["club", "door"],
      pluginConfig: { turns, groups: { senderNames: true } },
      config: { channels: { telegram } },
    });
    open = await bench.gateway.readConfig();
    chat = await bound(bench, { from: { id: STRANGER } });
    members = await bound(bench, { id: GROUP, from: { id: MEMBER }, account: "club" });
  });
  afterAll(() => bench?.dispose());

  /** The running gateway goes on with this beside the bench's configuration. */
  async function ruled(rules: Json): Promise<void> {
    const from = bench.gateway.logs().length;
    await writeFile(bench.gateway.configFile, JSON.stringify(merge(open, rules), null, 2));
    const applied = () => bench.gateway.logs().slice(from).includes("hot reload applied");
    await until("the gateway to take up the rules", applied, {
      withinMs: 60_000,
      seen: () => bench.gateway.logs().slice(from),
    });
  }

  it.each<{ rules: string; acp: Json; refusal: string }>([
    {
      rules: "acp.dispatch.enabled: false",
      acp: { dispatch: { enabled: false } },
      refusal:
        "ACP error (ACP_DISPATCH_DISABLED): ACP dispatch is disabled by policy (acp.dispatch.enabled=false).\n" +
        "next: Enable acp.dispatch.enabled=true to allow thread-message ACP turns.",
    },
    {
      rules: "acp.enabled: false",
      acp: { enabled: false },
      refusal:
        "ACP error (ACP_DISPATCH_DISABLED): ACP is disabled by policy (acp.enabled=false).\n" +
        "next: Enable acp.dispatch.enabled=true to allow thread-message ACP turns.",
    },
    {
      rules: "acp.allowedAgents without ours",
      acp: { allowedAgents: ["somebody-else"] },
      refusal:
        'ACP error (ACP_SESSION_INIT_FAILED): ACP agent "cc" is not allowed by policy.\n' +
        "next: If this session is stale, recreate it with /acp spawn and rebind the thread.",
    },
  ])("$rules", async ({ acp, refusal }) => {
    await ruled({ acp });
    const prompts = promptsFromNow(bench);
    chat.says("let me in");
    expect((await chat.hears(() => true)).text).toBe(refusal);
    expect(await inboxOf(bench.gateway, chat)).toEqual([]);
    expect(prompts()).toEqual([]);
  });

  it("a chat whose tools are restricted", async () => {
    await ruled({ channels: { telegram: { direct: { [STRANGER]: { tools: { deny: ["exec"] } } } } } });
    const prompts = promptsFromNow(bench);
    chat.says("let me in");
    expect((await chat.hears(() => true)).text).toBe(
      "ACP error (ACP_DISPATCH_DISABLED): This session's bound runtime cannot enforce its permission or tool policy; " +
        "use an embedded runtime for this restricted conversation.\n" +
        "next: Enable acp.dispatch.enabled=true to allow thread-message ACP turns.",
    );
    expect(prompts()).toEqual([]);
  });

  it("a sender who is not on the list, in a group bound to Claude", async () => {
    const prompts = promptsFromNow(bench);
    bench.telegram.chat({ id: GROUP, from: { id: STRANGER }, account: "club" }).says("let me in");
    members.says("only me");
    await members.hears(/^Echo: [\s\S]*only me$/);
    // Of several people, Claude is told who writes.
    expect(prompts()).toEqual(["[Ada (@\u2060ada) writes:]\nonly me"]);
    expect(members.texts().join()).not.toContain("let me in");
  });

  it("a sender who is not paired", async () => {
    const prompts = promptsFromNow(bench);
    const outside = bench.telegram.chat({ from: { id: STRANGER }, account: "door" });
    outside.says("let me in");
    expect((await outside.hears(() => true)).text).toMatch(/access not configured[\s\S]*Pairing code/);
    expect(prompts()).toEqual([]);
  });

  it("once they are lifted, the same words get in", async () => {
    await ruled({});
    const prompts = promptsFromNow(bench);
    chat.says("let me in");
    await chat.hears("Echo: let me in");
    expect(prompts()).toEqual(["let me in"]);
  });
});
