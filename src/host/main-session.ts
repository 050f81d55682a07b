// Makes the main session of a contractor agent an ACP session, so that webchat and `openclaw agent` reach Claude.
import type { OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";
import { describe, Failure } from "../../common/failure.ts";
import type { Log } from "../../common/log.ts";
import { BACKEND } from "../../common/names.ts";
import { identityKey } from "../../state/identity.ts";
import type { MainSession } from "../operations/agents/add.ts";
import type { GatewayReply } from "../surfaces/gateway-client.ts";
import { type RosterAgent, roster } from "./agent-roster.ts";
import { askGateway } from "./gateway-call.ts";
import { isOurs, mainSessionKey } from "./session-store.ts";

type Api = Pick<OpenClawPluginApi, "runtime">;
type Contractor = NonNullable<RosterAgent["contractor"]>;

/** Gateway method that does it for one agent; the CLI calls it after `add`. */
export const INITIALIZE_METHOD = "contractor.initialize";
const RELOAD_MS = 15_000;
const PAUSE_MS = 500;

/**
 * Runs in the gateway, with our backend registered. Resolves to what it found: "made" now or "there" already.
 * @throws {Failure} "invalid" when the running configuration has no such contractor agent (yet).
 */
export async function ensureMainSession(api: Api, agentId: string): Promise<"made" | "there"> {
  return await ensureAcpSession(api, { agentId, sessionKey: await mainSessionKey(api, agentId) });
}

/**
 * The same for any session of a contractor agent: a conversation that was routed to it, or one the host began anew or has let
 * go of. `cwd` is where it works already, where it does.
 */
export async function ensureAcpSession(
  api: Api,
  session: { agentId: string; sessionKey: string },
  cwd?: string,
): Promise<"made" | "there"> {
  const contractor = roster(api).find((agent) => agent.id === session.agentId)?.contractor;
  if (!contractor) throw notAContractor(session.agentId);
  if (await isOurs(api, session)) return "there";
  const key = identityKey(session);
  const running = making.get(key);
  if (running) return await running;
  const made = make(api, { ...session, contractor, cwd }).finally(() => making.delete(key));
  making.set(key, made);
  return await made;
}

// Two messages at once make one session.
const making = new Map<string, Promise<"made">>();

async function make(
  api: Api,
  o: { agentId: string; sessionKey: string; contractor: Contractor; cwd: string | undefined },
): Promise<"made"> {
  const { agentId, sessionKey, contractor } = o;
  const { getAcpSessionManager } = await import("openclaw/plugin-sdk/acp-runtime");
  await getAcpSessionManager().initializeSession({
    cfg: api.runtime.config.current(),
    agentId,
    sessionKey,
    agent: contractor.harness,
    mode: "persistent",
    backendId: BACKEND,
    cwd: o.cwd ?? contractor.cwd,
    ...(contractor.model === undefined ? {} : { runtimeOptions: { model: contractor.model } }),
  });
  return "made";
}

/** At service start: every contractor agent; returns the failures by agent, the others are done. */
async function ensureMainSessions(api: Api): Promise<Map<string, unknown>> {
  const failures = new Map<string, unknown>();
  for (const agent of roster(api).filter((candidate) => candidate.contractor)) {
    await ensureMainSession(api, agent.id).catch((error: unknown) => failures.set(agent.id, error));
  }
  return failures;
}

/**
 * Runs in the CLI: asks the running gateway, and waits for it to have reloaded the configuration. Without a gateway
 * there is nothing to do now: it makes the session when it starts.
 */
export async function requestMainSession(api: Api, agentId: string): Promise<MainSession> {
  const deadline = Date.now() + RELOAD_MS;
  for (;;) {
    const answer = await askGateway({
      api,
      method: INITIALIZE_METHOD,
      params: { agentId },
      scope: "operator.admin",
      timeoutMs: 10_000,
    });
    if (answer.kind === "answered") return { state: "ready" };
    const last = answer.kind === "absent" || isWithoutUs(answer) || Date.now() > deadline;
    if (last) return { state: "pending", detail: whyPending(answer) };
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

function isWithoutUs(answer: GatewayReply): boolean {
  return answer.kind === "refused" && answer.unknownMethod;
}

function whyPending(answer: Exclude<GatewayReply, { kind: "answered" }>): string | undefined {
  if (answer.kind === "absent") return undefined;
  if (isWithoutUs(answer))
    return "the running gateway has not loaded the plugin yet: `openclaw gateway restart`";
  return answer.detail;
}

function notAContractor(agentId: string): Failure {
  return new Failure({ code: "invalid", message: `The gateway knows no contractor agent "${agentId}".` });
}

export function isContractor(api: Api, agentId: string): boolean {
  return roster(api).some((agent) => agent.id === agentId && agent.contractor !== undefined);
}

// Waited for, since the gateway takes no message before its services have started: `openclaw agent` passes no hook of ours,
// and would run a session that is not made yet with the gateway's own model.
export async function prepareMainSessions(api: Api, log: Log): Promise<void> {
  try {
    for (const [agentId, error] of await ensureMainSessions(api))
      log.warn(`the main session of "${agentId}": ${describe(error)}`);
  } catch (error) {
    log.warn(`the agents' main sessions: ${describe(error)}`);
  }
}
