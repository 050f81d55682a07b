// What the plugin does inside a gateway: a service that holds the engine, the door's hook, and the gateway methods.
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { OpenClawPluginApi, OpenClawPluginServiceContext } from "openclaw/plugin-sdk/plugin-entry";
import { describe, Failure } from "../../common/failure.ts";
import type { KeptLog } from "../../common/log.ts";
import { BACKEND } from "../../common/names.ts";
import { adoptMaps } from "../../state/adopted-maps.ts";
import { followReset, type ResetPorts } from "../backend/host-reset.ts";
import { roster } from "../host/agent-roster.ts";
import { hasButtons, registerButtons } from "../host/buttons.ts";
import { registerChat } from "../host/chat-command.ts";
import { dispatch } from "../host/dispatch-hook.ts";
import { currentConfig, ownerOf } from "../host/engine-ports.ts";
import { hostLock } from "../host/file-lock.ts";
import { liveSettings } from "../host/host-config.ts";
import { registerLiveMethods } from "../host/live-methods.ts";
import { ensureAcpSession, isContractor, prepareMainSessions } from "../host/main-session.ts";
import { pluginLog } from "../host/plugin-log.ts";
import { isOurs } from "../host/session-store.ts";
import { onShutdown } from "../host/shutdown.ts";
import { liveSessions } from "../operations/agents/live.ts";
import { trustOperations } from "../operations/permission/trust-operations.ts";
import { conversationOperations, sessionOperations } from "../operations/session/session-operations.ts";
import { Presses } from "../permission/presses.ts";
import { doorOf } from "../surfaces/door-commands.ts";
import { mountGateway } from "../surfaces/gateway-methods.ts";
import { chatOf, conversationPorts } from "./chat-commands.ts";
import { trustFor } from "./create-trust.ts";
import { createEngine, type Engine } from "./engine.ts";
import { liveJobOperations } from "./job-operations.ts";
import { pressJob } from "./job-presses.ts";
import { mountJobs } from "./mount-jobs.ts";
import { permissionOperations } from "./permissions.ts";

// A file that another process holds is no reason to keep the gateway from its work.
const PREPARING_MS = 5_000;

const NOT_RUNNING = "Contractor is not running in this gateway.";

type Doctor = Parameters<typeof createEngine>[0]["doctor"];

/** Registers everything; nothing runs before the gateway starts the service. */
export function mountInGateway(api: OpenClawPluginApi, doctor: Doctor): void {
  let engine: Engine | undefined;
  let release = () => {};
  const log = pluginLog(api.logger);
  const running = () => {
    if (engine) return engine;
    throw new Failure({ code: "closed", message: NOT_RUNNING });
  };
  const trust = trustFor(api);
  const jobs = liveJobOperations(api, running, trust);
  const tools = mountJobs(api, jobs);
  const presses = new Presses(hasButtons);
  registerButtons(api, {
    presses,
    config: () => currentConfig(api),
    job: (press) => (engine ? pressJob(engine, press) : Promise.resolve({ reply: NOT_RUNNING })),
  });
  api.registerService({
    id: "contractor",
    start: async (context) => {
      const started = await startEngine({ api, context, log, doctor, presses });
      engine = started;
      tools.serve(true);
      release = onShutdown(() => void started.stop());
      const prepared = prepareMainSessions(api, log);
      await Promise.race([prepared, sleep(PREPARING_MS, undefined, { ref: false })]);
    },
    stop: async () => {
      release();
      const stopping = engine;
      engine = undefined;
      tools.serve(false);
      await stopEngine(stopping);
    },
  });
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
  registerLiveMethods(api, {
    live: () => liveSessions(engine?.sessions),
    parts: (withText) => running().liveParts(withText),
  });
  const catalog = () => running().catalog;
  const live = conversationOperations(conversationPorts(api, running));
  mountGateway(
    [
      ...live,
      ...jobs,
      ...sessionOperations(catalog, trust),
      ...permissionOperations(api),
      ...trustOperations(trust),
    ],
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
