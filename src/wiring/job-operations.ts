// The operations on jobs in a gateway, and how they reach the engine and the host.
import type { OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";
import { expectReply } from "../door/expect-reply.ts";
import { agentFor } from "../host/conversation-binding.ts";
import { defaultsOf } from "../host/engine-ports.ts";
import { currentSettings } from "../host/host-config.ts";
import type { Operation } from "../operations/define.ts";
import { jobOperations } from "../operations/jobs/job-operations.ts";
import type { JobPorts } from "../operations/jobs/ports.ts";
import type { Trust } from "../session/folder-trust.ts";
import type { Engine } from "./engine.ts";

/** The operations on jobs in a gateway. Touches nothing before one of them runs. */
export function liveJobOperations(
  api: OpenClawPluginApi,
  engine: () => Engine,
  trust: () => Trust,
): Operation[] {
  return jobOperations(jobPorts(api, engine, trust));
}

function jobPorts(api: OpenClawPluginApi, engine: () => Engine, trust: () => Trust): JobPorts {
  return {
    jobs: () => engine().jobs,
    catalog: () => engine().catalog,
    trust,
    agentFor: (named) => agentFor(api, named),
    defaultsOf: (agentId) => defaultsOf({ api, settings: currentSettings(api), agentId }),
    unattended: () => currentSettings(api).jobs.unattended,
    expect: (place, answer) => expectReply(engine().replies, place, answer),
  };
}
