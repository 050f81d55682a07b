// What may stand in our files: whatever it is, work goes on, what is good in it is kept, and a copy of what is not.
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { StateError } from "../../../state/error.ts";
import { listInboxes, openInbox } from "../../../state/inbox.ts";
import { listLeases, reapLeases } from "../../../state/lease.ts";
import type { Lock } from "../../../state/lock.ts";
import { sessionMapPath } from "../../../state/map-place.ts";
import { openRules } from "../../../state/rules.ts";
import { openSessionMap } from "../../../state/session-map.ts";
import { tempDir } from "../../support/poll.ts";
import { anyJson, anyText, bent, runs } from "./words.ts";

const RUNS = runs(60);
const NOW = "2026-11-20T03:00:00.000Z";
const ID = { agentId: "cc", sessionKey: "agent:cc:acp:one" };
const ENTRY = {
  openclawSessionKey: ID.sessionKey,
  agentId: "cc",
  claudeSessionId: "c",
  backendSessionId: "b",
  cwd: "/srv",
  state: "active" as const,
  generation: 1,
  createdAt: NOW,
  lastActivityAt: NOW,
  retired: [{ claudeSessionId: "r", retiredAt: NOW, reason: "reset" }],
};
const MAP = {
  version: 1,
  contractor: { agentId: "cc", kind: "claude", backend: "contractor", mode: "persistent", createdAt: NOW },
  sessions: [ENTRY, { ...ENTRY, openclawSessionKey: "agent:cc:acp:two" }],
};
const PROMPT = {
  id: "1",
  text: "hi",
  images: [],
  route: { channel: "t", to: "1" },
  acceptedAt: NOW,
  state: "accepted",
  generation: 1,
};
const INBOX = { version: 1, identity: ID, prompts: [PROMPT], done: ["0"] };
const INBOX_LINES = [
  INBOX,
  { op: "accept", prompt: { ...PROMPT, id: "2" } },
  { op: "submitted", id: "2", at: NOW },
  { op: "posted", id: "2", text: "so far" },
  { op: "done", ids: ["1"] },
];
const RULES = {
  version: 1,
  rules: [
    { id: "r", agentId: "cc", effect: "allow", tool: "Bash", match: "exact", text: "ls", createdAt: NOW },
  ],
};
const LEASE = {
  pid: 999_999,
  startTime: "1",
  command: "node x",
  ownerPid: 999_998,
  ownerStartTime: "1",
  createdAt: NOW,
};

// One process, one writer at a time: Document queues those by itself.
const lock: Lock = (_, task) => task();

function contentLike(good: object): fc.Arbitrary<string | Buffer> {
  return fc.oneof(
    bent(good).map((value) => JSON.stringify(value) ?? ""),
    anyJson.map((value) => JSON.stringify(value) ?? ""),
    anyText,
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    fc.nat(400).map((length) => JSON.stringify(good).slice(0, length)),
  );
}

function linesLike(good: object[]): fc.Arbitrary<string | Buffer> {
  const lines = good.map((one) => fc.oneof(fc.constant(JSON.stringify(one)), contentLike(one)));
  return fc.oneof(
    fc.tuple(...lines).map((all) => all.map((line) => `${line}\n`).join("")),
    fc.nat(700).map((length) =>
      good
        .map((one) => `${JSON.stringify(one)}\n`)
        .join("")
        .slice(0, length),
    ),
    contentLike(good[0] ?? {}),
  );
}

async function put(file: string, content: string | Buffer): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
}

// The one thing that stops work is a file that says it is a newer version's; and that one stays as it is.
async function unlessNewer(file: string, content: string | Buffer, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    expect(error).toBeInstanceOf(StateError);
    expect((error as StateError).code).toBe("newer-version");
    expect(await readFile(file)).toEqual(Buffer.from(content));
  }
}

describe("a file of ours with any content", () => {
  it("as the session map: entries that fit are kept, the next change is written, and the rest is beside it", async () => {
    await using folder = await tempDir("fuzz-map");
    const file = sessionMapPath(folder.path);
    await fc.assert(
      fc.asyncProperty(contentLike(MAP), async (content) => {
        await put(file, content);
        await unlessNewer(file, content, async () => {
          const kept: string[] = [];
          const map = openSessionMap({
            workspace: folder.path,
            lock,
            onCorrupt: (info) => kept.push(info.kept),
          });
          const before = (await map.read()).sessions.length;
          await map.upsert(ID, (entry) => ({ ...ENTRY, ...entry, generation: 7 }));
          const again = openSessionMap({
            workspace: folder.path,
            lock,
            onCorrupt: () => expect.fail("written badly"),
          });
          const { sessions } = await again.read();
          expect(sessions.length).toBeGreaterThanOrEqual(before);
          expect(
            sessions.find(
              (entry) => entry.openclawSessionKey === ID.sessionKey && entry.agentId === ID.agentId,
            ),
          ).toMatchObject({
            generation: 7,
          });
          for (const name of kept) expect(await readdir(dirname(name))).toContain(name.split("/").at(-1));
        });
      }),
      RUNS,
    );
  });

  it("as an inbox: what was accepted and can be read is not lost, and nothing runs in another conversation", async () => {
    await using folder = await tempDir("fuzz-inbox");
    const dir = join(folder.path, "inbox");
    await openInbox({ dir, identity: ID, lock, owner: true }).remember("0");
    const file = join(dir, (await readdir(dir))[0] ?? "");
    await fc.assert(
      fc.asyncProperty(linesLike(INBOX_LINES), async (content) => {
        await put(file, content);
        await unlessNewer(file, content, async () => {
          const inbox = openInbox({ dir, identity: ID, lock, owner: true });
          const prompt = { ...PROMPT, id: "new", state: "accepted" as const };
          const verdict = await inbox.accept(prompt);
          expect((await inbox.all()).some(({ id }) => id === "new")).toBe(
            verdict === "accepted" || (await inbox.knows("new")),
          );
          for (const one of await listInboxes({ dir, lock, owner: true, onRefused: () => {} }))
            expect(one.identity).toMatchObject(ID);
          await inbox.done("new");
          await inbox.drop();
        });
      }),
      RUNS,
    );
  });

  it("as remembered answers: what cannot be read allows nothing", async () => {
    await using folder = await tempDir("fuzz-rules");
    const file = join(folder.path, "rules.json");
    await fc.assert(
      fc.asyncProperty(contentLike(RULES), async (content) => {
        await put(file, content);
        await unlessNewer(file, content, async () => {
          const rules = openRules({ file, lock });
          for (const rule of await rules.all()) expect(["allow", "deny"]).toContain(rule.effect);
          await rules.add({ ...RULES.rules[0], id: "mine" } as Parameters<typeof rules.add>[0]);
          expect((await rules.all()).some(({ id }) => id === "mine")).toBe(true);
        });
      }),
      RUNS,
    );
  });

  it("as a lease: nothing is killed that it does not name in full", async () => {
    await using folder = await tempDir("fuzz-lease");
    const killed: number[] = [];
    const inspect = {
      startTime: async () => undefined,
      commandLine: async () => undefined,
      alive: async () => false,
    };
    await fc.assert(
      fc.asyncProperty(
        contentLike(LEASE),
        fc.constantFrom("999999.json", "1.json", "x.json", "-1.json"),
        async (content, name) => {
          await put(join(folder.path, name), content);
          await listLeases({ dir: folder.path });
          const killTree = async ({ pid }: { pid: number }) => killed.push(pid) > 0;
          await reapLeases({ dir: folder.path, graceMs: 1, inspect, killTree });
          expect(killed).toEqual([]);
        },
      ),
      RUNS,
    );
  });
});
