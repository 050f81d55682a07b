// Session entries and prompts as the tests of state write them.
import type { InboxPrompt } from "../../../../state/inbox.ts";
import type { SessionEntry } from "../../../../state/session-map.ts";

export function entryOf(id: { agentId: string; sessionKey: string }): SessionEntry {
  return {
    openclawSessionKey: id.sessionKey,
    agentId: id.agentId,
    backendSessionId: `ours-${id.sessionKey}`,
    cwd: "/home/user/project",
    state: "active",
    generation: 0,
    createdAt: "2026-11-20T03:00:00.000Z",
    lastActivityAt: "2026-11-20T03:00:00.000Z",
    retired: [],
  };
}

export function promptOf(id: string, over: Partial<InboxPrompt> = {}): InboxPrompt {
  return {
    id,
    text: `words of ${id}`,
    images: [],
    route: { channel: "telegram", to: "1234", threadId: 7 },
    acceptedAt: "2026-11-20T03:00:00.000Z",
    state: "accepted",
    generation: 1,
    ...over,
  };
}
