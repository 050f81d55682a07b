// Tools of ours for the host's own agents. The host makes them in another instance of this module than the one the service runs in
// (docs/host-notes.md, "Tools of a plugin"), so the service is reached by a name that all instances share.
import type { OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";

/** A tool as the host's agents are told of it; dist/tools.json has them all, so that nothing else is loaded for them. */
export interface ToolSpec {
  name: string;
  description: string;
  /** JSON Schema. */
  parameters: Record<string, unknown>;
}

/** Who uses a tool, as the host tells it. */
interface ToolUser {
  agentId: string;
  sessionKey?: string;
  sender?: string;
  owner: boolean;
  route?: { channel: string; to: string; accountId?: string; threadId?: string | number };
}

export type RunTool = (o: {
  name: string;
  params: unknown;
  user: ToolUser;
  signal: AbortSignal;
}) => Promise<{ text: string; result?: unknown }>;

const SHARED = Symbol.for("openclaw-contractor.tools");
const NOT_RUNNING: { text: string; result?: unknown } = {
  text: "Contractor is not running in this gateway.",
};

/** What runs the tools from now on; undefined: nothing does. */
export function serveTools(run: RunTool | undefined): void {
  Reflect.set(globalThis, SHARED, run);
}

type Factory = Extract<Parameters<OpenClawPluginApi["registerTool"]>[0], (...args: never[]) => unknown>;
type Context = Parameters<Factory>[0];

/** To be called in each way of registering in which the host makes tools. */
export function registerTools(
  api: Pick<OpenClawPluginApi, "registerTool">,
  specs: readonly ToolSpec[],
): void {
  for (const spec of specs)
    api.registerTool((context) => toolFor(spec, context) as ReturnType<Factory>, { name: spec.name });
}

// A stranger in an open group is not even told that there is one.
function toolFor(spec: ToolSpec, context: Context): unknown {
  if (context.senderIsOwner !== true && context.requesterSenderId) return null;
  return {
    ...spec,
    label: spec.name,
    execute: async (_id: string, params: unknown, signal?: AbortSignal) => {
      const run = Reflect.get(globalThis, SHARED) as RunTool | undefined;
      const user = userOf(context);
      const call = { name: spec.name, params, user, signal: signal ?? new AbortController().signal };
      const { text, result } = run ? await run(call) : NOT_RUNNING;
      return { content: [{ type: "text", text }], details: { result: result ?? null } };
    },
  };
}

function userOf(context: Context): ToolUser {
  const {
    agentId = "main",
    sessionKey,
    requesterSenderId,
    messageChannel,
    senderIsOwner,
    deliveryContext,
  } = context;
  const { channel, to, accountId, threadId } = deliveryContext ?? {};
  const known = channel !== undefined && to !== undefined && channel !== "webchat";
  return {
    agentId,
    owner: senderIsOwner === true,
    ...(sessionKey === undefined ? {} : { sessionKey }),
    ...(requesterSenderId ? { sender: `${messageChannel ?? channel ?? "chat"}:${requesterSenderId}` } : {}),
    ...(known
      ? {
          route: {
            channel,
            // A topic is told twice.
            to: threadId === undefined ? to : to.replace(/:topic:\d+$/, ""),
            ...(accountId === undefined ? {} : { accountId }),
            ...(threadId === undefined ? {} : { threadId }),
          },
        }
      : {}),
  };
}
