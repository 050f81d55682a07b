// The chat commands of a gateway: every operation a conversation can use, and how they reach the engine and the host.
import type { OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";
import { describe } from "../../common/failure.ts";
import { findingsOf } from "../backend/health-check.ts";
import { expectReply } from "../door/expect-reply.ts";
import { bundlePorts, lookAt } from "../host/bundle-facts.ts";
import { agentFor, bindNew, bindTo, unbind } from "../host/conversation-binding.ts";
import { currentConfig } from "../host/engine-ports.ts";
import { postFile, takesFiles } from "../host/files.ts";
import { mentionNote } from "../host/group-mentions.ts";
import { ensureAcpSession } from "../host/main-session.ts";
import { scratchIn, stateHome } from "../host/state-home.ts";
import { type DebugPorts, debugOperation } from "../operations/agents/debug.ts";
import type { Operation } from "../operations/define.ts";
import { trustHereOperation, trustOperations } from "../operations/permission/trust-operations.ts";
import {
  type ConversationPorts,
  conversationOperations,
  sessionOperations,
} from "../operations/session/session-operations.ts";
import {
  type BindingPorts,
  hereOperation,
  startOperation,
  stopOperation,
} from "../operations/session/start.ts";
import type { Trust } from "../session/folder-trust.ts";
import { type ChatSurface, chatSurface, type OfferRun, offerInWords } from "../surfaces/chat.ts";
import { passTo } from "../surfaces/door-commands.ts";
import { trustFor } from "./create-trust.ts";
import type { Engine } from "./engine.ts";
import { liveJobOperations } from "./job-operations.ts";
import { allOperations } from "./operations.ts";
import { permissionOperations } from "./permissions.ts";

type EngineNow = () => Engine;

export function chatOf(api: OpenClawPluginApi, engine: EngineNow): ChatSurface {
  return chatSurface(chatOperations(api, engine), passTo(engine), offerRun(engine));
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
    ...liveJobOperations(api, engine, trust),
    ...sessionOperations(catalog, trust),
    ...permissionOperations(api),
    trustHereOperation({ trust, catalog }),
    ...trustOperations(trust),
    debugOperation(debugPorts(api, engine)),
  ];
}

// With buttons where the channel has them; where not, in words.
function offerRun(engine: EngineNow): OfferRun {
  return async (prompt, call, run) => {
    const { presses, jobs } = engine();
    const { route } = call;
    if (!route || !presses.shownIn(route)) return offerInWords(prompt);
    const { buttons } = presses.open({
      route,
      labels: ["Run it as a job", "No"],
      answer: (choice, { name }) => {
        if (choice !== 0) return "Nothing was done.";
        void run()
          .catch((error: unknown) => describe(error, "chat"))
          .then((said) => said !== "" && jobs.say(route, said));
        return `▶ Launched by ${name}.`;
      },
    });
    jobs.say(route, offerInWords(prompt, true), buttons);
    return "";
  };
}

function debugPorts(api: OpenClawPluginApi, engine: EngineNow): DebugPorts {
  return {
    bundle: bundlePorts(
      api,
      lookAt((withText) => engine().liveParts(withText)),
    ),
    home: () => stateHome(api),
    findings: (signal) => findingsOf(allOperations(api), signal),
    takesFiles,
    post: ({ folder, name, route }) => postFile(api, { root: folder, path: name, route }),
  };
}

/** What the operations on one session need of a running gateway. */
export function conversationPorts(api: OpenClawPluginApi, engine: EngineNow): ConversationPorts {
  return {
    catalog: () => engine().catalog,
    prompt: (identity, text, place) => engine().conversations.promptFrom(identity, text, place),
    sendFile: (file) => postFile(api, file),
  };
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
