// The engine behind the gateway: sessions, conversations and the ACP runtime, put together from settings and host.
import { join } from "node:path";
import { describe } from "../../common/failure.ts";
import type { KeptLog } from "../../common/log.ts";
import { BACKEND } from "../../common/names.ts";
import type { Identity } from "../../state/identity.ts";
import { listInboxes, openInbox } from "../../state/inbox.ts";
import { createRuntime } from "../backend/runtime.ts";
import { TurnSources } from "../backend/turn-sources.ts";
import { settingsFor } from "../config.ts";
import { Conversations } from "../delivery/conversations.ts";
import { showLive } from "../delivery/live.ts";
import { offerHeldBack } from "../door/held-back.ts";
import type { AcpDoctorReport } from "../host/acp-contract.ts";
import { keepBound } from "../host/bindings.ts";
import { hostOutbound } from "../host/channel-outbound.ts";
import { conversationKey } from "../host/conversation-binding.ts";
import { namedCwd, ownerOf, requireHarness } from "../host/engine-ports.ts";
import { hostLock } from "../host/file-lock.ts";
import { placesOf } from "../host/session-places.ts";
import { HostTranscript } from "../host/transcript.ts";
import { sourceOfRun } from "../host/turn-source.ts";
import { liveParts } from "../operations/agents/live-parts.ts";
import { AwaitedReplies } from "../permission/awaited-replies.ts";
import type { Presses } from "../permission/presses.ts";
import type { Sessions } from "../session/sessions.ts";
import { createSessions, type SessionsOptions } from "./create-sessions.ts";
import { brokerOf, unansweredIn } from "./permissions.ts";
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
  const unanswered = unansweredIn(home, log);
  const { sessions, leases } = createSessions(o, {
    placesOf:
      ({ identity, read }) =>
      async (wanted) =>
        await placesOf(identity, await read(), wanted),
    broker: brokerOf({
      api,
      settings,
      home,
      replies,
      presses,
      unanswered,
      log,
      onKept: (asking, texts) => offerHeldBack({ conversations, replies, asking, texts }),
    }),
  });
  const conversations: Conversations = conversationsOf(o, { sessions, inboxes });
  const turnSources = new TurnSources();
  const runtime = runtimeOf(o, { sessions, inboxes, turnSources });
  let stopping: Promise<void> | undefined;
  const stop = async () => {
    conversations.stop();
    unanswered.stop();
    await sessions.stop();
    await conversations.settle();
  };
  return {
    sessions,
    conversations,
    replies,
    runtime,
    turnSources,
    settings,
    log,
    catalog: catalogOf(api, { sessions, inboxOf: inboxes.of }),
    released: () => settings().turns === "released",
    senderNames: () => settings().groups.senderNames,
    maxMegabytes: () => settings().files.maxMegabytes,
    /** What a fault report has of a running gateway. */
    liveParts: (withText: boolean) => liveParts({ sessions, log, withText }),
    /** Ends what a crashed gateway left behind, then goes on where it stopped. */
    async start(): Promise<void> {
      await leases.reap();
      await unanswered
        .tell((identity, text, route) => conversations.of(identity).say(text, route))
        .catch((error) => log.error(describe(error)));
      await conversations.recover();
    },
    /** The same however often it is called. */
    stop(): Promise<void> {
      stopping ??= stop();
      return stopping;
    },
  };
}

function runtimeOf(
  o: EngineOptions,
  parts: { sessions: Sessions; inboxes: ReturnType<typeof inboxesOf>; turnSources: TurnSources },
) {
  const { api, log } = o;
  const { sessions, inboxes, turnSources } = parts;
  return createRuntime({
    backendId: BACKEND,
    sessions,
    requireHarness: (named) => requireHarness(api, named),
    ownerOf: (sessionKey) => ownerOf(api, sessionKey),
    doctor: o.doctor,
    sourceOf: (identity, { requestId, text }) =>
      turnSources.take(identity, requestId) ?? { source: sourceOfRun(text) },
    memoryOf: inboxes.of,
    cwdOf: (session, named) => namedCwd(api, session, named),
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
  const transcript = new HostTranscript(api, log);
  showLive({ sessions: o.sessions, onlookers: transcript });
  return new Conversations({
    sessions: o.sessions,
    outbound: hostOutbound(api, transcript),
    inboxOf: o.inboxes.of,
    inboxes: o.inboxes.all,
    styleOf: (agentId) => {
      const { delivery: mode, longOutput, progress, footer, mirror } = settingsFor(settings(), agentId);
      const { agents } = settings();
      const own = Object.hasOwn(agents, agentId) ? agents[agentId]?.mirror : undefined;
      const mirrorInGroups = own ?? (mirror === "all" ? "answers" : mirror);
      return { mode, longOutput, progress, footer, mirror, mirrorInGroups };
    },
    keyOf: conversationKey,
    now: () => new Date(),
    log,
  });
}
