// What the engine asks of the host's configuration: agents, workspaces, owners, and which names mean our harness.
import type { OpenClawConfig, OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";
import { HARNESS, KINDS, LATER } from "../../adapters/kinds.ts";
import { Failure } from "../../common/failure.ts";
import type { Log } from "../../common/log.ts";
import { openSessionMap, type SessionMap } from "../../state/session-map.ts";
import { type Settings, settingsFor } from "../config.ts";
import type { SessionDefaults } from "../session/parts.ts";
import type { Session } from "../session/session.ts";
import { type RosterAgent, roster } from "./agent-roster.ts";
import { hostLock } from "./file-lock.ts";
import { stateHome } from "./state-home.ts";

type Api = Pick<OpenClawPluginApi, "runtime">;

export function currentConfig(api: Api): OpenClawConfig {
  return api.runtime.config.current() as OpenClawConfig;
}

function workspaceOf(api: Api, agentId: string): string {
  return api.runtime.agent.resolveAgentWorkspaceDir(currentConfig(api), agentId);
}

/** The session map of an agent lies in its workspace; one object per workspace, so that its cache is shared. */
export function mapsOf(api: Api, log: Pick<Log, "warn">): (agentId: string) => SessionMap {
  const maps = new Map<string, SessionMap>();
  return (agentId) => {
    const workspace = workspaceOf(api, agentId);
    const known = maps.get(workspace);
    if (known) return known;
    const onCorrupt = ({ file, kept }: { file: string; kept: string }) =>
      log.warn(`${file} could not be read in full; what it held is kept as ${kept}`);
    const home = stateHome(api);
    const map = openSessionMap({ workspace, home, lock: hostLock, onCorrupt });
    maps.set(workspace, map);
    return map;
  };
}

export function defaultsOf(o: { api: Api; settings: Settings; agentId: string }): SessionDefaults {
  const config = currentConfig(o.api);
  const own = settingsFor(o.settings, o.agentId);
  const runtime = config.agents?.entries?.[o.agentId]?.runtime;
  const added = runtime?.type === "acp" ? runtime.acp?.cwd : undefined;
  return {
    cwd: own.cwd ?? added ?? workspaceOf(o.api, o.agentId),
    model: own.model ?? claudeModel(config.agents?.entries?.[o.agentId]?.model),
    profile: own.permissionMode,
    instructions: own.instructions,
    fallbackModel: own.fallbackModel,
    maxBudgetUsd: own.maxBudgetUsd,
  };
}

// `contractor-agents add --model` writes the model into the agent's entry, where the host passes it on for the main
// session only. One of another provider is the host's own business and none of Claude's.
function claudeModel(model: unknown): string | undefined {
  const name = typeof model === "string" ? model : undefined;
  return name !== undefined && /^(?:anthropic\/|claude-)/.test(name) ? name : undefined;
}

/**
 * The directory somebody named for a session; undefined where nobody did: `/acp spawn` then names the agent's workspace, and
 * the agent may work somewhere else.
 */
export async function namedCwd(
  api: Api,
  { identity, record }: Pick<Session, "identity" | "record">,
  named: string | undefined,
): Promise<string | undefined> {
  const unnamed = named === workspaceOf(api, identity.agentId) && (await record.read()) === undefined;
  return unnamed ? undefined : named;
}

/** The kind of harness an agent runs; the usual one where it names none that we have. */
export function kindOf(api: Api, agentId: string | undefined): string {
  const named = roster(api).find(({ id }) => id.toLowerCase() === agentId?.toLowerCase())?.contractor
    ?.harness;
  return KINDS.find(({ kind }) => kind === named)?.kind ?? HARNESS.kind;
}

/** The agent a session key names (`agent:<id>:…`); where it names none `otherwise`, or the host's default agent. */
export function ownerOf(api: Api, sessionKey: string, otherwise?: string): string {
  const named = /^agent:([^:]+):/.exec(sessionKey)?.[1];
  return named ?? otherwise ?? roster(api)[0]?.id ?? "main";
}

/**
 * `/acp spawn AGENT` hands the agent's id in as the harness: a contractor agent's id means its harness. `owner` is the
 * agent the session belongs to; the host opens sessions of agents that do not exist, and then loses every message.
 * @throws {Failure} "refused" for every other name, and for an owner that is not configured.
 */
export function requireHarness(api: Api, o: { name: string; owner: string }): void {
  const agents = roster(api);
  const named = agents.find(({ id }) => id === o.name)?.contractor?.harness ?? o.name;
  if (LATER.has(named)) {
    throw new Failure({
      code: "refused",
      message: `Contractor cannot run ${named} yet.`,
      next: { say: `Use ${kindNames()}.` },
    });
  }
  if (!KINDS.some(({ kind }) => kind === named)) {
    throw new Failure({
      code: "refused",
      message: `"${o.name}" is neither ${kindNames()} nor a contractor agent.`,
      next: { lead: "Add one", ...addCommand("ID") },
    });
  }
  // The host writes ids small, in session keys as well; a settings file may not.
  if (!agents.some(({ id }) => id.toLowerCase() === o.owner)) throw noSuchOwner(agents, o.owner);
}

function noSuchOwner(agents: readonly RosterAgent[], owner: string): Failure {
  const ours = agents.filter(({ contractor }) => contractor).map(({ id }) => id);
  return new Failure({
    code: "refused",
    message: `No agent is called "${owner}", so no message would reach that session.`,
    next:
      ours.length > 0
        ? [
            { say: `Contractor agents here: ${ours.join(", ")}.` },
            { lead: "Or add it", ...addCommand(owner) },
          ]
        : { lead: "Add it", ...addCommand(owner) },
  });
}

function addCommand(agentId: string) {
  return { run: "add", args: `--agent-id ${agentId} --workspace DIR --contractor ${HARNESS.kind}` } as const;
}

function kindNames(): string {
  return KINDS.map(({ kind }) => `"${kind}"`).join(" or ");
}
