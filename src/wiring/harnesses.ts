// The harnesses of this host: one of each kind, and which one an agent runs.
import { join } from "node:path";
import type { OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";
import { createHarnesses } from "../../adapters/create.ts";
import type { Harness } from "../../adapters/harness.ts";
import type { Settings } from "../config.ts";
import { closedFiles } from "../host/closed-ground.ts";
import { kindOf } from "../host/engine-ports.ts";

/** `home` is `<OpenClaw state dir>/contractor`. Without an agent it is the one that agents run where they name none. */
export function harnessesOf(o: {
  api: Pick<OpenClawPluginApi, "runtime">;
  settings: () => Settings;
  home: string;
}): (agentId?: string) => Harness {
  const { api, settings, home } = o;
  const closed = () => closedFiles(api);
  const ofKind = createHarnesses({ settings, root: join(home, "harness"), from: process.env, closed });
  return (agentId) => ofKind(kindOf(api, agentId));
}
