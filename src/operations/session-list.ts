// The operation `sessions`: every session there is, numbered, with what may be resumed.
import { z } from "zod";
import type { Desk, Listed } from "../session/desk.ts";
import { age } from "./age.ts";
import { defineOperation, type Operation } from "./define.ts";

const input = z.strictObject({
  all: z
    .boolean()
    .default(false)
    .describe("Also show closed sessions, and the earlier ones that were reset away."),
  terminal: z
    .string()
    .min(1, "is empty")
    .optional()
    .describe("Also show the sessions Claude Code has in this directory, those of a terminal too.")
    .meta({ value: "DIR" }),
});

const session = z.object({
  number: z.int(),
  agentId: z.string(),
  sessionKey: z.string(),
  name: z.string().optional(),
  state: z.string(),
  claudeSessionId: z.string().optional(),
  cwd: z.string(),
  queued: z.int(),
  adapterPid: z.int().optional(),
  lastActivityAt: z.string(),
  ageSeconds: z.int(),
  earlier: z.array(z.object({ claudeSessionId: z.string(), retiredAt: z.string(), reason: z.string() })),
});
const known = z.object({
  claudeSessionId: z.string(),
  cwd: z.string(),
  title: z.string().optional(),
  updatedAt: z.string().optional(),
});
const result = z.object({ sessions: z.array(session), terminal: z.array(known).optional() });
type View = z.output<typeof session>;

export function sessionsOperation(desk: () => Desk): Operation<typeof input, typeof result> {
  return defineOperation({
    name: "sessions",
    summary: "List the sessions: number, state, Claude id, directory, age.",
    input,
    result,
    effect: "read",
    ownerOnly: true,
    examples: [
      "openclaw contractor-agents sessions",
      "openclaw contractor-agents sessions --all --terminal .",
    ],
    run: async ({ all, terminal }, { signal }) => {
      const listed = await Promise.all((await desk().list()).map(view));
      const sessions = all ? listed : listed.filter((one) => one.state !== "closed");
      if (terminal === undefined) return { sessions };
      const found = await desk().terminal(terminal, signal);
      return {
        sessions,
        terminal: found.map(({ sessionId, ...rest }) => ({ claudeSessionId: sessionId, ...rest })),
      };
    },
    text: ({ sessions, terminal }) => [...lines(sessions), ...terminalLines(terminal)].join("\n"),
  });
}

async function view({ number, entry, session }: Listed): Promise<View> {
  const { state, queued, adapterPid } = await session.status();
  const {
    agentId,
    openclawSessionKey: sessionKey,
    name,
    claudeSessionId,
    cwd,
    lastActivityAt,
    retired,
  } = entry;
  const seconds = Math.max(0, Math.round((Date.now() - Date.parse(lastActivityAt)) / 1000));
  return {
    number,
    agentId,
    sessionKey,
    state: state === "absent" ? (entry.state === "closed" ? "closed" : "new") : state,
    cwd,
    queued,
    lastActivityAt,
    ageSeconds: seconds,
    earlier: retired.map(({ claudeSessionId: id, retiredAt, reason }) => ({
      claudeSessionId: id,
      retiredAt,
      reason,
    })),
    ...(name === undefined ? {} : { name }),
    ...(claudeSessionId === undefined ? {} : { claudeSessionId }),
    ...(adapterPid === undefined ? {} : { adapterPid }),
  };
}

function lines(sessions: readonly View[]): string[] {
  if (sessions.length === 0) return ["No sessions yet. In a chat: /cc start"];
  return sessions.flatMap((one) => {
    const what = [
      `#${one.number}`,
      one.name ?? one.sessionKey,
      one.state,
      `${age(one.ageSeconds)} ago`,
      one.cwd,
    ];
    const past = one.earlier.map(
      (old) => `      earlier ${old.claudeSessionId} (${old.reason}, ${old.retiredAt.slice(0, 16)})`,
    );
    return [what.join("  "), `      claude  ${one.claudeSessionId ?? "none yet"}`, ...past];
  });
}

function terminalLines(found: readonly z.output<typeof known>[] | undefined): string[] {
  if (found === undefined) return [];
  if (found.length === 0) return ["", "Claude Code has no sessions in that directory."];
  const rows = found.map((one) =>
    `  ${one.claudeSessionId}  ${one.updatedAt?.slice(0, 16) ?? ""}  ${one.title ?? ""}`.trimEnd(),
  );
  return ["", "Claude Code's own, in that directory:", ...rows];
}
