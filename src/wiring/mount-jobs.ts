// Jobs for whoever is not in a chat: the tools of the host's agents, and the gateway methods programs know by name.
import type { OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";
import { describe } from "../../common/failure.ts";
import { type RunTool, serveTools } from "../host/agent-tools.ts";
import type { Caller } from "../operations/caller.ts";
import type { Operation } from "../operations/define.ts";
import { METHODS, runMethod } from "../surfaces/claude-code-methods.ts";
import { JOB_TOOLS, runJobTool } from "../surfaces/job-tools.ts";

/** Registers the methods; the tools are served while the service runs. */
export function mountJobs(
  api: OpenClawPluginApi,
  operations: readonly Operation[],
): { serve(on: boolean): void } {
  for (const { method, scope } of METHODS)
    api.registerGatewayMethod(
      method,
      async ({ params, client, respond, signal }) => {
        const { scopes = [], client: program } = client?.connect ?? {};
        const caller: Caller = {
          is: "rpc",
          scopes,
          ...(program?.id === undefined ? {} : { client: program.id }),
        };
        const call = { method, params, caller, signal: signal ?? new AbortController().signal };
        await runMethod(operations, call).then(
          (result) => respond(true, result),
          (error: unknown) =>
            respond(false, undefined, { code: "INVALID_REQUEST", message: describe(error) }),
        );
      },
      { scope },
    );
  const run: RunTool = async ({ name, params, user, signal }) => {
    const tool = JOB_TOOLS.find((one) => one.name === name);
    if (!tool) return { text: `There is no tool ${name}.` };
    return await runJobTool(operations, { tool, params, caller: { is: "tool", ...user }, signal });
  };
  return { serve: (on) => serveTools(on ? run : undefined) };
}
