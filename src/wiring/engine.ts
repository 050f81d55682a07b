// The engine behind the gateway: sessions, conversations and the ACP runtime, put together from settings and host.
import { join } from "node:path";
import { describe } from "../../common/failure.ts";
import type { KeptLog } from "../../common/log.ts";
import { BACKEND } from "../../common/names.ts";
import type { Identity } from "../../state/identity.ts";
import { listInboxes, openInbox } from "../../state/inbox.ts";
import { createRuntime } from "../backend/runtime.ts";
import { TurnSources } from "../backend/turn-sources.ts";
import type { SessionCatalog } from "../catalog/catalog.ts";
import { settingsFor } from "../config.ts";
import { Conversations } from "../delivery/conversations.ts";
import { showLive } from "../delivery/live.ts";
import type { Outbound } from "../delivery/outbound.ts";
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
import { wakeAgent } from "../host/wake-agent.ts";
import type { Jobs } from "../jobs/jobs.ts";
import { liveParts } from "../operations/agents/live-parts.ts";
import { AwaitedReplies } from "../permission/awaited-replies.ts";
import type { Presses } from "../permission/presses.ts";
import type { Sessions, SessionsParts } from "../session/sessions.ts";
import { createJobs } from "./create-jobs.ts";
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
    placesOf: placed,
    audienceOf: (identity) => jobs.audienceOf(identity),
    defaultsFor: (identity, defaults) => jobs.defaultsFor(identity, defaults),
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
  const transcript = new HostTranscript(api, log);
  const outbound = hostOutbound(api, transcript);
  showLive({ sessions, onlookers: transcript });
  const conversations: Conversations = conversationsOf(o, { sessions, inboxes, outbound });
  const catalog: SessionCatalog = catalogOf(api, {
    sessions,
    inboxOf: inboxes.of,
    forgotten: (identity) => jobs.forget(identity),
  });
  const jobs: Jobs = createJobs({
    ...{ settings, home, log, sessions, conversations, outbound, replies, inboxOf: inboxes.of },
    freeName: (wanted, identity) => catalog.freeName(wanted, identity),
    wake: (turn) => wakeAgent(api, turn),
  });
  const turnSources = new TurnSources();
  const runtime = runtimeOf(o, { sessions, inboxes, turnSources });
  let stopping: Promise<void> | undefined;
  const stop = async () => {
    // At once, all of them: what is cut off from here on is the next gateway's to tell.
    const jobsTold = jobs.stop();
    conversations.stop();
    unanswered.stop();
    await jobsTold;
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
    catalog,
    jobs,
    presses,
    ...ofTheMoment(settings),
    /** What a fault report has of a running gateway. */
    liveParts: (withText: boolean) => liveParts({ sessions, log, withText }),
    /** Ends what a crashed gateway left behind, then goes on where it stopped. */
    start: () => goOn({ leases, jobs, unanswered, conversations, log }),
    /** The same however often it is called. */
    stop(): Promise<void> {
      stopping ??= stop();
      return stopping;
    },
  };
}

async function goOn(o: {
  leases: { reap(): Promise<unknown> };
  jobs: Jobs;
  unanswered: ReturnType<typeof unansweredIn>;
  conversations: Conversations;
  log: KeptLog;
}): Promise<void> {
  const { jobs, unanswered, conversations, log } = o;
  const logged = (error: unknown) => log.error(describe(error));
  await o.leases.reap();
  await jobs.start().catch(logged);
  await unanswered.tell((identity, text, route) => conversations.of(identity).say(text, route)).catch(logged);
  await conversations.recover();
}

// What the door asks of the settings.
function ofTheMoment(settings: EngineOptions["settings"]) {
  return {
    released: () => settings().turns === "released",
    senderNames: () => settings().groups.senderNames,
    maxMegabytes: () => settings().files.maxMegabytes,
  };
}

const placed: SessionsParts["placesOf"] =
  ({ identity, read }) =>
  async (wanted) =>
    await placesOf(identity, await read(), wanted);

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
  { settings, log }: EngineOptions,
  o: { sessions: Sessions; inboxes: ReturnType<typeof inboxesOf>; outbound: Outbound },
): Conversations {
  return new Conversations({
    sessions: o.sessions,
    outbound: o.outbound,
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
