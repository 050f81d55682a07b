// The operation `add`: hires Claude Code as a new OpenClaw agent, all or nothing.
import { z } from "zod";
import { HARNESS } from "../../../adapters/kinds.ts";
import { Failure } from "../../../common/failure.ts";
import { BACKEND } from "../../../common/names.ts";
import { sessionMapPath } from "../../../state/map-place.ts";
import type { Contractor } from "../../../state/session-map.ts";
import type { Authorized } from "../caller.ts";
import { defineOperation, type Operation } from "../define.ts";
import { anyway } from "../directory-options.ts";
import { checkPlan, type HostFacts, prepareWorkspace } from "./add-checks.ts";
import { withoutFirstRun } from "./scaffold.ts";
import { Undo } from "./undo.ts";

export type NewAgent = {
  agentId: string;
  workspace: string;
  model?: string | undefined;
  bind?: string | undefined;
};
/** `bindings` were routed to the agent; `conflicts` belong to another agent already. */
export type CreatedAgent = {
  workspace: string;
  bindings: string[];
  conflicts: string[];
  undo: () => Promise<void>;
};
export type MainSession = { state: "ready" | "pending"; detail?: string | undefined };

/** What `add` needs of the host and of the machine. Every method throws a Failure a user can read. */
export interface AddPorts {
  facts(): HostFacts;
  /** Absolute form of a path as a user types it (`~` and relative ones included). */
  resolvePath(path: string): string;
  createAgent(agent: NewAgent): Promise<CreatedAgent>;
  /** Makes the agent an ACP one behind our backend; returns how to take that back. */
  setRuntime(runtime: { agentId: string; cwd: string }): Promise<() => Promise<void>>;
  /** `init` of the workspace's session map; `read` for who is there already. */
  sessionMap(workspace: string): {
    init(contractor: Contractor): Promise<void>;
    read(): Promise<{ contractor?: Contractor | undefined }>;
  };
  /** What a directory brings that is not used before somebody trusts it, a line each. */
  brings(cwd: string): Promise<string[]>;
  /** Throws Failure `refused` for a directory no session works in, or, unless `anyway`, one that reaches far. */
  requireGround(directory: string, o: { anyway: boolean }): Promise<void>;
  openMainSession(session: {
    agentId: string;
    cwd: string;
    model?: string | undefined;
  }): Promise<MainSession>;
  /** Makes sure the harness is on this machine, installing it when it is not; returns what it is, in words. */
  requireHarness(context: Authorized): Promise<string>;
}

const input = z.strictObject({
  agentId: z.string().describe("Id of the new agent.").meta({ value: "ID" }),
  workspace: z
    .string()
    .min(1, "is empty")
    .describe("Folder of the agent's own files.")
    .meta({ value: "DIR" }),
  contractor: z
    .string()
    .default(HARNESS.kind)
    .describe(`Who works there: ${HARNESS.kind} (default).`)
    .meta({ value: "KIND" }),
  model: z.string().min(1, "is empty").optional().describe("Model of its sessions.").meta({ value: "MODEL" }),
  anyway,
  cwd: z
    .string()
    .min(1, "is empty")
    .optional()
    .describe("Folder it works in (default: the workspace).")
    .meta({ value: "DIR" }),
  bind: z
    .string()
    .regex(/^[^\s:]+(:[^\s]+)?$/, "must be CHANNEL or CHANNEL:ACCOUNT, for example telegram:default")
    .optional()
    .describe("Route a channel to this agent.")
    .meta({ value: "CHANNEL[:ACCOUNT]" }),
});

const result = z.object({
  agentId: z.string(),
  contractor: z.string(),
  workspace: z.string(),
  cwd: z.string(),
  model: z.string().optional(),
  bindings: z.array(z.string()),
  harness: z.string(),
  sessionMap: z.string(),
  mainSession: z.object({ state: z.enum(["ready", "pending"]), detail: z.string().optional() }),
  /** What the folder brings that is not used before somebody trusts it; absent where it brings nothing. */
  brings: z.array(z.string()).optional(),
  /** What binds a chat to the agent; absent where a channel is routed to it already. */
  next: z.string().optional(),
});
type Result = z.output<typeof result>;

export function addOperation(ports: AddPorts): Operation<typeof input, typeof result> {
  return defineOperation({
    name: "add",
    summary: `Make an OpenClaw agent whose work is done by ${HARNESS.title}.`,
    input,
    result,
    examples: [
      "openclaw contractor-agents add --agent-id ada --workspace ~/ada",
      "openclaw contractor-agents add --agent-id ada --workspace ~/ada --cwd ~/src/shop --bind telegram",
    ],
    run: (given, context) => add(given, context, ports),
    text,
  });
}

async function add(given: z.output<typeof input>, context: Authorized, ports: AddPorts): Promise<Result> {
  const workspace = ports.resolvePath(given.workspace);
  const cwd = given.cwd === undefined ? workspace : ports.resolvePath(given.cwd);
  const plan = { ...given, workspace, cwd };
  const facts = ports.facts();
  await checkPlan({ plan, facts, contractorOf: (dir) => contractorOf(ports, dir) });
  for (const dir of new Set([workspace, cwd])) await ports.requireGround(dir, { anyway: given.anyway });
  const harness = await ports.requireHarness(context);
  context.signal.throwIfAborted();
  const created = await create(plan, context, ports);
  const mainSession = await ports
    .openMainSession({ agentId: given.agentId, cwd: created.cwd, model: given.model })
    .catch((error: unknown): MainSession => ({ state: "pending", detail: String(error) }));
  const brings = await ports.brings(created.cwd);
  const alone = facts.agents.every(({ contractor }) => contractor === undefined);
  return {
    agentId: given.agentId,
    contractor: given.contractor,
    ...created,
    ...(brings.length === 0 ? {} : { brings }),
    ...(given.model === undefined ? {} : { model: given.model }),
    harness,
    mainSession,
    ...(created.bindings.length > 0
      ? {}
      : { next: nextLine({ agentId: given.agentId, cwd: created.cwd, alone }) }),
  };
}

type Plan = {
  agentId: string;
  workspace: string;
  cwd: string;
  model?: string | undefined;
  bind?: string | undefined;
};
type Created = Pick<Result, "workspace" | "cwd" | "bindings" | "sessionMap">;

/** The steps that write; the first that fails takes the earlier ones back. */
async function create(plan: Plan, context: Authorized, ports: AddPorts): Promise<Created> {
  const undo = new Undo();
  try {
    const folder = await prepareWorkspace(plan.workspace);
    undo.add(folder.remains, folder.undo);
    const finish = await withoutFirstRun(plan.workspace);
    context.progress(`Making the agent "${plan.agentId}"`);
    const agent = await ports.createAgent(plan);
    undo.add(`the agent "${plan.agentId}"`, agent.undo);
    if (agent.conflicts.length > 0) throw taken(agent.conflicts);
    context.signal.throwIfAborted();
    await finish();
    const cwd = plan.cwd === plan.workspace ? agent.workspace : plan.cwd;
    undo.add("acp.backend in openclaw.json", await ports.setRuntime({ agentId: plan.agentId, cwd }));
    await ports.sessionMap(agent.workspace).init(contractor(plan.agentId));
    return {
      workspace: agent.workspace,
      cwd,
      bindings: agent.bindings,
      sessionMap: sessionMapPath(agent.workspace),
    };
  } catch (error) {
    throw await undo.after(error);
  }
}

function contractor(agentId: string): Contractor {
  return {
    agentId,
    kind: "claude",
    backend: BACKEND,
    mode: "persistent",
    createdAt: new Date().toISOString(),
  };
}

async function contractorOf(ports: AddPorts, workspace: string): Promise<string | undefined> {
  const map = await ports.sessionMap(workspace).read();
  return map.contractor?.agentId;
}

function taken(conflicts: string[]): Failure {
  return new Failure({
    code: "invalid",
    message: `This channel is routed to another agent already: ${conflicts.join(", ")}.`,
    next: { say: "Leave --bind out, or free it first with `openclaw agents unbind`." },
  });
}

// The way the README shows. Where there are several, `/cc start` has to be told which agent is meant.
function nextLine(agent: { agentId: string; cwd: string; alone: boolean }): string {
  return `/cc start ${agent.alone ? "" : `--agent ${agent.agentId} `}${typed(agent.cwd)}`;
}

function typed(path: string): string {
  return /\s/.test(path) ? JSON.stringify(path) : path;
}

function text(added: Result): string {
  const main =
    added.mainSession.state === "ready"
      ? `is ${HARNESS.name}'s`
      : `becomes ${HARNESS.name}'s when the gateway starts`;
  return [
    `"${added.agentId}" is hired: ${HARNESS.title} works for it in ${added.cwd}.`,
    `  workspace     ${added.workspace}`,
    `  harness       ${added.harness}`,
    ...(added.model === undefined ? [] : [`  model         ${added.model}`]),
    ...(added.bindings.length === 0 ? [] : [`  channels      ${added.bindings.join(", ")}`]),
    `  main session  ${main}${added.mainSession.detail ? ` (${added.mainSession.detail})` : ""}`,
    ...(added.brings === undefined
      ? []
      : [
          `${added.cwd} brings settings of its own, which are not used:`,
          ...added.brings,
          `To use them: openclaw contractor-agents trust add ${typed(added.cwd)}`,
        ]),
    ...(added.next === undefined
      ? [`Now write to it there: every message of these channels goes to ${HARNESS.name}.`]
      : [`Now type this in the chat that should talk to ${HARNESS.name}:`, `  ${added.next}`]),
  ].join("\n");
}
