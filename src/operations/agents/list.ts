// The operations `list` and `status`: who is hired, which sessions they have, and what is running right now.
import { z } from "zod";
import { HARNESS } from "../../../adapters/kinds.ts";
import { age } from "../age.ts";
import { defineOperation, type Operation } from "../define.ts";
import { type Survey, type SurveyPorts, type SurveySession, survey, surveySchema } from "./survey.ts";

const input = z.strictObject({});

export function listOperation(ports: SurveyPorts): Operation<typeof input, typeof surveySchema> {
  return defineOperation({
    name: "list",
    summary: "Show the contractor agents and their sessions.",
    input,
    result: surveySchema,
    examples: ["openclaw contractor-agents list", "openclaw contractor-agents list --json"],
    run: () => survey(ports),
    text: listText,
  });
}

export function statusOperation(ports: SurveyPorts): Operation<typeof input, typeof surveySchema> {
  return defineOperation({
    name: "status",
    summary: "Show what is running: gateway, adapter processes, and each session in full.",
    input,
    result: surveySchema,
    examples: ["openclaw contractor-agents status", "openclaw contractor-agents status --json"],
    run: () => survey(ports),
    text: statusText,
  });
}

function listText(found: Survey): string {
  if (found.agents.length === 0) return nobody();
  const lines = found.agents.flatMap((agent) => [
    `${agent.agentId}  ${count(agent.sessions.length, "session")}  ${agent.cwd}`,
    ...(agent.problem ? [`  ! ${agent.problem}`] : []),
    ...agent.sessions.map((session) => `  ${brief(session)}`),
  ]);
  return [...lines, ...note(found)].join("\n");
}

function statusText(found: Survey): string {
  const { gateway, adapters } = found;
  const lines = [gateway.running ? `gateway  pid ${gateway.pid}` : "gateway  no live view"];
  for (const adapter of adapters)
    lines.push(`adapter  pid ${adapter.pid}, ${count(adapter.sessions, "session")}`);
  for (const agent of found.agents) {
    const role = agent.contractor ? "" : ` (not a contractor agent, but has sessions of ${HARNESS.name})`;
    lines.push("", `${agent.agentId}${role}`, `  workspace  ${agent.workspace}`, `  works in   ${agent.cwd}`);
    if (agent.model) lines.push(`  model      ${agent.model}`);
    if (agent.problem) lines.push(`  problem    ${agent.problem}`);
    for (const session of agent.sessions) lines.push(...full(session));
  }
  if (found.agents.length === 0) lines.push(nobody());
  return [...lines, ...note(found)].join("\n");
}

function brief(session: SurveySession): string {
  const parts = [
    session.name ?? session.sessionKey,
    session.state,
    idOf(session) ?? `no ${HARNESS.name} session yet`,
  ];
  if (session.adapterPid) parts.push(`pid ${session.adapterPid}`);
  return [...parts, `${age(session.ageSeconds)} ago`].join("  ");
}

function idOf({ claudeSessionId, earlierSessionId }: SurveySession): string | undefined {
  return claudeSessionId ?? (earlierSessionId && `before: ${earlierSessionId}`);
}

function full(session: SurveySession): string[] {
  const waiting = session.queued ? `, ${session.queued} waiting` : "";
  const process = session.adapterPid ? ` in process ${session.adapterPid}` : "";
  return [
    `  session    ${session.sessionKey}${session.name ? ` (${session.name})` : ""}`,
    `    state    ${session.state}${process}${waiting}, last active ${age(session.ageSeconds)} ago`,
    `    claude   ${idOf(session) ?? "none yet"}`,
    `    cwd      ${session.cwd}`,
  ];
}

function note(found: Survey): string[] {
  return found.gateway.note ? ["", found.gateway.note] : [];
}

function nobody(): string {
  return "No contractor agent yet. Hire one: openclaw contractor-agents add --agent-id ada --workspace ~/ada";
}

function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? "" : "s"}`;
}
