// What one turn reads and writes on disk, in the order it happens, by how many conversations are in the map.
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { hostLock } from "../../../src/host/file-lock.ts";
import { SessionRecord } from "../../../src/session/record/session-record.ts";
import { openInbox } from "../../../state/inbox.ts";
import { sessionMapPath } from "../../../state/map-place.ts";
import { openSessionMap } from "../../../state/session-map.ts";
import { tempDir } from "../../support/poll.ts";
import type { Bench } from "../bench.ts";
import { add, figureOf, percentile } from "../stats.ts";

const MEASURED = 1_000;
const GROWTH = [10, 100, 1_000, 10_000];
const NOW = "2026-11-20T03:00:00.000Z";

/** A released turn in a live session (src/delivery/conversation.ts): looked up, accepted, submitted, posted and done. */
export async function statePerTurn(bench: Bench): Promise<void> {
  const grown: string[] = [];
  for (const entries of bench.quick ? [10, MEASURED] : GROWTH) {
    const times = await turnsOver(entries, bench.rounds(60, 15));
    if (entries === MEASURED) for (const ms of times) add(bench.samples, "state-per-turn", "ours", ms);
    const { median } = figureOf(times) ?? { median: 0 };
    grown.push(`${entries}: ${median.toFixed(1)} ms (p95 ${percentile(times, 95).toFixed(1)})`);
  }
  bench.note(`State of one turn by entries in the map: ${grown.join(", ")}.`);
}

async function turnsOver(entries: number, turns: number): Promise<number[]> {
  await using folder = await tempDir("bench-state");
  await fill(folder.path, entries);
  const identity = { agentId: "cc", sessionKey: keyOf(entries >> 1) };
  const map = openSessionMap({ workspace: folder.path, lock: hostLock });
  const inbox = openInbox({ dir: join(folder.path, "inbox"), identity, lock: hostLock, owner: true });
  const harness = { name: "Bench" };
  const now = () => new Date();
  const defaultCwd = () => "/";
  const record = new SessionRecord({
    identity,
    map,
    now,
    keptRetired: 50,
    harness,
    defaultCwd,
  });
  const times: number[] = [];
  for (let turn = 0; turn < turns + 3; turn++) {
    const from = performance.now();
    const { generation } = await record.ensure({ defaultCwd: "/" });
    const route = { channel: "telegram", to: "501" };
    const id = `m${turn}`;
    const text = "What do you think of this?";
    await inbox.accept({ id, text, images: [], route, acceptedAt: NOW, state: "accepted", generation });
    await record.prompted();
    await inbox.submitted(id);
    await Promise.all([inbox.posted(id, "I think that it is good."), inbox.done(id)]);
    // The first turns find nothing in memory, which a gateway does once.
    if (turn >= 3) times.push(performance.now() - from);
  }
  return times;
}

async function fill(workspace: string, count: number): Promise<void> {
  const sessions = Array.from({ length: count }, (_, at) => ({
    openclawSessionKey: keyOf(at),
    agentId: "cc",
    claudeSessionId: crypto.randomUUID(),
    backendSessionId: crypto.randomUUID(),
    cwd: "/home/user/projects/one-of-them",
    state: "active",
    generation: 2,
    createdAt: NOW,
    lastActivityAt: NOW,
    prompted: true,
    retired: [{ claudeSessionId: crypto.randomUUID(), retiredAt: NOW, reason: "reset" }],
  }));
  const file = sessionMapPath(workspace);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify({ version: 1, sessions }, null, 2)}\n`);
}

function keyOf(at: number): string {
  return `agent:cc:acp:${at.toString().padStart(8, "0")}-0000-4000-8000-000000000000`;
}
