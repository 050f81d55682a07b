// The chat commands of a gateway: every operation a conversation can use, and how they reach the engine and the host.
import { randomUUID } from "node:crypto";
import type { OpenClawPluginApi, PluginCommandContext } from "openclaw/plugin-sdk/plugin-entry";
import { describe, Failure } from "../../common/failure.ts";
import type { Commands, Inbound } from "../door/door.ts";
import { expectReply } from "../door/expect-reply.ts";
import type { UnboundParts } from "../door/unbound.ts";
import { mayApprove } from "../host/approvers.ts";
import { bundlePorts } from "../host/bundle-facts.ts";
import { commandRoute, sessionHere } from "../host/command-place.ts";
import { agentFor, bindNew, bindTo, unbind } from "../host/conversation-binding.ts";
import { currentConfig } from "../host/engine-ports.ts";
import { postFile, takesFiles } from "../host/files.ts";
import { mentionNote } from "../host/group-mentions.ts";
import { ensureAcpSession } from "../host/main-session.ts";
import { isOwner } from "../host/owners.ts";
import { scratchIn, stateHome } from "../host/state-home.ts";
import { type DebugPorts, debugOperation } from "../operations/agents/debug.ts";
import type { Operation } from "../operations/define.ts";
import { trustHereOperation } from "../operations/permission/trust-operations.ts";
import {
  type BindingPorts,
  hereOperation,
  startOperation,
  stopOperation,
} from "../operations/session/start.ts";
import { refuseHarnessCommand, steer } from "../session/controls.ts";
import type { Trust } from "../session/folder-trust.ts";
import { type ChatSurface, chatSurface } from "../surfaces/chat.ts";
import { type ConversationPorts, conversationOperations } from "./conversation-operations.ts";
import { trustFor, trustOperations } from "./create-trust.ts";
import { doctorServices } from "./doctor-services.ts";
import type { Engine } from "./engine.ts";
import { findingsOf } from "./health-check.ts";
import { allOperations } from "./operations.ts";
import { permissionOperations } from "./permissions.ts";
import { sessionOperations } from "./session-operations.ts";

type EngineNow = () => Engine;

const NO_SESSION = "Claude is not in this conversation. /cc start brings it here.";
const DEADLINE_MS = 60_000;

export function chatOf(api: OpenClawPluginApi, engine: EngineNow): ChatSurface {
  return chatSurface(chatOperations(api, engine), async (command, { here, route }) => {
    if (!here || !route) return NO_SESSION;
    const refusal = refuseHarnessCommand(engine().sessions.of(here).controls, command);
    if (refusal !== undefined) return refusal;
    await engine().conversations.of(here).accept({ id: randomUUID(), text: command, images: [], route });
    return "";
  });
}

/** Every operation a chat offers. Touches nothing before one of them runs. */
export function chatOperations(api: OpenClawPluginApi, engine: EngineNow): Operation[] {
  const catalog = () => engine().catalog;
  const trust = trustFor(api);
  const ports = bindingPorts(api, engine, trust);
  return [
    startOperation(ports),
    stopOperation(ports),
    ...conversationOperations(conversationPorts(api, engine)),
    hereOperation(ports),
    ...sessionOperations(catalog, trust),
    ...permissionOperations(api),
    trustHereOperation({ trust, catalog }),
    ...trustOperations(trust),
    debugOperation(debugPorts(api, engine)),
  ];
}

function debugPorts(api: OpenClawPluginApi, engine: EngineNow): DebugPorts {
  return {
    bundle: bundlePorts(api, async ({ withText }) => {
      try {
        return { parts: await engine().liveParts(withText) };
      } catch (error) {
        return { missing: describe(error) };
      }
    }),
    home: () => stateHome(api),
    findings: (signal) => findingsOf(allOperations(api, doctorServices(api)), signal),
    takesFiles,
    post: ({ folder, name, route }) => postFile(api, { root: folder, path: name, route }),
  };
}

/** What the operations on one session need of a running gateway. */
export function conversationPorts(api: OpenClawPluginApi, engine: EngineNow): ConversationPorts {
  return {
    catalog: () => engine().catalog,
    prompt: (identity, text, place) => engine().promptThere(identity, text, place),
    sendFile: async (file) => {
      const route = file.place ?? (await engine().sessions.of(file.identity).record.read())?.route;
      if (route) return await postFile(api, { ...file, route });
      const next = { say: "Send /cc send PATH in the chat that is to get it." };
      throw new Failure({ code: "refused", message: "This session has no chat to send the file to.", next });
    },
  };
}

/** For messages that pass the door: they are for a session of ours, from somebody the host lets give commands. */
export function doorCommands(chat: ChatSurface, engine: EngineNow): Commands {
  return {
    phrases: () => engine().settings().phrases,
    run: (text, { identity, conversation, owner, approver }: Inbound) =>
      chat.run({
        text,
        here: identity,
        route: conversation,
        owner,
        approver,
        signal: AbortSignal.timeout(DEADLINE_MS),
      }),
    refuse: (command, { identity }) => refuseHarnessCommand(engine().sessions.of(identity).controls, command),
    interject: async ({ identity, text }) => {
      const { settings, sessions } = engine();
      return settings().whileBusy === "steer" && (await steer(sessions.of(identity).controls, text));
    },
  };
}

/** The same where Claude is not: there is no session to loosen. */
export function unboundCommands(chat: ChatSurface): UnboundParts["runUnbound"] {
  return (text, { route, owner }) =>
    chat.run({
      text,
      here: undefined,
      route,
      owner,
      approver: false,
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
}

/** Registers `/claude` and `/cc` with the host: its native menus, and conversations that are not bound to us. */
export function registerChat(api: OpenClawPluginApi, chat: ChatSurface): void {
  for (const name of ["claude", "cc"]) {
    api.registerCommand({
      name,
      description: "Claude Code here: start, status, sessions, resume, help …",
      acceptsArgs: true,
      requireAuth: true,
      handler: async (context) => {
        const text = await answer(api, chat, context);
        return text === "" ? { suppressReply: true } : { text };
      },
    });
  }
}

async function answer(
  api: OpenClawPluginApi,
  chat: ChatSurface,
  context: PluginCommandContext,
): Promise<string> {
  try {
    const place = commandRoute(context);
    const here = await sessionHere(api, context.sessionKey, place);
    const signal = AbortSignal.timeout(DEADLINE_MS);
    return await chat.run({
      text: context.args ?? "",
      here,
      route: place,
      approver: approves(api, context),
      owner: await isOwner({
        cfg: currentConfig(api),
        channel: context.channel,
        accountId: context.accountId,
        senderId: context.senderId,
        scopes: context.gatewayClientScopes,
      }),
      signal,
    });
  } catch (error) {
    return describe(error, "chat");
  }
}

function approves(api: OpenClawPluginApi, context: PluginCommandContext): boolean {
  const { channel, accountId, senderId, isAuthorizedSender } = context;
  return isAuthorizedSender && mayApprove({ cfg: currentConfig(api), channel, accountId, senderId });
}

function bindingPorts(api: OpenClawPluginApi, engine: EngineNow, trust: () => Trust): BindingPorts {
  return {
    catalog: () => engine().catalog,
    trust,
    agentFor: (named) => agentFor(api, named),
    bindNew: (o) => bindNew(api, o),
    bindTo: async (place, { cwd, ...session }) => {
      // One the host has let go of is made known to it again: with a binding alone its own model would answer.
      await ensureAcpSession(api, session, cwd);
      await bindTo(place, session.sessionKey);
    },
    noteFor: (place) => mentionNote(currentConfig(api), place),
    unbind,
    get scratch() {
      return scratchIn(stateHome(api));
    },
    expect: (place, answer) => expectReply(engine().replies, place, answer),
  };
}
