// The host's API as the command line uses it: what costs the host a fifth of a second there comes another way.
import type { OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";

type Api = Pick<OpenClawPluginApi, "runtime" | "rootDir">;

/**
 * `runtime.agent` loads the host's whole runtime at its first use (measured: 170-260 ms), mostly to tell where an agent's
 * workspace is. The SDK has the same function in a module that a command line has loaded by then (2-3 ms).
 */
export async function commandApi(api: OpenClawPluginApi): Promise<Api> {
  const { resolveAgentWorkspaceDir } = await import("openclaw/plugin-sdk/health");
  const agent = {
    resolveAgentWorkspaceDir,
    get session() {
      return api.runtime.agent.session;
    },
  };
  return {
    ...(api.rootDir === undefined ? {} : { rootDir: api.rootDir }),
    // Asked for late: while the host only lists which commands there are, `runtime` throws.
    get runtime() {
      return new Proxy(api.runtime, {
        get: (runtime, key) => (key === "agent" ? agent : Reflect.get(runtime, key)),
      });
    },
  };
}
