// The host's agents: who is configured, and how a contractor agent is made and taken back.
import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";
import { z } from "zod";
import { HARNESS } from "../../adapters/kinds.ts";
import { Failure } from "../../common/failure.ts";
import { BACKEND } from "../../common/names.ts";
import type { CreatedAgent, NewAgent } from "../operations/agents/add.ts";
import type { HostFacts } from "../operations/agents/add-checks.ts";
import { runHostCommand } from "./host-command.ts";

type Api = Pick<OpenClawPluginApi, "runtime">;
type Config = ReturnType<Api["runtime"]["config"]["current"]>;
type MutableConfig = Parameters<Parameters<Api["runtime"]["config"]["mutateConfigFile"]>[0]["mutate"]>[0];

export type RosterAgent = {
  id: string;
  workspace: string;
  /** Set when the agent's work is done by a contractor: what it is told to run. */
  contractor?: { harness: string; cwd?: string | undefined; model?: string | undefined } | undefined;
};

const createdSchema = z.object({
  workspace: z.string(),
  agentDir: z.string(),
  bindings: z.object({
    added: z.array(z.string()),
    updated: z.array(z.string()),
    conflicts: z.array(z.string()),
  }),
});

// The host makes a new object of every change of its configuration.
const rosters = new WeakMap<object, readonly RosterAgent[]>();

/** Every configured agent, with what makes it a contractor; the host's implicit single agent is `main`. Made once for each configuration. */
export function roster(api: Api): readonly RosterAgent[] {
  const config = api.runtime.config.current();
  const known = rosters.get(config);
  if (known) return known;
  const made = rosterOf(api, config);
  rosters.set(config, made);
  return made;
}

function rosterOf(api: Api, config: Config): RosterAgent[] {
  const entries = config.agents?.entries ?? {};
  const ids = Object.keys(entries);
  return (ids.length > 0 ? ids : ["main"]).map((id) => ({
    id,
    workspace: api.runtime.agent.resolveAgentWorkspaceDir(config as MutableConfig, id),
    contractor: contractorOf(config, id),
  }));
}

export function facts(api: Api): HostFacts {
  return { agents: roster(api), backend: api.runtime.config.current().acp?.backend };
}

/**
 * Makes the agent as `openclaw agents add --non-interactive` does: workspace files, roster transition, provenance.
 * The SDK has no such call, and the gateway's `agents.create` neither binds nor works without a gateway.
 */
export async function createAgent(api: Api, agent: NewAgent): Promise<CreatedAgent> {
  const args = ["agents", "add", agent.agentId, "--non-interactive", "--workspace", agent.workspace];
  if (agent.model !== undefined) args.push("--model", withProvider(agent.model));
  if (agent.bind !== undefined) args.push("--bind", agent.bind);
  const state = join(stateDirOf(api), "agents", agent.agentId);
  const known = await stat(state).then(
    () => true,
    () => false,
  );
  const printed = createdSchema.safeParse(await runHostCommand({ args, timeoutMs: 90_000 }));
  if (!printed.success) throw unreadable();
  const { workspace, bindings } = printed.data;
  return {
    workspace,
    bindings: [...bindings.added, ...bindings.updated],
    conflicts: bindings.conflicts,
    undo: async () => {
      await removeAgent(agent.agentId);
      if (!known) await rm(state, { recursive: true, force: true });
    },
  };
}

/** Puts the agent behind our backend in one write; the returned function takes a newly set `acp.backend` back. */
export async function setRuntime(
  api: Api,
  o: { agentId: string; cwd: string },
): Promise<() => Promise<void>> {
  const { result } = await api.runtime.config.mutateConfigFile({
    afterWrite: { mode: "auto" },
    mutate: (draft) => {
      const entry = draft.agents?.entries?.[o.agentId];
      if (!entry) throw vanished(o.agentId);
      entry.runtime = {
        type: "acp",
        acp: { agent: HARNESS.kind, backend: BACKEND, mode: "persistent", cwd: o.cwd },
      };
      const first = draft.acp?.backend === undefined;
      if (first) draft.acp = { ...draft.acp, backend: BACKEND };
      return first;
    },
  });
  return () => (result === true ? clearBackend(api) : Promise.resolve());
}

/** A bare name the host would read as one of its default provider's models (`openai/sonnet`), and warn of it all day. */
function withProvider(model: string): string {
  return model.includes("/") ? model : `anthropic/${model}`;
}

function contractorOf(config: Config, id: string): RosterAgent["contractor"] {
  const entry = config.agents?.entries?.[id];
  if (entry?.runtime?.type !== "acp" || entry.runtime.acp?.backend !== BACKEND) return undefined;
  const { agent, cwd } = entry.runtime.acp;
  return {
    harness: agent ?? HARNESS.kind,
    cwd,
    model: typeof entry.model === "string" ? entry.model : undefined,
  };
}

/** The runtime's own `mutateConfigFile` has no word for removing an agent; the SDK's has. */
async function removeAgent(agentId: string): Promise<void> {
  const { mutateConfigFile } = await import("openclaw/plugin-sdk/config-mutation");
  await mutateConfigFile({
    afterWrite: { mode: "auto" },
    writeOptions: { allowedAgentRosterRemovals: [agentId] },
    mutate: (draft) => {
      delete draft.agents?.entries?.[agentId];
      const others = draft.bindings?.filter((binding) => binding.agentId !== agentId);
      if (others?.length === 0) delete draft.bindings;
      else if (others) draft.bindings = others;
    },
  });
}

async function clearBackend(api: Api): Promise<void> {
  await api.runtime.config.mutateConfigFile({
    afterWrite: { mode: "auto" },
    mutate: (draft) => {
      delete draft.acp?.backend;
      if (draft.acp && Object.keys(draft.acp).length === 0) delete draft.acp;
    },
  });
}

function stateDirOf(api: Api): string {
  return api.runtime.state.resolveStateDir();
}

function unreadable(): Failure {
  const message = "`openclaw agents add` answered with something else than expected.";
  return new Failure({
    code: "refused",
    message,
    next: { say: "Update the plugin to match your OpenClaw version." },
  });
}

function vanished(agentId: string): Failure {
  return new Failure({
    code: "refused",
    message: `The agent "${agentId}" was removed while it was being made.`,
  });
}
