// The archive for a fault report holds what it says, and nothing that was planted where it reads.
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FrameRing } from "../../../adapters/frame-ring.ts";
import { tgz } from "../../../common/tgz.ts";
import { parseSettings } from "../../../src/config.ts";
import { pluginLog } from "../../../src/host/plugin-log.ts";
import { type BundlePorts, bundleText, makeBundle } from "../../../src/operations/agents/bundle.ts";
import type { LiveParts } from "../../../src/operations/agents/live-parts.ts";
import { writeDated, writeNewFile } from "../../../state/new-file.ts";
import type { SessionEntry } from "../../../state/session-map.ts";
import { unpacked } from "../../support/unpack.ts";

const KEY = "sk-ant-api03-PLANTEDaaaabbbb";
/** Each is planted in one place; none may be in the archive. */
const PLANTED = {
  environment: "PLANTED-environment-value",
  argument: "PLANTED-argument",
  lease: "PLANTED-lease-word",
  prompt: "PLANTED prompt",
  output: "PLANTED output",
  extra: "PLANTED unknown key",
  chat: "-100777888999",
  thread: "4242",
  person: "person777",
  key: "PLANTEDaaaabbbb",
};

const settings = parseSettings({
  model: `https://user:${KEY}@proxy.example/model`,
  harness: {
    env: { ANTHROPIC_API_KEY: KEY, PLAIN_NAME: PLANTED.environment },
    passEnv: ["GITHUB_TOKEN"],
    command: ["/opt/agent", "--acp", PLANTED.argument],
  },
});

const GROUP = `agent:cc:telegram:group:${PLANTED.chat}:topic:${PLANTED.thread}`;
const entry = {
  openclawSessionKey: GROUP,
  agentId: "cc",
  claudeSessionId: "11111111-2222",
  backendSessionId: "b",
  cwd: "/work",
  name: `boat ${KEY}`,
  state: "active",
  generation: 1,
  createdAt: "2026-01-01T00:00:00.000Z",
  lastActivityAt: "2026-01-01T00:00:00.000Z",
  route: { channel: "telegram", to: `telegram:${PLANTED.chat}`, threadId: 4_242 },
  retired: [{ claudeSessionId: "3", retiredAt: "2026", reason: `token=${KEY}` }],
  somethingElse: PLANTED.extra,
} as SessionEntry;

function liveParts(withText: boolean): LiveParts {
  const ring = new FrameRing();
  const prompt = [{ type: "text", text: `${PLANTED.prompt} ${KEY}` }];
  ring.record("sent", { id: 1, method: "session/prompt", params: { sessionId: "s", prompt } });
  const update = { sessionUpdate: "tool_call_update", rawOutput: PLANTED.output, title: PLANTED.output };
  ring.record("received", { method: "session/update", params: { sessionId: "s", update } });
  const log = pluginLog({ info: () => {}, warn: () => {}, error: () => {} });
  log.info(`bound cc:${PLANTED.chat}, again in ${GROUP}`);
  log.error(`the adapter said: api_key=${KEY}`);
  const session = {
    agentId: "cc",
    state: "ready",
    cwd: "/work",
    queued: 0,
    lastActivityAt: "2026-01-01T00:00:00Z",
  };
  const sessionKey = `agent:cc:matrix:direct:@${PLANTED.person}:server.org`;
  return {
    live: {
      pid: 10,
      sessions: [{ ...session, sessionKey, name: KEY }],
      adapters: [{ pid: 11, sessions: 1 }],
    },
    adapters: [{ pid: 11, ended: false, cut: 0, frames: ring.read({ withText }).map((one) => ({ ...one })) }],
    log: log.tail(),
  };
}

const ports: BundlePorts = {
  versions: async () => ({ plugin: "0.1.0", openclaw: "2026.9.6", node: "24.16.0" }),
  settings: () => settings,
  agents: () => [
    { id: "main", workspace: "/main" },
    { id: "cc", workspace: "/cc", contractor: {} },
  ],
  sessions: async (workspace) => (workspace === "/cc" ? [entry] : []),
  leases: async () => [
    {
      ...{ pid: 11, startTime: "1", ownerPid: 10, ownerStartTime: "0", createdAt: "2026" },
      command: `/usr/bin/node /opt/agent/index.js --key ${PLANTED.lease}`,
    },
  ],
  live: async ({ withText }) => ({ parts: liveParts(withText) }),
};
const asked = {
  findings: [{ level: "warn" as const, what: `It said: password=${KEY}` }],
  withText: false,
  signal: new AbortController().signal,
  at: new Date("2026-01-02T03:04:05Z"),
};

describe("the archive", () => {
  test("holds none of the planted secrets, in any byte", async () => {
    const { bytes } = await makeBundle(ports, asked);
    const { raw } = await unpacked(bytes);
    for (const [where, planted] of Object.entries(PLANTED))
      expect(raw.includes(planted), `the ${where}`).toBe(false);
    expect(raw).not.toContain("PLANTED");
  });

  test("holds the files it names, and each is what it says", async () => {
    const { bytes, holds, leftOut } = await makeBundle(ports, asked);
    const { files } = await unpacked(bytes);
    expect([...files.keys()]).toEqual([
      ...["README.txt", "versions.json", "settings.json", "doctor.json", "session-maps/cc.json"],
      ...["leases.json", "live.json", "frames-11.json", "log.txt"],
    ]);
    const read = (name: string) => JSON.parse(files.get(name) ?? "");
    expect(read("versions.json")).toMatchObject({ plugin: "0.1.0" });
    expect(read("settings.json")).toMatchObject({
      model: "[left-out]",
      harness: {
        env: { ANTHROPIC_API_KEY: "[redacted]", PLAIN_NAME: "[left-out]" },
        passEnv: ["GITHUB_TOKEN"],
        command: "/opt/agent … …",
      },
    });
    expect(read("session-maps/cc.json")).toMatchObject([
      { claudeSessionId: "11111111-2222", name: "boat [redacted]", route: { channel: "telegram" } },
    ]);
    expect(read("leases.json")).toMatchObject([
      { pid: 11, command: "/usr/bin/node /opt/agent/index.js … …" },
    ]);
    expect(read("frames-11.json").frames).toHaveLength(2);
    for (const name of [...files.keys()].slice(1)) expect(files.get("README.txt")).toContain(name);
    expect(bundleText({ file: "/f.tgz", bytes: 1_234, holds, leftOut })).toMatch(
      /^Wrote \/f\.tgz \(1 kB\)\.\nIn it: .*1 session map, leases, 2 frames of 1 adapter, 2 log lines\.\nLeft out: all words/,
    );
  });

  test("tells conversations apart without telling where they are", async () => {
    const { files } = await unpacked((await makeBundle(ports, asked)).bytes);
    const [{ openclawSessionKey = "" } = {}] = JSON.parse(files.get("session-maps/cc.json") ?? "");
    expect(openclawSessionKey).toMatch(/^agent:cc:telegram:group:<place \d>:topic:<place \d>$/);
    const group = /<place \d>/.exec(openclawSessionKey)?.[0];
    expect(files.get("log.txt")).toContain(`bound cc:${group}, again in ${openclawSessionKey}`);
  });

  test("with the words asked for, holds them, and still no secret", async () => {
    const { files, raw } = await unpacked((await makeBundle(ports, { ...asked, withText: true })).bytes);
    expect(files.get("frames-11.json")).toContain(PLANTED.prompt);
    expect(files.get("frames-11.json")).toContain(PLANTED.output);
    expect(raw).not.toContain(PLANTED.key);
  });

  test("is made all the same where a part cannot be read, and says which", async () => {
    const broken = async () => Promise.reject(new Error(`no such file, token=${KEY}`));
    const without: BundlePorts = {
      ...{ ...ports, versions: broken, sessions: broken, leases: broken },
      settings: () => parseSettings({ nonsense: KEY }),
      live: async () => ({ missing: "the gateway could not be asked (nothing listens)" }),
    };
    const { bytes, holds, leftOut } = await makeBundle(without, asked);
    const { files, raw } = await unpacked(bytes);
    for (const name of ["versions", "settings", "leases", "session-maps/cc"])
      expect(JSON.parse(files.get(`${name}.json`) ?? "")).toEqual({ problem: expect.any(String) });
    expect(holds).toContain("no frames");
    expect(leftOut.at(-1)).toContain("the gateway could not be asked");
    expect(files.get("README.txt")).toContain("the gateway could not be asked");
    expect(raw).not.toContain(PLANTED.key);
  });
});

test("an archive takes no name that leaves it, and none that is too long", () => {
  for (const name of ["../x", "/x", "a//b", "x".repeat(101), "a b"])
    expect(() => tgz([{ name, text: "" }], new Date())).toThrow(TypeError);
});

describe("a file that is written once", () => {
  let dir: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "contractor-new-file-"));
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  test("is for its owner alone, and never takes another's place", async () => {
    const file = join(dir, "once");
    expect(await writeNewFile({ file, bytes: Buffer.from("1") })).toBe(true);
    expect(await writeNewFile({ file, bytes: Buffer.from("22") })).toBe(false);
    const { mode, size } = await stat(file);
    expect([mode & 0o777, size]).toEqual([0o600, 1]);
  });

  test("is one of the last that are kept, and two of one second are two", async () => {
    const folder = join(dir, "dated");
    for (const name of ["a", "b", "b", "c"])
      await writeDated({ dir: folder, name, ending: ".tgz", bytes: Buffer.from(name), keep: 3 });
    expect((await readdir(folder)).sort()).toEqual(["b-2.tgz", "b.tgz", "c.tgz"]);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
  });
});
