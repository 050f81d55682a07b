// What the plugin does inside a gateway: a service that holds the engine, the door's hook, and the gateway methods.
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { OpenClawPluginApi, OpenClawPluginServiceContext } from "openclaw/plugin-sdk/plugin-entry";
import { z } from "zod";
import { describe, Failure } from "../../common/failure.ts";
import type { KeptLog, Log } from "../../common/log.ts";
import { BACKEND } from "../../common/names.ts";
import { adoptMaps } from "../../state/adopted-maps.ts";
import type { Identity } from "../../state/identity.ts";
import { followReset, type ResetPorts } from "../backend/host-reset.ts";
import { type Inbound, receive } from "../door/door.ts";
import { receiveUnbound, type UnboundMessage } from "../door/unbound.ts";
import { roster } from "../host/agent-roster.ts";
import { DEBUG_METHOD } from "../host/bundle-facts.ts";
import { hasButtons, registerButtons } from "../host/buttons.ts";
import { dispatch } from "../host/dispatch-hook.ts";
import { currentConfig, ownerOf } from "../host/engine-ports.ts";
import { hostLock } from "../host/file-lock.ts";
import { liveSettings } from "../host/host-config.ts";
import {
  ensureAcpSession,
  ensureMainSession,
  ensureMainSessions,
  INITIALIZE_METHOD,
  isContractor,
} from "../host/main-session.ts";
import { pluginLog } from "../host/plugin-log.ts";
import { isOurs } from "../host/session-store.ts";
import { onShutdown } from "../host/shutdown.ts";
import { liveSessions } from "../operations/agents/live.ts";
import { Presses } from "../permission/presses.ts";
import type { ChatSurface } from "../surfaces/chat.ts";
import { mountGateway } from "../surfaces/gateway-methods.ts";
import { chatOf, conversationPorts, doorCommands, registerChat, unboundCommands } from "./chat-commands.ts";
import { conversationOperations } from "./conversation-operations.ts";
import { trustFor, trustOperations } from "./create-trust.ts";
import { createEngine, type Engine } from "./engine.ts";
import { SESSIONS_METHOD } from "./operations.ts";
import { permissionOperations } from "./permissions.ts";
import { sessionOperations } from "./session-operations.ts";

// A file that another process holds is no reason to keep the gateway from its work.
const PREPARING_MS = 5_000;

type Doctor = Parameters<typeof createEngine>[0]["doctor"];

const debugParams = z.strictObject({ withText: z.boolean().default(false) });
const initializeParams = z.strictObject({ agentId: z.string().min(1) });

/** Registers everything; nothing runs before the gateway starts the service. */
export function mountInGateway(api: OpenClawPluginApi, doctor: Doctor): void {
  let engine: Engine | undefined;
  let release = () => {};
  const log = pluginLog(api.logger);
  const presses = new Presses(hasButtons);
  registerButtons(api, { presses, config: () => currentConfig(api) });
  api.registerService({
    id: "contractor",
    start: async (context) => {
      const started = await startEngine({ api, context, log, doctor, presses });
      engine = started;
      release = onShutdown(() => void started.stop());
      const prepared = prepareMainSessions(api, log);
      await Promise.race([prepared, sleep(PREPARING_MS, undefined, { ref: false })]);
    },
    stop: async () => {
      release();
      const stopping = engine;
      engine = undefined;
      await stopEngine(stopping);
    },
  });
  const running = () => {
    if (engine) return engine;
    throw new Failure({ code: "closed", message: "Contractor is not running in this gateway." });
  };
  const chat = chatOf(api, running);
  registerChat(api, chat);
  const door = doorOf(chat, running);
  // Above acpx: its hook takes the messages of every ACP session, ours too (docs/host-notes.md#sessions-bindings-routing).
  api.on("reply_dispatch", (event, context) => dispatch({ api, door: engine && door, event, context }), {
    priority: 100,
  });
  api.on("session_end", async (event, context) => {
    if (engine) await followReset(resetPorts(api, engine), { ...event, agentId: context.agentId });
  });
  api.registerGatewayMethod(
    SESSIONS_METHOD,
    async ({ respond }) => respond(true, engine ? await liveSessions(engine.sessions) : noSessions()),
    { scope: "operator.read" },
  );
  registerDebug(api, running);
  const catalog = () => running().catalog;
  const trust = trustFor(api);
  const live = conversationOperations(conversationPorts(api, running));
  mountGateway(
    [...live, ...sessionOperations(catalog, trust), ...permissionOperations(api), ...trustOperations(trust)],
    ({ method, scope, handle }) =>
      api.registerGatewayMethod(
        method,
        (call) => {
          const { scopes = [], client } = call.client?.connect ?? {};
          return handle({ ...call, scopes, client: client?.id });
        },
        { scope },
      ),
  );
  api.registerGatewayMethod(
    INITIALIZE_METHOD,
    async ({ params, respond }) => {
      try {
        const { agentId } = initializeParams.parse(params);
        respond(true, { state: await ensureMainSession(api, agentId) });
      } catch (error) {
        respond(false, undefined, { code: "INVALID_REQUEST", message: describe(error) });
      }
    },
    { scope: "operator.admin" },
  );
}

function doorOf(chat: ChatSurface, running: () => Engine) {
  const commands = doorCommands(chat, running);
  const runUnbound = unboundCommands(chat);
  return {
    receive: (inbound: Inbound) => receive({ ...running(), commands }, inbound),
    unbound: (message: UnboundMessage) => receiveUnbound({ ...running(), commands, runUnbound }, message),
    directoryOf: async (identity: Identity) => (await running().sessions.of(identity).record.read())?.cwd,
  };
}

// Frames name directories and tools of every conversation.
function registerDebug(api: OpenClawPluginApi, running: () => Engine): void {
  api.registerGatewayMethod(
    DEBUG_METHOD,
    async ({ params, respond }) => {
      try {
        const { withText } = debugParams.parse(params);
        respond(true, await running().liveParts(withText));
      } catch (error) {
        respond(false, undefined, { code: "INVALID_REQUEST", message: describe(error) });
      }
    },
    { scope: "operator.admin" },
  );
}

async function startEngine(o: {
  api: OpenClawPluginApi;
  context: OpenClawPluginServiceContext;
  log: KeptLog;
  doctor: Doctor;
  presses: Presses;
}): Promise<Engine> {
  const { registerAcpRuntimeBackend } = await import("openclaw/plugin-sdk/acp-runtime-backend");
  const { api, context, log, doctor, presses } = o;
  const settings = liveSettings(api, (error) => log.error(describe(error)));
  const home = join(context.stateDir, "contractor");
  const workspaces = roster(api).map(({ workspace }) => workspace);
  const logged = (error: unknown) => log.error(describe(error));
  await adoptMaps({ home, workspaces, lock: hostLock, onUnread: logged }).catch(logged);
  const engine = createEngine({ api, settings, home, log, doctor, presses });
  registerAcpRuntimeBackend({ id: BACKEND, runtime: engine.runtime });
  // Not waited for: a gateway is ready without it, and it needs one that is.
  void engine.start().catch((error) => log.error(describe(error)));
  return engine;
}

// Waited for, since the gateway takes no message before its services have started: `openclaw agent` passes no hook of ours,
// and would run a session that is not made yet with the gateway's own model.
async function prepareMainSessions(api: OpenClawPluginApi, log: Log): Promise<void> {
  try {
    for (const [agentId, error] of await ensureMainSessions(api))
      log.warn(`the main session of "${agentId}": ${describe(error)}`);
  } catch (error) {
    log.warn(`the agents' main sessions: ${describe(error)}`);
  }
}

function resetPorts(api: OpenClawPluginApi, { sessions }: Engine): ResetPorts {
  return {
    ownerOf: (sessionKey) => ownerOf(api, sessionKey),
    isContractor: (agentId) => isContractor(api, agentId),
    isOurs: (identity) => isOurs(api, identity),
    reset: (identity, reason) => sessions.of(identity).reset(reason),
    ensure: (identity) => ensureAcpSession(api, identity),
  };
}

async function stopEngine(engine: Engine | undefined): Promise<void> {
  const { unregisterAcpRuntimeBackend } = await import("openclaw/plugin-sdk/acp-runtime-backend");
  unregisterAcpRuntimeBackend(BACKEND);
  await engine?.stop();
}

function noSessions() {
  return { pid: process.pid, sessions: [], adapters: [] };
}
