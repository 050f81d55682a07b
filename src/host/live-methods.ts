// The gateway methods that tell of what runs, and that make an agent's main session; the command line asks them.
import type { OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";
import { z } from "zod";
import { describe } from "../../common/failure.ts";
import { SESSIONS_METHOD } from "./agent-ports.ts";
import { DEBUG_METHOD } from "./bundle-facts.ts";
import { ensureMainSession, INITIALIZE_METHOD } from "./main-session.ts";

const debugParams = z.strictObject({ withText: z.boolean().default(false) });
const initializeParams = z.strictObject({ agentId: z.string().min(1) });

interface Running {
  /** Which sessions live; also where the plugin does not run. */
  live: () => Promise<unknown>;
  /** What a fault report has of a running gateway: frames name directories and tools of every conversation. */
  parts: (withText: boolean) => Promise<unknown>;
}

export function registerLiveMethods(api: OpenClawPluginApi, running: Running): void {
  register(api, { method: SESSIONS_METHOD, scope: "operator.read", answer: running.live });
  register(api, {
    method: DEBUG_METHOD,
    scope: "operator.admin",
    answer: (params) => running.parts(debugParams.parse(params).withText),
  });
  register(api, {
    method: INITIALIZE_METHOD,
    scope: "operator.admin",
    answer: async (params) => ({
      state: await ensureMainSession(api, initializeParams.parse(params).agentId),
    }),
  });
}

function register(
  api: OpenClawPluginApi,
  o: {
    method: string;
    scope: "operator.read" | "operator.admin";
    answer: (params: unknown) => Promise<unknown>;
  },
): void {
  api.registerGatewayMethod(
    o.method,
    async ({ params, respond }) => {
      try {
        respond(true, await o.answer(params));
      } catch (error) {
        respond(false, undefined, { code: "INVALID_REQUEST", message: describe(error) });
      }
    },
    { scope: o.scope },
  );
}
