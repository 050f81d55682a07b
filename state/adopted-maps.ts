// The maps of workspaces, taken over once: until the state kept them the workspace's own was the map.
import { mkdir, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Lock } from "./lock.ts";
import { sessionMapPath } from "./map-place.ts";
import { openSessionMap } from "./session-map.ts";

/**
 * Later a map in a workspace is nothing but a file somebody may have put there. `home` is `<OpenClaw state dir>/contractor`. `onUnread` is
 * told of each map that cannot be read; it stays beside its place as `session-map.json.unread`.
 */
export async function adoptMaps(o: {
  home: string;
  workspaces: readonly string[];
  lock: Lock;
  onUnread: (error: unknown) => void;
}): Promise<void> {
  const { home, workspaces, lock, onUnread } = o;
  const done = join(home, "sessions", ".adopted");
  if ((await stat(done).catch(() => undefined)) !== undefined) return;
  await mkdir(join(home, "sessions"), { recursive: true, mode: 0o700 });
  for (const workspace of new Set(workspaces)) {
    try {
      await adopt({ home, workspace, lock });
    } catch (error) {
      onUnread(error);
      const map = sessionMapPath(workspace);
      await rename(map, `${map}.unread`).catch(onUnread);
    }
  }
  await writeFile(done, "");
}

async function adopt({
  home,
  workspace,
  lock,
}: {
  home: string;
  workspace: string;
  lock: Lock;
}): Promise<void> {
  const before = await openSessionMap({ workspace, lock }).read();
  const map = openSessionMap({ workspace, home, lock });
  if (before.sessions.length === 0 || (await map.read()).sessions.length > 0) return;
  if (before.contractor) await map.init(before.contractor);
  for (const entry of before.sessions)
    await map.upsert({ agentId: entry.agentId, sessionKey: entry.openclawSessionKey }, () => entry);
}
