// What the rooms behind the operations lend them: a real session for the doctor, and which harness folders are in use.
import { join } from "node:path";
import type { OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";
import { probeSession } from "../../adapters/probe.ts";
import { listLeases } from "../../state/lease.ts";
import { currentSettings } from "../host/host-config.ts";
import { stateHome } from "../host/state-home.ts";
import { harnessesOf } from "./harnesses.ts";
import type { DoctorServices } from "./operations.ts";

/** Reads and starts nothing before it is asked. */
export function doctorServices(api: Pick<OpenClawPluginApi, "runtime">): DoctorServices {
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
