// The operations on sessions: run by the gateway's own catalog, or, where no gateway runs, by one made for the moment.
import { join } from "node:path";
import type { OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";
import { Failure } from "../../common/failure.ts";
import { silentLog } from "../../common/log.ts";
import type { Identity } from "../../state/identity.ts";
import { type Inbox, openInbox } from "../../state/inbox.ts";
import { SessionCatalog } from "../catalog/catalog.ts";
import { roster } from "../host/agent-roster.ts";
import { hostLock } from "../host/file-lock.ts";
import { askGateway } from "../host/gateway-call.ts";
import { currentSettings } from "../host/host-config.ts";
import { stateHome } from "../host/state-home.ts";
import type { Operation } from "../operations/define.ts";
import { jobOperations } from "../operations/jobs/job-operations.ts";
import type { JobPorts } from "../operations/jobs/ports.ts";
import { viaGateway } from "../operations/remote.ts";
import {
  conversationOperations,
  noGateway,
  sessionOperations,
} from "../operations/session/session-operations.ts";
import type { Trust } from "../session/folder-trust.ts";
import type { Sessions } from "../session/sessions.ts";
import { askMethod, type CallGateway } from "../surfaces/gateway-client.ts";
import { createSessions } from "./create-sessions.ts";

type Api = Pick<OpenClawPluginApi, "runtime">;

const ASK_MS = 30_000;

/** The operations on sessions as the command line has them. */
export function remoteSessionOperations(api: Api, trust: () => Trust): Operation[] {
  let own: { sessions: Sessions; catalog: SessionCatalog } | undefined;
  const catalog = () => {
    own ??= ownCatalog(api);
    return own.catalog;
  };
  const around = async <T>(run: () => Promise<T>): Promise<T> => {
    try {
      return await run();
    } finally {
      await own?.sessions.stop();
      own = undefined;
    }
  };
  const conversation = conversationOperations({ catalog, prompt: async () => false, sendFile: noGateway });
  // `status` of the command line is about everything there is.
  const shown = [
    ...sessionOperations(catalog, trust),
    ...conversation.filter(({ name }) => name !== "status"),
  ];
  // A job runs in a gateway and nowhere else.
  const jobs = jobOperations(new Proxy({} as JobPorts, { get: () => () => noJobs() })).filter(
    // A terminal is no conversation that could be shown anything later.
    ({ name }) => name !== "fg" && name !== "bg",
  );
  const gateway: CallGateway = (call) => askGateway({ api, ...call, timeoutMs: ASK_MS });
  return [...shown, ...jobs].map((operation) =>
    viaGateway(operation, { ask: (asked, input) => askMethod(gateway, asked, input), around }),
  );
}

function noJobs(): never {
  throw new Failure({
    code: "refused",
    message: "No gateway runs, and jobs run in one.",
    next: { say: "Start it with: openclaw gateway run" },
  });
}

export function catalogOf(
  api: Api,
  o: {
    sessions: Sessions;
    inboxOf: (identity: Identity) => Pick<Inbox, "drop">;
    forgotten?: (identity: Identity) => Promise<void>;
  },
): SessionCatalog {
  return new SessionCatalog({
    sessions: o.sessions,
    agents: () => roster(api).map((agent) => agent.id),
    forgotten: async (identity) => {
      await o.inboxOf(identity).drop();
      await o.forgotten?.(identity);
    },
  });
}

function ownCatalog(api: Api) {
  const home = stateHome(api);
  const { sessions } = createSessions({ api, settings: () => currentSettings(api), home, log: silentLog });
  const dir = join(home, "inbox");
  // There may be a gateway all the same.
  const inboxOf = (identity: Identity) => openInbox({ dir, identity, lock: hostLock, owner: false });
  return { sessions, catalog: catalogOf(api, { sessions, inboxOf }) };
}
