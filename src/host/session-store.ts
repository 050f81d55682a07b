// The host's ACP sessions that are ours: whether an agent's main session is one, and which owners are no agents.
import { randomUUID } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";
import { BACKEND } from "../../common/names.ts";
import type { UnconfiguredOwner } from "../operations/agents/doctor.ts";
import { roster } from "./agent-roster.ts";

type Api = Pick<OpenClawPluginApi, "runtime">;

/** The key the host gives the main session of an agent (`session.mainKey` renames it). */
export async function mainSessionKey(api: Api, agentId: string): Promise<string> {
  const { buildAgentMainSessionKey } = await import("openclaw/plugin-sdk/routing");
  return buildAgentMainSessionKey({ agentId, mainKey: api.runtime.config.current().session?.mainKey });
}

/** Whether the host keeps this session as an ACP session behind our backend. */
export async function isOurs(api: Api, session: { agentId: string; sessionKey: string }): Promise<boolean> {
  const { readAcpSessionEntry } = await import("openclaw/plugin-sdk/acp-runtime");
  return readAcpSessionEntry({ cfg: api.runtime.config.current(), ...session })?.acp?.backend === BACKEND;
}

/**
 * The host gives a page of webchat its row with the first turn it runs there. Where we answer instead, the row must be
 * there as well, or nothing of the page is kept.
 */
export async function ensurePage(api: Api, sessionKey: string): Promise<void> {
  await api.runtime.agent.session.patchSessionEntry({
    sessionKey,
    fallbackEntry: { sessionId: randomUUID(), updatedAt: Date.now() },
    update: (_, { existingEntry }) => (existingEntry ? null : {}),
  });
}

/**
 * Agents that own sessions of ours and are not configured: `/acp spawn claude` makes such a session without complaint.
 * The host keeps each owner's sessions below `<stateDir>/agents/<id>`.
 */
export async function unconfiguredOwners(api: Api): Promise<UnconfiguredOwner[]> {
  const known = new Set(roster(api).map((agent) => agent.id.toLowerCase()));
  const owners = await readdir(join(api.runtime.state.resolveStateDir(), "agents")).catch(() => []);
  const unconfigured: UnconfiguredOwner[] = [];
  for (const agentId of owners.filter((id) => !known.has(id))) {
    const keys = api.runtime.agent.session
      .listSessionEntries({ agentId })
      .map((session) => session.sessionKey);
    const ours = await Promise.all(keys.map((sessionKey) => isOurs(api, { agentId, sessionKey })));
    const sessions = ours.filter(Boolean).length;
    if (sessions > 0) unconfigured.push({ agentId, sessions });
  }
  return unconfigured;
}
