// What the operations on agents need of this host: its agents, sessions, harness folders and gateway.
import { existsSync } from "node:fs";
import { basename, dirname, join, sep } from "node:path";
import type { OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";
import type { Probe } from "../../adapters/probe.ts";
import { openSessionMap } from "../../state/session-map.ts";
import type { AddPorts } from "../operations/agents/add.ts";
import type { DoctorPorts } from "../operations/agents/doctor.ts";
import { requireHarness, type SetupPorts } from "../operations/agents/setup.ts";
import type { LiveAnswer, SurveyPorts } from "../operations/agents/survey.ts";
import { broughtLines } from "../permission/brought.ts";
import type { Trust } from "../session/folder-trust.ts";
import { createAgent, facts, roster, setRuntime } from "./agent-roster.ts";
import { askLiveParts, bundlePorts } from "./bundle-facts.ts";
import { hostLock, patientLock } from "./file-lock.ts";
import { askGateway } from "./gateway-call.ts";
import { currentSettings, hostConfig } from "./host-config.ts";
import { loginPorts } from "./lead-login.ts";
import { requestMainSession } from "./main-session.ts";
import { isOurs, mainSessionKey, unconfiguredOwners } from "./session-store.ts";
import { stateHome } from "./state-home.ts";
import { userPath } from "./user-path.ts";

/** Gateway method that tells which sessions live; `list`, `status` and `doctor` ask it. */
export const SESSIONS_METHOD = "contractor.live";
const LIVE_MS = 2_000;

type Api = Pick<OpenClawPluginApi, "runtime" | "rootDir">;

/** What the rooms behind the operations lend. */
export interface Lent {
  /** A real session, for the doctor. */
  probeSession(signal: AbortSignal): Promise<Probe>;
  /** Command lines of running adapters, of any process; `setup` leaves the versions they run from alone. */
  inUse(): Promise<readonly string[]>;
  trust: () => Trust;
}

/** Reads nothing before an operation runs: while the host only asks which commands there are, `api.runtime` throws. */
export function agentPorts(api: Api, lent: Lent) {
  const setup = setupPorts(api, lent);
  const survey = surveyPorts(api);
  return {
    setup,
    survey,
    login: loginPorts(api),
    add: addPorts(api, setup, lent),
    doctor: doctorPorts(api, { setup, survey, lent }),
  };
}

function addPorts(api: Api, setup: SetupPorts, { trust }: Lent): AddPorts {
  return {
    facts: () => facts(api),
    resolvePath: userPath,
    createAgent: (agent) => createAgent(api, agent),
    setRuntime: (runtime) => setRuntime(api, runtime),
    sessionMap: (workspace) => openSessionMap({ workspace, home: stateHome(api), lock: hostLock }),
    // The host's own workspaces lie in its state.
    requireGround: async (directory, how) =>
      isHostWorkspace(api, directory) ? undefined : await trust().requireGround(directory, how),
    brings: async (cwd) => broughtLines((await trust().standing(cwd)).brought),
    openMainSession: ({ agentId }) => requestMainSession(api, agentId),
    requireHarness: (context) => requireHarness(setup, context),
  };
}

function isHostWorkspace(api: Api, directory: string): boolean {
  return dirname(directory) === api.runtime.state.resolveStateDir() && /^workspace/.test(basename(directory));
}

function surveyPorts(api: Api): SurveyPorts {
  return {
    agents: () => roster(api),
    sessions: async (workspace) =>
      (await openSessionMap({ workspace, home: stateHome(api), lock: hostLock }).read()).sessions,
    live: () => askLive(api),
    now: Date.now,
  };
}

function doctorPorts(api: Api, o: { setup: SetupPorts; survey: SurveyPorts; lent: Lent }): DoctorPorts {
  const { agents, sessions, live } = o.survey;
  return {
    ...{ agents, sessions, live, env: o.setup.env, probeSession: o.lent.probeSession },
    get root() {
      return o.setup.root;
    },
    settings: () => currentSettings(api).harness,
    bundle: bundlePorts(api, askLiveParts(api)),
    versions: () => ({ node: process.versions.node, host: api.runtime.version }),
    hostConfig: () => hostConfig(api),
    unconfiguredOwners: () => unconfiguredOwners(api),
    mainSessionReady: async (agentId) =>
      isOurs(api, { agentId, sessionKey: await mainSessionKey(api, agentId) }),
  };
}

function setupPorts(api: Api, lent: Lent): SetupPorts {
  const root = () => join(stateHome(api), "harness");
  return {
    get root() {
      return root();
    },
    get locksDir() {
      return locksDir(api);
    },
    env: process.env,
    lock: patientLock,
    settings: () => currentSettings(api).harness,
    resolvePath: userPath,
    inUse: async () => {
      const commands = await lent.inUse();
      return commands.flatMap((command) => foldersBelow(root(), command));
    },
  };
}

/** The folders right below `root` that a command line names. */
function foldersBelow(root: string, command: string): string[] {
  const [, ...rests] = command.split(`${root}${sep}`);
  return rests.map((rest) => join(root, rest.split(sep, 1)[0] ?? ""));
}

/** The harness lockfiles: built into dist/ by scripts/build.ts, in a checkout beside their source. */
function locksDir(api: Api): string {
  const folder = api.rootDir ?? ".";
  const built = join(folder, "dist", "locks");
  return existsSync(built) ? built : join(folder, "adapters", "provision", "locks");
}

async function askLive(api: Api): Promise<LiveAnswer> {
  const question = { method: SESSIONS_METHOD, scope: "operator.read", timeoutMs: LIVE_MS } as const;
  const answer = await askGateway({ api, ...question });
  if (answer.kind === "answered") return { answered: true, value: answer.value };
  if (answer.kind === "absent" || answer.kind === "silent")
    return { answered: false, detail: `no gateway answers (${answer.detail})` };
  const detail = answer.unknownMethod ? "the running gateway has not loaded the plugin" : answer.detail;
  return { answered: false, detail };
}
