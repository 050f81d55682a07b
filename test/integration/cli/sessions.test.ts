// The sessions on the real command line: beside a running gateway, with none, and while both write.
import { mkdir, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SessionEntry } from "../../../state/session-map.ts";
import { AT_ONCE } from "../../support/approvals.ts";
import { type Bench, type Bound, bound, startBench } from "../../support/e2e.ts";
import { say } from "../../support/model.ts";
import { until } from "../../support/poll.ts";
import { ended, moved, refused, type SessionCli, sessionCli } from "../../support/session-cli.ts";
import { asks } from "../../support/talk.ts";
import { inTerminal } from "../../support/terminal.ts";

const WHO = "what do you remember?";
const NAME = "Füße über Bord";
// One of ours in the list, named and used.
const OWN = new RegExp(
  `^#\\d+ {2}${NAME} {2}\\w+ {2}.* ago {2}.*/cc\\n +claude {2}[\\w-]{36}\\n +last +\\w.*\\n +chat +telegram \\d+\\n +key +agent:`,
  "m",
);
// On a busy machine the host's own start takes long.
const SLOW = { timeout: 150_000 };

let bench: Bench;
let cli: SessionCli;
/** Six chats, each with a word it remembers. */
let chats: Record<"apple" | "beet" | "corn" | "dill" | "egg" | "goji", Bound>;

beforeAll(async () => {
  bench = await startBench({ config: AT_ONCE });
  cli = sessionCli(bench);
  for (const folder of ["shop", "other", "third"]) await mkdir(join(bench.gateway.root, folder));
  const remembers = async (word: string) => {
    const chat = await bound(bench);
    expect(await asks(chat, `remember ${word}`)).toBe(`OK, ${word}.`);
    return chat;
  };
  const words = ["apple", "beet", "corn", "dill", "egg", "goji"] as const;
  const made = await Promise.all(words.map(async (word) => [word, await remembers(word)] as const));
  chats = Object.fromEntries(made) as typeof chats;
  await cli.call("rename", { session: chats.apple.sessionKey, name: NAME });
}, SLOW.timeout);
afterAll(() => bench?.dispose());

describe.concurrent("beside a running gateway", SLOW, () => {
  it("a session of a terminal is listed with what was said, and adopted by the beginning of its id", async () => {
    const [shop, id] = [join(bench.gateway.root, "shop"), crypto.randomUUID()];
    await terminal(shop, "--session-id", id, "remember shoes");
    const { code, stdout, stderr } = await cli.type(["sessions", "--terminal", "shop"]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain(`\nClaude Code's own, in ${shop}:\n  ${id}  `);
    expect(stdout).toMatch(/^ {2}[\w-]{36} {2}\d+ s ago {2}remember shoes$/m);
    expect(stdout).toMatch(OWN);
    const { goji } = chats;
    expect(await cli.call("resume", { ref: id.slice(0, 8), into: goji.sessionKey })).toMatchObject({
      ...{ claudeSessionId: id, cwd: shop, sessionKey: goji.sessionKey },
    });
    expect(await asks(goji, WHO)).toBe("I remember shoes.");
    expect(await asks(goji, "/cc workdir")).toBe(shop);
  });

  it("fork, by name however it is typed: both have the past, and only one what comes after", async () => {
    const { apple, beet } = chats;
    const typed = "fu\u0308ße U\u0308BER bord";
    const seen = await cli.type(["fork", typed, "--into", beet.sessionKey]);
    expect(seen).toMatchObject({
      code: 0,
      stderr: "",
      stdout: expect.stringMatching(/^Forked\. .*original is/),
    });
    expect(await asks(beet, "remember blossom")).toBe("OK, blossom.");
    expect(await asks(beet, WHO)).toBe("I remember apple, blossom.");
    expect(await asks(apple, WHO)).toBe("I remember apple.");
    expect((await cli.entry(beet)).claudeSessionId).not.toBe((await cli.entry(apple)).claudeSessionId);
  });

  it("restart, by number, in a directory as it is typed; and back to the earlier one in its own", async () => {
    const { corn } = chats;
    const [{ claudeSessionId: before = "", cwd }, other] = [
      await cli.entry(corn),
      join(bench.gateway.root, "other"),
    ];
    const seen = await cli.type(["restart", "other", "--session", await cli.number(corn)]);
    expect(seen).toMatchObject({
      code: 0,
      stderr: "",
      stdout: expect.stringContaining(`New session in ${other}.`),
    });
    expect(await asks(corn, WHO)).toBe("I remember nothing.");
    expect(await asks(corn, "/cc workdir")).toBe(other);
    expect(await cli.call("resume", { ref: before.slice(0, 8) })).toMatchObject({
      claudeSessionId: before,
      cwd,
    });
    expect(await asks(corn, WHO)).toBe("I remember corn.");
  });

  it("kill, by # and number, in the middle of a turn: the chat is told, and nothing is forgotten", async () => {
    const { egg } = chats;
    bench.model.will("dig a hole", say("Dug.", { after: new Promise(() => {}) }));
    egg.says("dig a hole");
    await until("Claude to work", () => bench.model.prompts().includes("dig a hole"), { withinMs: 40_000 });
    const { sessionKey } = egg;
    expect(await cli.json(ended, ["kill", `#${await cli.number(egg)}`])).toEqual({
      agentId: "cc",
      sessionKey,
    });
    await egg.hears("The process of this session was ended. Send your message again to go on.");
    expect(await asks(egg, WHO)).toBe("I remember egg.");
  });

  it("close, by the whole id: the next message begins anew, and the id does not mean what came after it", async () => {
    const { dill } = chats;
    const { claudeSessionId: before = "" } = await cli.entry(dill);
    expect(await cli.call("close", { ref: before })).toMatchObject({ sessionKey: dill.sessionKey });
    expect((await cli.entry(dill)).state).toBe("closed");
    expect(await asks(dill, WHO)).toBe("I remember nothing.");
    await expect(cli.call("close", { ref: before })).rejects.toThrow(
      /is an earlier session of #\d+ .*resume/,
    );
    expect(await asks(dill, "remember dew")).toBe("OK, dew.");
  });

  it("an id nobody has is refused by name, with what was searched, and changes nothing", async () => {
    const main = { sessionKey: "agent:cc:main" };
    const before = await cli.entry(main);
    const seen = await cli.type(["resume", crypto.randomUUID(), "--into", main.sessionKey, "--json"]);
    expect(seen).toMatchObject({ code: 1, stderr: "" });
    const { error } = refused.parse(JSON.parse(seen.stdout));
    expect(error).toMatchObject({
      type: "invalid",
      next: expect.stringContaining("contractor-agents sessions"),
    });
    expect(error.message).toMatch(/list number, a name, a session key and a session id \(.*transcripts/);
    expect(await cli.entry(main)).toEqual(before);
  });
});

it("every command takes every kind of reference", async () => {
  const { goji } = chats;
  const { sessionKey } = goji;
  await cli.call("rename", { session: sessionKey, name: "goji berries" });
  const known = { ...(await cli.entry(goji)), number: await cli.number(goji) };
  const { claudeSessionId: id = "" } = known;
  for (const ref of [known.number, "GOJI berries", sessionKey, id, id.slice(0, 8)]) {
    expect(await cli.call("kill", { ref }), `kill ${ref}`).toMatchObject({ sessionKey });
    expect(await cli.call("resume", { ref }), `resume ${ref}`).toMatchObject({ claudeSessionId: id });
    expect(await cli.call("fork", { ref }), `fork ${ref}`).toMatchObject({ sessionKey });
    expect(await cli.call("resume", { ref: id }), `resume ${id}`).toMatchObject({ claudeSessionId: id });
    expect(await cli.call("restart", { session: ref }), `restart ${ref}`).toMatchObject({ sessionKey });
    expect(await cli.call("resume", { ref: id }), `resume ${id}`).toMatchObject({ claudeSessionId: id });
    expect(await cli.call("close", { ref }), `close ${ref}`).toMatchObject({ sessionKey });
    expect(await cli.call("resume", { ref: id }), `resume ${id}`).toMatchObject({ sessionKey });
    await cli.call("rename", { session: sessionKey, name: "goji berries" });
  }
  expect(await asks(goji, WHO)).toBe("I remember shoes.");
  expect(await cli.number(goji)).toBe(known.number);
  expect(await cli.call("forget", { ref: id.slice(0, 8) })).toMatchObject({ sessionKey });
  await expect(cli.call("kill", { ref: known.number })).rejects.toThrow(
    `No session is called "${known.number}"`,
  );
});

describe("with no gateway", SLOW, () => {
  const shoes = crypto.randomUUID();
  const extra = Array.from({ length: 20 }, (_, at) => `agent:cc:acp:extra-${at}`);

  it("they change the files, several at once while others write too, and nothing is lost", async () => {
    const { apple, beet, corn } = chats;
    await terminal(join(bench.gateway.root, "third"), "--session-id", shoes, "remember third");
    const [appleNumber, beetNumber] = await Promise.all([cli.number(apple), cli.number(beet)]);
    await bench.gateway.stop();
    const { claudeSessionId: appleId } = await cli.entry(apple);
    const [forked, resumed] = await Promise.all([
      cli.json(moved, ["fork", appleNumber, "--into", corn.sessionKey]),
      cli.json(moved, ["resume", shoes.slice(0, 9), "--into", `#${beetNumber}`]),
      ...extra.map((sessionKey) => cli.map().upsert({ agentId: "cc", sessionKey }, () => fresh(sessionKey))),
    ]);
    expect(forked).toMatchObject({ sessionKey: corn.sessionKey });
    expect(await cli.entry(corn)).toMatchObject({ forkOf: appleId });
    expect(resumed).toMatchObject({ claudeSessionId: shoes, cwd: join(bench.gateway.root, "third") });
    expect(await cli.entry(beet)).toMatchObject({ claudeSessionId: shoes, number: Number(beetNumber) });
    await allThere();
  });

  it("a gateway that starts in the middle loses nothing of it either", async () => {
    const { apple, beet, corn, dill, egg } = chats;
    const { claudeSessionId: id = "" } = await cli.entry(dill);
    const [closed, forgotten] = await Promise.all([
      cli.type(["close", id.slice(0, 12)]),
      cli.json(ended, ["forget", egg.sessionKey]),
      bench.gateway.start(),
    ]);
    expect(closed).toMatchObject({ code: 0, stderr: "", stdout: expect.stringMatching(/^Closed\./) });
    expect(forgotten).toEqual({ agentId: "cc", sessionKey: egg.sessionKey });
    expect(await cli.entry(dill)).toMatchObject({
      state: "closed",
      retired: [{ claudeSessionId: id, reason: "closed" }, expect.anything()],
    });
    expect(await cli.map().get({ agentId: "cc", sessionKey: egg.sessionKey })).toBeUndefined();
    await allThere();
    const answers = await Promise.all([apple, beet, corn, dill, egg].map((chat) => asks(chat, WHO)));
    const nothing = "I remember nothing.";
    expect(answers).toEqual([
      "I remember apple.",
      "I remember third.",
      "I remember apple.",
      nothing,
      nothing,
    ]);
  });

  it("one that finds none although one runs: the next message there finds what the files say", async () => {
    const { beet } = chats;
    const unreachable = { OPENCLAW_GATEWAY_PORT: "1" };
    const seen = await cli.type(["restart", "--session", beet.sessionKey], { env: unreachable });
    expect(seen).toMatchObject({ code: 0, stderr: "", stdout: expect.stringContaining("/third.") });
    expect(await asks(beet, WHO)).toBe("I remember nothing.");
    expect((await cli.entry(beet)).retired[0]).toMatchObject({ claudeSessionId: shoes, reason: "restarted" });
  });

  async function allThere(): Promise<void> {
    const { sessions } = await cli.map().read();
    const keys = sessions.map(({ openclawSessionKey }) => openclawSessionKey);
    expect(keys).toEqual(expect.arrayContaining(extra));
    expect(new Set(keys).size).toBe(keys.length);
    const numbers = sessions.flatMap(({ number }) => number ?? []);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect((await readdir(dirname(cli.map().file))).filter((name) => name.includes("corrupt"))).toEqual([]);
  }
});

function fresh(sessionKey: string): SessionEntry {
  const at = new Date().toISOString();
  const times = { createdAt: at, lastActivityAt: at };
  const ids = { openclawSessionKey: sessionKey, agentId: "cc", backendSessionId: sessionKey };
  return { ...ids, ...times, cwd: "/", state: "active", generation: 1, retired: [] };
}

async function terminal(cwd: string, ...args: string[]): Promise<void> {
  await inTerminal({ adapter: "claude-agent-acp", env: bench.model.env(), cwd, args });
}
