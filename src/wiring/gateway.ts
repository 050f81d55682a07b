// What the plugin does inside a gateway: a service that holds the engine, the door's hook, and the gateway methods.
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { OpenClawPluginApi, OpenClawPluginServiceContext } from "openclaw/plugin-sdk/plugin-entry";
import { z } from "zod";
import { describe } from "../../adapters/failure.ts";
import { receive } from "../door/door.ts";
import { currentConfig } from "../host/engine-ports.ts";
import { currentSettings } from "../host/host-config.ts";
import { ensureMainSession, ensureMainSessions, INITIALIZE_METHOD } from "../host/main-session.ts";
import { readEvent, toInbound } from "../host/reply-dispatch.ts";
import { BACKEND } from "../operations/add.ts";
import { createEngine, type Engine } from "./engine.ts";
import { liveSessions } from "./live-sessions.ts";
import { SESSIONS_METHOD } from "./operations.ts";

const initializeParams = z.strictObject({ agentId: z.string().min(1) });

/** Registers everything; nothing runs before the gateway starts the service. */
export function registerGateway(
  api: OpenClawPluginApi,
  doctor: Parameters<typeof createEngine>[0]["doctor"],
): void {
  let engine: Engine | undefined;
  api.registerService({
    id: "contractor",
    start: async (context) => {
      engine = await startEngine(api, context, doctor);
    },
    stop: async () => {
      const stopping = engine;
      engine = undefined;
      await stopEngine(stopping);
    },
  });
  // Above acpx: its hook takes the messages of every ACP session, ours too (openclaw-plugin-sdk.md, 1.2).
  api.on("reply_dispatch", (event, context) => dispatch({ api, engine, event, context }), { priority: 100 });
  api.registerGatewayMethod(
    SESSIONS_METHOD,
    async ({ respond }) => respond(true, engine ? await liveSessions(engine.sessions) : noSessions()),
    { scope: "operator.read" },
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

async function startEngine(
  api: OpenClawPluginApi,
  context: OpenClawPluginServiceContext,
  doctor: Parameters<typeof createEngine>[0]["doctor"],
): Promise<Engine> {
  const { registerAcpRuntimeBackend } = await import("openclaw/plugin-sdk/acp-runtime-backend");
  const { logger: log } = context;
  const settings = currentSettings(api);
  const engine = createEngine({ api, settings, home: join(context.stateDir, "contractor"), log, doctor });
  registerAcpRuntimeBackend({ id: BACKEND, runtime: engine.runtime });
  // Neither is waited for: a gateway is ready without them, and they need one that is.
  void engine.start().catch((error) => log.error(`contractor: ${describe(error)}`));
  void ensureMainSessions(api).then((failures) => {
    for (const [agentId, error] of failures)
      log.warn(`contractor: the main session of "${agentId}": ${describe(error)}`);
  });
  return engine;
}

async function stopEngine(engine: Engine | undefined): Promise<void> {
  const { unregisterAcpRuntimeBackend } = await import("openclaw/plugin-sdk/acp-runtime-backend");
  unregisterAcpRuntimeBackend(BACKEND);
  await engine?.stop();
}

type Dispatch = { api: OpenClawPluginApi; engine: Engine | undefined; event: unknown; context: HookContext };
type HookContext = {
  dispatcher: { getQueuedCounts(): Record<"tool" | "block" | "final", number> };
  onReplyStart?: (() => Promise<void> | void) | undefined;
  recordProcessed(outcome: "completed", details: { reason: string }): void;
  markIdle(reason: string): void;
};

// Undefined leaves the message to other hooks and to the host: it is not for a session of ours.
async function dispatch(o: Dispatch) {
  const event = readEvent(o.event);
  const { sessionKey } = event ?? {};
  if (!o.engine || !event || sessionKey === undefined) return undefined;
  const cfg = currentConfig(o.api);
  const { getAcpSessionManager } = await import("openclaw/plugin-sdk/acp-runtime");
  const found = getAcpSessionManager().resolveSession({ cfg, sessionKey, agentId: event.ctx.AgentId });
  if (found.kind !== "ready" || (cfg.acp?.backend ?? found.meta.backend) !== BACKEND) return undefined;
  const inbound = toInbound({
    event,
    identity: { agentId: found.agentId, sessionKey: found.sessionKey },
    harness: found.meta.agent,
    cfg,
    hasControlCommand: (text, config) => o.api.runtime.channel.text.hasControlCommand(text, config),
    freshId: randomUUID,
  });
  const verdict = await receive(o.engine, inbound);
  if (verdict === "host") return await leaveToHost(o);
  await o.context.onReplyStart?.();
  o.context.recordProcessed("completed", { reason: "contractor_accepted" });
  o.context.markIdle("message_completed");
  return { handled: true, queuedFinal: false, counts: o.context.dispatcher.getQueuedCounts() };
}

async function leaveToHost({ event, context }: Dispatch) {
  const { tryDispatchAcpReplyHook } = await import("openclaw/plugin-sdk/acp-runtime-backend");
  return await tryDispatchAcpReplyHook(event, context);
}

function noSessions() {
  return { pid: process.pid, sessions: [], adapters: [] };
}
