// The operations that put another harness session behind a conversation: `resume`, `fork`, `restart`.
import { z } from "zod";
import { HARNESS } from "../../../adapters/kinds.ts";
import { Failure } from "../../../common/failure.ts";
import type { Identity } from "../../../state/identity.ts";
import type { SessionEntry } from "../../../state/session-map.ts";
import type { SessionCatalog } from "../../catalog/catalog.ts";
import type { Trust } from "../../session/folder-trust.ts";
import type { Authorized } from "../caller.ts";
import { defineOperation, type Operation } from "../define.ts";
import { directoryAt } from "../directory.ts";
import { anyway, trust as trustDirectory, withoutSettings } from "../directory-options.ts";
import { byOf, mustDecide, undecided } from "../permission/trust-first.ts";

export const ref = z.string().min(1, "is empty").meta({ value: "SESSION", positional: true });
const into = ref
  .optional()
  .describe("The session whose conversation goes on with it (default: the one it is from, or this one).")
  .meta({ value: "SESSION", positional: false });
const result = z.object({
  sessionKey: z.string(),
  agentId: z.string(),
  claudeSessionId: z.string().optional(),
  cwd: z.string(),
});
type Moved = z.output<typeof result>;

const resumeInput = z.strictObject({
  ref: ref.describe(
    `Number in the list, name, session key, or a ${HARNESS.name} id: an earlier one of ours or one of a terminal.`,
  ),
  into,
});

export function resumeOperation(catalog: () => SessionCatalog): Operation<typeof resumeInput, typeof result> {
  return defineOperation({
    name: "resume",
    summary: "Go on with an earlier session: one that was reset away, or one of a terminal.",
    input: resumeInput,
    result,
    effect: "write",
    examples: [
      "openclaw contractor-agents resume 2",
      "openclaw contractor-agents resume 7f3a91c2 --into fix-auth",
    ],
    run: async (given, context) => {
      const into = await target(catalog(), given.into, context);
      // In a chat it is this conversation that is to go on with it.
      if (context.route && !into) throw missing(context);
      return moved(await catalog().resume({ ref: given.ref, into, here: context.here }));
    },
    text: ({ claudeSessionId, cwd }) =>
      `Resumed ${claudeSessionId} in ${cwd}. The next message goes on from there.`,
  });
}

const forkInput = z.strictObject({
  ref: ref.optional().describe("The session to copy (default: this conversation's)."),
  into,
});

export function forkOperation(catalog: () => SessionCatalog): Operation<typeof forkInput, typeof result> {
  return defineOperation({
    name: "fork",
    summary: "Go on with a copy of a session; the original stays as it is.",
    input: forkInput,
    result,
    effect: "write",
    examples: ["openclaw contractor-agents fork fix-auth"],
    run: async (given, context) => {
      const origin = given.ref ?? context.here?.sessionKey;
      if (origin === undefined) throw missing(context);
      const into = await target(catalog(), given.into, context);
      return moved(await catalog().fork({ ref: origin, into, here: context.here }));
    },
    text: ({ cwd }) =>
      `Forked. The next message goes on from the shared past, in ${cwd}; the original is unchanged.`,
  });
}

const restartInput = z.strictObject({
  anyway,
  cwd: z
    .string()
    .min(1, "is empty")
    .optional()
    .describe("The directory of the new session (default: the same).")
    .meta({ value: "DIR", positional: true, path: true }),
  trust: trustDirectory,
  withoutSettings,
  session: ref
    .optional()
    .describe("Which session (default: this conversation's).")
    .meta({ value: "SESSION", positional: false }),
});

export function restartOperation(
  catalog: () => SessionCatalog,
  trust: () => Trust,
): Operation<typeof restartInput, typeof result> {
  return defineOperation({
    name: "restart",
    summary: "Begin a new session in the same conversation, in the same or another directory.",
    input: restartInput,
    result,
    effect: "write",
    examples: ["openclaw contractor-agents restart /srv/shop --session 1"],
    // Another directory is as much as a start there.
    ownerOnly: ({ cwd, trust, withoutSettings }) =>
      cwd !== undefined || trust === true || withoutSettings === true,
    run: async (given, context) => {
      const session = await target(catalog(), given.session, context);
      if (!session) throw missing(context, "Name one with --session");
      const cwd = given.cwd === undefined ? undefined : await directoryAt(given.cwd);
      if (cwd !== undefined) await trust().requireGround(cwd, { anyway: given.anyway });
      const said = given.trust || given.withoutSettings;
      const at = cwd ?? (said ? (await catalog().session(session).record.read())?.cwd : undefined);
      const standing = at && (await undecided(trust(), at, { ...given, by: byOf(context) }));
      if (standing) throw mustDecide(standing);
      return moved(
        await catalog().restart(session, {
          reason: "restarted",
          cwd,
          here: context.here,
          place: context.route,
        }),
      );
    },
    text: ({ cwd }) => `New session in ${cwd}. The earlier one is kept and can be resumed.`,
  });
}

/** The session that is meant: the one named, else the one of this conversation. */
export async function target(
  catalog: SessionCatalog,
  named: string | undefined,
  context: Authorized,
): Promise<Identity | undefined> {
  return named === undefined ? context.here : (await catalog.find(named)).identity;
}

/** Nothing is meant: in a chat because Claude is not there, elsewhere because nothing was named. */
export function missing(context?: Authorized, name = "Name one"): Failure {
  if (context?.route) {
    return new Failure({
      code: "invalid",
      message: `${HARNESS.name} is not in this conversation.`,
      next: [
        { lead: "To bring it here", run: "start" },
        { lead: "For an earlier session", run: "here", args: "SESSION" },
      ],
    });
  }
  return new Failure({
    code: "invalid",
    message: "It is not said which session is meant.",
    next: [{ say: `${name}.` }, { lead: "See them with", run: "sessions" }],
  });
}

function moved({ openclawSessionKey: sessionKey, agentId, claudeSessionId, cwd }: SessionEntry): Moved {
  return { sessionKey, agentId, cwd, ...(claudeSessionId === undefined ? {} : { claudeSessionId }) };
}
