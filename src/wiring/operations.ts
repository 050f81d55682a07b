// Every operation of the command line with what it needs of this host; the surface renders them.
import { join } from "node:path";
import type { OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";
import { probeSession } from "../../adapters/probe.ts";
import { listLeases } from "../../state/lease.ts";
import { agentPorts, type Lent } from "../host/agent-ports.ts";
import { currentSettings } from "../host/host-config.ts";
import { stateHome } from "../host/state-home.ts";
import { addOperation } from "../operations/agents/add.ts";
import { doctorOperation } from "../operations/agents/doctor.ts";
import { listOperation, statusOperation } from "../operations/agents/list.ts";
import { loginOperation } from "../operations/agents/login.ts";
import { setupOperation } from "../operations/agents/setup.ts";
import type { Operation } from "../operations/define.ts";
import { trustOperations } from "../operations/permission/trust-operations.ts";
import { trustFor } from "./create-trust.ts";
import { harnessesOf } from "./harnesses.ts";
import { permissionOperations } from "./permissions.ts";
import { remoteSessionOperations } from "./session-operations.ts";

type Api = Pick<OpenClawPluginApi, "runtime" | "rootDir">;

/** Touches nothing before an operation runs: while the host only asks which commands there are, `api.runtime` throws. */
export function allOperations(api: Api): Operation[] {
  const trust = trustFor(api);
  const ports = agentPorts(api, { ...lentBy(api), trust });
  return [
    addOperation(ports.add),
    listOperation(ports.survey),
    statusOperation(ports.survey),
    doctorOperation(ports.doctor),
    setupOperation(ports.setup),
    loginOperation(ports.login),
    ...remoteSessionOperations(api, trust),
    ...permissionOperations(api),
    ...trustOperations(trust),
  ];
}

function lentBy(api: Api): Omit<Lent, "trust"> {
  const home = () => stateHome(api);
  return {
    probeSession: (signal) => {
      const settings = currentSettings(api);
      const harness = harnessesOf({ api, settings: () => settings, home: home() })();
      return probeSession({ harness, startMs: settings.timeouts.startSeconds * 1000, signal });
    },
    inUse: async () => (await listLeases({ dir: join(home(), "leases") })).map((lease) => lease.command),
  };
}
