// The chat commands of a gateway: every operation a conversation can use, and how they reach the engine and the host.
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { OpenClawPluginApi, PluginCommandContext } from "openclaw/plugin-sdk/plugin-entry";
import { describe, Failure } from "../../common/failure.ts";
import type { Identity } from "../../state/identity.ts";
import type { Route } from "../../state/session-map.ts";
import type { Commands, Inbound } from "../door/door.ts";
import { expectReply } from "../door/expect-reply.ts";
import { mayApprove } from "../host/approvers.ts";
import { agentFor, bindNew, bindTo, boundSession, unbind } from "../host/conversation-binding.ts";
import { currentConfig, ownerOf } from "../host/engine-ports.ts";
import { postFile, takesFiles } from "../host/files.ts";
import { isOwner } from "../host/owners.ts";
import { isOurs } from "../host/session-store.ts";
import { type DebugPorts, debugOperation } from "../operations/agents/debug.ts";
import type { Operation } from "../operations/define.ts";
import { trustHereOperation } from "../operations/permission/trust-operations.ts";
import {
  type BindingPorts,
  hereOperation,
  startOperation,
  stopOperation,
} from "../operations/session/start.ts";
import { steer } from "../session/controls.ts";
import type { Trust } from "../session/folder-trust.ts";
import { type ChatSurface, chatSurface } from "../surfaces/chat.ts";
import { bundlePorts } from "./bundle-ports.ts";
import { type ConversationPorts, conversationOperations } from "./conversation-operations.ts";
import { trustFor, trustOperations } from "./create-trust.ts";
import { doctorServices } from "./doctor-services.ts";
import type { Engine } from "./engine.ts";
import { findingsOf } from "./health-check.ts";
import { allOperations } from "./operations.ts";
import { permissionOperations } from "./permissions.ts";
import { scratchIn } from "./scratch.ts";
import { sessionOperations } from "./session-operations.ts";

type EngineNow = () => Engine;

const NO_SESSION = "Claude is not in this conversation. /cc start brings it here.";
const DEADLINE_MS = 60_000;

export function chatOf(api: OpenClawPluginApi, engine: EngineNow): ChatSurface {
  return chatSurface(chatOperations(api, engine), async (command, { here, route }) => {
    if (!here || !route) return NO_SESSION;
    const refusal = refuse(engine(), here, command);
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
    home: () => join(api.runtime.state.resolveStateDir(), "contractor"),
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
    refuse: (command, { identity }) => refuse(engine(), identity, command),
    interject: async ({ identity, text }) => {
      const { settings, sessions } = engine();
      return settings().whileBusy === "steer" && (await steer(sessions.of(identity).controls, text));
    },
  };
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
    const place = placeOf(context);
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

/** The session of ours a conversation talks to: by its own key, or by what it is bound to. */
async function sessionHere(
  api: OpenClawPluginApi,
  sessionKey: string | undefined,
  place: Route | undefined,
): Promise<Identity | undefined> {
  const keys = [sessionKey, place && (await boundSession(place).catch(() => undefined))];
  for (const key of keys) {
    if (key === undefined) continue;
    const identity = { agentId: ownerOf(api, key), sessionKey: key };
    if (await isOurs(api, identity)) return identity;
  }
  return undefined;
}

function placeOf({ channel, to, from, accountId, messageThreadId }: PluginCommandContext): Route | undefined {
  const target = to?.startsWith("slash:") ? from : (to ?? from);
  if (!target || channel === "webchat") return undefined;
  return {
    channel,
    to: target,
    ...(accountId === undefined ? {} : { accountId }),
    ...(messageThreadId === undefined ? {} : { threadId: messageThreadId }),
  };
}

function bindingPorts(api: OpenClawPluginApi, engine: EngineNow, trust: () => Trust): BindingPorts {
  return {
    catalog: () => engine().catalog,
    trust,
    agentFor: (named) => agentFor(api, named),
    bindNew: (o) => bindNew(api, o),
    bindTo,
    unbind,
    get scratch() {
      return scratchIn(join(api.runtime.state.resolveStateDir(), "contractor"));
    },
    expect: (place, answer) => expectReply(engine().replies, place, answer),
  };
}

function refuse(engine: Engine, identity: Identity, command: string): string | undefined {
  const { reader, harness } = engine.sessions.of(identity).controls;
  const name = /^\/([\w:-]+)/.exec(command)?.[1] ?? "";
  if (reader.commands.includes(name)) return undefined;
  const instead = harness.chatReplacementFor(name);
  if (instead === undefined && reader.commands.length === 0) return undefined;
  if (instead === undefined)
    return `${harness.title} lists no /${name} here; /cc commands shows what it lists.`;
  return instead === ""
    ? `/${name} needs Claude's own screen.`
    : `/${name} needs Claude's own screen. Here: ${instead}`;
}
