// What a fault report is made of, out of this host: on the files, and from the gateway, where one runs.
import { release, type } from "node:os";
import { join } from "node:path";
import type { OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";
import { packageVersion } from "../../adapters/provision/installed-tree.ts";
import { describe } from "../../common/failure.ts";
import { listLeases } from "../../state/lease.ts";
import { openSessionMap } from "../../state/session-map.ts";
import type { BundlePorts } from "../operations/agents/bundle.ts";
import { harnessVersions } from "../operations/agents/doctor-harness.ts";
import { type LiveParts, livePartsSchema } from "../operations/agents/live-parts.ts";
import { roster } from "./agent-roster.ts";
import { hostLock } from "./file-lock.ts";
import { askGateway } from "./gateway-call.ts";
import { currentSettings } from "./host-config.ts";
import { stateHome } from "./state-home.ts";

type Api = Pick<OpenClawPluginApi, "runtime" | "rootDir">;

/** Gateway method that gives the parts of a fault report which only a running gateway has. */
export const DEBUG_METHOD = "contractor.debug";
const ASK_MS = 15_000;

/** Touches nothing before a report is made. */
export function bundlePorts(api: Api, live: BundlePorts["live"]): BundlePorts {
  const home = () => stateHome(api);
  return {
    live,
    settings: () => currentSettings(api),
    agents: () => roster(api),
    sessions: async (workspace) =>
      (await openSessionMap({ workspace, home: home(), lock: hostLock }).read()).sessions,
    leases: () => listLeases({ dir: join(home(), "leases") }),
    versions: async (signal) => ({
      plugin: (await packageVersion(api.rootDir ?? ".")) ?? "unknown",
      openclaw: api.runtime.version,
      node: process.versions.node,
      system: `${type()} ${release()} ${process.arch}`,
      ...(await harnessOf(api, join(home(), "harness"), signal)),
    }),
  };
}

/** The live parts, asked of the running gateway by a command of the command line. */
export function askLiveParts(api: Api): BundlePorts["live"] {
  return async ({ withText }) => {
    const question = { method: DEBUG_METHOD, params: { withText }, scope: "operator.admin" } as const;
    const answer = await askGateway({ api, ...question, timeoutMs: ASK_MS });
    if (answer.kind !== "answered") return { missing: `the gateway could not be asked (${answer.detail})` };
    const read = livePartsSchema.safeParse(answer.value);
    return read.success ? { parts: read.data } : { missing: "the gateway answered something else" };
  };
}

/** What a gateway has of itself. */
export function lookAt(parts: (withText: boolean) => Promise<LiveParts>): BundlePorts["live"] {
  return async ({ withText }) => {
    try {
      return { parts: await parts(withText) };
    } catch (error) {
      return { missing: describe(error) };
    }
  };
}

async function harnessOf(api: Api, root: string, signal: AbortSignal): Promise<Record<string, string>> {
  try {
    const settings = () => currentSettings(api).harness;
    return { ...(await harnessVersions({ root, env: process.env, settings }, signal)) };
  } catch (error) {
    return { adapter: describe(error) };
  }
}
