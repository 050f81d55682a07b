// The engine behind the gateway: sessions, conversations and the ACP runtime, put together from settings and host.
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { describe } from "../../common/failure.ts";
import type { KeptLog } from "../../common/log.ts";
import { BACKEND } from "../../common/names.ts";
import type { Identity } from "../../state/identity.ts";
import { listInboxes, openInbox } from "../../state/inbox.ts";
import type { Route } from "../../state/session-map.ts";
import { createRuntime } from "../backend/runtime.ts";
import { settingsFor } from "../config.ts";
import { Conversations } from "../delivery/conversations.ts";
import { offerHeldBack } from "../door/held-back.ts";
import type { AcpDoctorReport } from "../host/acp-contract.ts";
import { keepBound } from "../host/bindings.ts";
import { hostOutbound } from "../host/channel-outbound.ts";
import { conversationKey } from "../host/conversation-binding.ts";
import { ownerOf, requireHarness, workspaceOf } from "../host/engine-ports.ts";
import { hostLock } from "../host/file-lock.ts";
import { liveParts } from "../operations/agents/live-parts.ts";
import { AwaitedReplies } from "../permission/awaited-replies.ts";
import type { Presses } from "../permission/presses.ts";
import type { Sessions } from "../session/sessions.ts";
import { createSessions, type SessionsOptions } from "./create-sessions.ts";
import { brokerOf } from "./permissions.ts";
import { catalogOf } from "./session-operations.ts";

export interface EngineOptions extends SessionsOptions {
  /** The short form of the doctor, for `/acp doctor`. */
  doctor: () => Promise<AcpDoctorReport>;
  /** The buttons under questions; registered with the host before there is an engine. */
  presses: Presses;
  log: KeptLog;
}

export type Engine = ReturnType<typeof createEngine>;

export function createEngine(o: EngineOptions) {
  const { api, settings, home, log, presses } = o;
  const replies = new AwaitedReplies(conversationKey);
  const inboxes = inboxesOf(o);
  const { sessions, leases } = createSessions(o, {
    broker: brokerOf({
      api,
      settings,
      home,
      replies,
      presses,
      log,
      onKept: (asking, texts) => offerHeldBack({ conversations, replies, asking, texts }),
    }),
  });
  const conversations: Conversations = conversationsOf(o, { sessions, inboxes });
  const runtime = runtimeOf(o, { sessions, inboxes });
  let stopping: Promise<void> | undefined;
  const stop = async () => {
    conversations.stop();
    await sessions.stop();
    await conversations.settle();
  };
  return {
    sessions,
    conversations,
    replies,
    runtime,
    settings,
    log,
    catalog: catalogOf(api, { sessions, inboxOf: inboxes.of }),
    released: () => settings().turns === "released",
    maxMegabytes: () => settings().files.maxMegabytes,
    /** What a fault report has of a running gateway. */
    liveParts: (withText: boolean) => liveParts({ sessions, log, withText }),
    /** Sends a text as an ordinary message from this place, or from where the session's last one was; false where there is none. */
    async promptThere(identity: Identity, text: string, place: Route | undefined): Promise<boolean> {
      const route = place ?? (await sessions.of(identity).record.read())?.route;
      if (!route) return false;
      await conversations.of(identity).accept({ id: randomUUID(), text, images: [], route });
      return true;
    },
    /** Ends what a crashed gateway left behind, then goes on where it stopped. */
    async start(): Promise<void> {
      const reaped = await leases.reap();
      if (reaped > 0) log.info(`ended ${reaped} adapter(s) of a gateway that crashed`);
      await conversations.recover();
    },
    /** The same however often it is called. */
    stop(): Promise<void> {
      stopping ??= stop();
      return stopping;
    },
  };
}

function runtimeOf(o: EngineOptions, parts: { sessions: Sessions; inboxes: ReturnType<typeof inboxesOf> }) {
  const { api, log } = o;
  const { sessions, inboxes } = parts;
  return createRuntime({
    backendId: BACKEND,
    sessions,
    requireHarness: (named) => requireHarness(api, named),
    ownerOf: (sessionKey) => ownerOf(api, sessionKey),
    doctor: o.doctor,
    memoryOf: inboxes.of,
    // `/acp spawn` names the agent's workspace where the user named nothing; the agent may work somewhere else.
    cwdOf: async ({ identity, record }, named) => {
      const unnamed = named === workspaceOf(api, identity.agentId) && (await record.read()) === undefined;
      return unnamed ? undefined : named;
    },
    onHostReset: (sessionKey) =>
      keepBound(sessionKey, (error) => log.warn(`a chat could not be bound again: ${describe(error)}`)),
  });
}

function inboxesOf({ home, log }: EngineOptions) {
  const dir = join(home, "inbox");
  const onCorrupt = ({ kept }: { kept: string }) =>
    log.warn(`an inbox could not be read; it is kept as ${kept}`);
  const onRefused = (error: Error) => log.warn(error.message);
  return {
    of: (identity: Identity) => openInbox({ dir, identity, lock: hostLock, owner: true, onCorrupt }),
    all: () => listInboxes({ dir, lock: hostLock, owner: true, onCorrupt, onRefused }),
  };
}

function conversationsOf(
  { api, settings, log }: EngineOptions,
  o: { sessions: Sessions; inboxes: ReturnType<typeof inboxesOf> },
): Conversations {
  return new Conversations({
    sessions: o.sessions,
    outbound: hostOutbound(api),
    inboxOf: o.inboxes.of,
    inboxes: o.inboxes.all,
    styleOf: (agentId) => {
      const { delivery: mode, longOutput, progress, footer } = settingsFor(settings(), agentId);
      return { mode, longOutput, progress, footer };
    },
    now: () => new Date(),
    log,
  });
}
