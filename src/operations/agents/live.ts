// What the gateway tells of its sessions: the answer of the method `contractor.live`.
import type { Sessions } from "../../session/sessions.ts";

/** Nothing lives where the plugin does not run: `sessions` is absent there. */
export async function liveSessions(sessions: Sessions | undefined) {
  if (!sessions) return { pid: process.pid, sessions: [], adapters: [] };
  const all = await Promise.all(
    sessions.all().map(async (session) => ({ identity: session.identity, status: await session.status() })),
  );
  const known = all.flatMap(({ identity, status: { entry, state, adapterPid, queued } }) => {
    if (!entry) return [];
    const { cwd, name, lastActivityAt, claudeSessionId } = entry;
    return [
      {
        ...identity,
        state,
        cwd,
        queued,
        lastActivityAt,
        ...(claudeSessionId === undefined ? {} : { claudeSessionId }),
        ...(name === undefined ? {} : { name }),
        ...(adapterPid === undefined ? {} : { adapterPid }),
      },
    ];
  });
  return { pid: process.pid, sessions: known, adapters: sessions.adapters() };
}
