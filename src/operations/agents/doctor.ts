// The operation `doctor`: looks at everything that must hold for Claude to answer, and says how to mend what does not.
import { stat } from "node:fs/promises";
import { z } from "zod";
import { HARNESS } from "../../../adapters/kinds.ts";
import type { Probe } from "../../../adapters/probe.ts";
import { describe, Failure } from "../../../common/failure.ts";
import { errnoOf } from "../../../state/error.ts";
import { writeNewFile } from "../../../state/new-file.ts";
import type { SessionEntry } from "../../../state/session-map.ts";
import { defineOperation, type Operation } from "../define.ts";
import { type BundlePorts, bundleText, makeBundle } from "./bundle.ts";
import { configFindings, type HostConfig } from "./doctor-config.ts";
import { type HarnessPorts, harnessFindings, settingsFindings } from "./doctor-harness.ts";
import { type Finding, fail, findingSchema, findingText, ok, warn } from "./finding.ts";
import type { LiveAnswer, SurveyAgent } from "./survey.ts";

export type UnconfiguredOwner = { agentId: string; sessions: number };

export interface DoctorPorts extends HarnessPorts {
  versions(): { node: string; host: string };
  hostConfig(): Omit<HostConfig, "contractors">;
  agents(): readonly SurveyAgent[];
  sessions(workspace: string): Promise<SessionEntry[]>;
  /** Agents that own sessions of ours and are not configured. */
  unconfiguredOwners(): Promise<UnconfiguredOwner[]>;
  /** Whether the agent's main session is an ACP session of ours. */
  mainSessionReady(agentId: string): Promise<boolean>;
  live(): Promise<LiveAnswer>;
  /** Opens a real session and closes it again, within a deadline of its own. */
  probeSession(signal: AbortSignal): Promise<Probe>;
  /** What an archive for a fault report is made of. */
  bundle: BundlePorts;
}

const NEEDED_HOST = "2026.9.6";
const input = z.strictObject({
  bundle: z
    .string()
    .min(1, "is empty")
    .exactOptional()
    .describe("Write an archive for a fault report there (.tgz); a file that is there already is kept.")
    .meta({ value: "FILE", path: true }),
  withText: z
    .boolean()
    .default(false)
    .describe(`Put into it also what people, ${HARNESS.name} and its tools said last, cut and redacted.`),
});
const bundleSchema = z.object({
  file: z.string(),
  bytes: z.int(),
  holds: z.array(z.string()),
  leftOut: z.array(z.string()),
});
const result = z.object({
  ok: z.boolean(),
  findings: z.array(findingSchema),
  bundle: bundleSchema.exactOptional(),
});
type Result = z.output<typeof result>;

export function doctorOperation(ports: DoctorPorts): Operation<typeof input, typeof result> {
  return defineOperation({
    name: "doctor",
    summary: `Check everything that must hold for ${HARNESS.name} to answer.`,
    input,
    result,
    examples: [
      "openclaw contractor-agents doctor",
      "openclaw contractor-agents doctor --json",
      "openclaw contractor-agents doctor --bundle fault.tgz",
    ],
    run: async ({ bundle: file, withText }, context) => {
      if (withText && file === undefined)
        throw new Failure({ code: "invalid", message: "--with-text goes with --bundle FILE." });
      if (file !== undefined && (await stat(file).catch(() => undefined))) throw alreadyThere(file);
      const findings = await examine(ports, context);
      const report = { ok: findings.every((finding) => finding.level !== "fail"), findings };
      if (file === undefined) return report;
      context.progress("Writing the archive");
      return { ...report, bundle: await writeBundle(ports.bundle, { ...context, findings, file, withText }) };
    },
    text: ({ findings, bundle }: Result) =>
      [...findings.map(findingText), ...(bundle ? ["", bundleText(bundle)] : [])].join("\n"),
    succeeded: (report: Result) => report.ok,
  });
}

async function writeBundle(
  ports: BundlePorts,
  o: { findings: Finding[]; file: string; withText: boolean; signal: AbortSignal },
): Promise<z.output<typeof bundleSchema>> {
  const { bytes, ...said } = await makeBundle(ports, { ...o, at: new Date() });
  const { file } = o;
  const written = await writeNewFile({ file, bytes }).catch((cause: unknown) => {
    const message = `${file} cannot be written (${errnoOf(cause) ?? describe(cause)}).`;
    throw new Failure({ code: "invalid", message, cause });
  });
  if (!written) throw alreadyThere(file);
  return { file, bytes: bytes.length, ...said };
}

function alreadyThere(file: string): Failure {
  return new Failure({
    code: "invalid",
    message: `${file} is there already, and is kept.`,
    next: { say: "Name another file." },
  });
}

async function examine(
  ports: DoctorPorts,
  context: { signal: AbortSignal; progress(text: string): void },
): Promise<Finding[]> {
  const agents = ports.agents();
  const contractors = agents.filter((agent) => agent.contractor);
  const findings = [
    ...versionFindings(ports.versions()),
    ...configFindings({ ...ports.hostConfig(), contractors: contractors.map((agent) => agent.id) }),
    gatewayFinding(await ports.live()),
    ...(await agentFindings(contractors, ports)),
    ...(await ownerFindings(ports)),
  ];
  context.progress(`Looking at ${HARNESS.title}`);
  const directories = contractors.map(({ workspace, contractor }) => contractor?.cwd ?? workspace);
  findings.push(...(await brokenSettings(ports, directories)));
  const harness = await harnessFindings(ports, context.signal);
  findings.push(...harness.findings);
  context.signal.throwIfAborted();
  if (!harness.usable) return findings;
  context.progress(`Opening a session with ${HARNESS.title}`);
  return [...findings, probeFinding(await ports.probeSession(context.signal))];
}

// Where the plugin's own settings are invalid, that is said of the harness.
async function brokenSettings(ports: DoctorPorts, directories: string[]): Promise<Finding[]> {
  return await settingsFindings(ports, directories).catch(() => []);
}

/** Node's own range is the host's: openclaw's package.json, `engines`. */
function versionFindings({ node, host }: { node: string; host: string }): Finding[] {
  const [major = 0, minor = 0] = node.split(".").map(Number);
  const fits = (major === 24 && minor >= 16) || (major === 26 && minor >= 1) || major > 26;
  return [
    fits
      ? ok(`Node ${node}.`)
      : fail(`Node ${node} is too old for OpenClaw.`, "Install Node 24.16 or newer."),
    isOlder(host, NEEDED_HOST)
      ? fail(`OpenClaw ${host} is too old, ${NEEDED_HOST} is needed.`, "openclaw update")
      : ok(`OpenClaw ${host}.`),
  ];
}

function isOlder(version: string, needed: string): boolean {
  const [have, want] = [version, needed].map((text) =>
    text.split(/[.-]/).map((part) => Number.parseInt(part, 10) || 0),
  );
  for (const [i, number] of (want ?? []).entries()) {
    const difference = (have?.[i] ?? 0) - number;
    if (difference !== 0) return difference < 0;
  }
  return false;
}

function gatewayFinding(answer: LiveAnswer): Finding {
  if (answer.answered) return ok("The gateway runs and has loaded the plugin.");
  return warn(
    `The gateway could not be asked: ${answer.detail}.`,
    "openclaw gateway run, or openclaw gateway restart",
  );
}

async function agentFindings(contractors: SurveyAgent[], ports: DoctorPorts): Promise<Finding[]> {
  const hire = "openclaw contractor-agents add --agent-id ada --workspace ~/ada";
  if (contractors.length === 0) return [warn("There is no contractor agent yet.", hire)];
  return Promise.all(contractors.map((agent) => agentFinding(agent, ports)));
}

async function agentFinding(agent: SurveyAgent, ports: DoctorPorts): Promise<Finding> {
  try {
    await ports.sessions(agent.workspace);
    if (await ports.mainSessionReady(agent.id)) return ok(`The agent "${agent.id}" is set up.`);
    const what = `The main session of "${agent.id}" is not ${HARNESS.name}'s yet: webchat and \`openclaw agent\` do not reach it.`;
    return warn(what, "Start or restart the gateway: openclaw gateway restart");
  } catch (error) {
    return fail(
      `The session map of "${agent.id}" cannot be used: ${describe(error)}`,
      `Look at ${agent.workspace}/.openclaw`,
    );
  }
}

/** docs/host-notes.md#sessions-bindings-routing: with an owner that is no agent every message fails, and the chat only shows "typing". */
async function ownerFindings(ports: DoctorPorts): Promise<Finding[]> {
  const unconfigured = await ports.unconfiguredOwners();
  return unconfigured.map(({ agentId, sessions }) =>
    fail(
      `${sessions === 1 ? "A session belongs" : `${sessions} sessions belong`} to "${agentId}", which is not a configured agent: its chats stay silent.`,
      `openclaw contractor-agents add --agent-id ${agentId} --workspace DIR, or /acp close in that chat`,
    ),
  );
}

function probeFinding(probe: Probe): Finding {
  if (probe.ok)
    return ok(`A session opened and closed in ${(probe.ms / 1000).toFixed(1)} s (${probe.detail}).`);
  return fail(
    `A session could not be opened: ${probe.detail}`,
    "Mend what is said above, then run this again.",
  );
}
