// The operations that look at a session: `status`, `workdir`, `peek`, `history`, `commands`.
import { z } from "zod";
import type { Login } from "../../../adapters/harness.ts";
import { HARNESS } from "../../../adapters/kinds.ts";
import { asText, plain, prose, visible } from "../../../common/text.ts";
import type { SessionCatalog } from "../../catalog/catalog.ts";
import { profileOf } from "../../session/controls.ts";
import type { Session } from "../../session/session.ts";
import { sourceLabel } from "../../session/source.ts";
import { usageText } from "../../session/usage-text.ts";
import { age, secondsSince } from "../age.ts";
import type { Authorized } from "../caller.ts";
import { defineOperation, type Operation } from "../define.ts";
import { missing, ref, target } from "./resume.ts";

export const which = ref
  .optional()
  .describe("Which session (default: this conversation's).")
  .meta({ value: "SESSION", positional: false });
const input = z.strictObject({ session: which });
const text = z.object({ text: z.string() });

/** The session that is meant. Throws Failure `invalid` where none is said and there is no conversation. */
export async function sessionOf(
  catalog: SessionCatalog,
  named: string | undefined,
  context: Authorized,
): Promise<Session> {
  const identity = await target(catalog, named, context);
  if (!identity) throw missing(context);
  return catalog.session(identity);
}

const statusResult = z.object({
  agentId: z.string(),
  sessionKey: z.string(),
  state: z.string(),
  cwd: z.string(),
  claudeSessionId: z.string().optional(),
  name: z.string().optional(),
  profile: z.string(),
  queued: z.int(),
  /** The conversations that show it, by their channel. */
  shownIn: z.array(z.string()),
  /** Where the turn that runs was begun. */
  workingFor: z.string().optional(),
  running: z.array(z.string()),
  /** What the sub-agents that work now were given. */
  subagents: z.array(z.string()),
  /** What the harness has in the background, in its own words. */
  inBackground: z.array(z.string()),
  /** MCP servers, each with its status in Claude's words. */
  servers: z.array(z.object({ name: z.string(), status: z.string() })),
  ageSeconds: z.int(),
  context: z.object({ used: z.number(), size: z.number() }).optional(),
  /** What the harness is logged in with, and so who pays. */
  login: z.string().optional(),
  /** Model, context, last turn and all of them, a line each. */
  used: z.string().optional(),
});

export function sessionStatusOperation(
  catalog: () => SessionCatalog,
): Operation<typeof input, typeof statusResult> {
  return defineOperation({
    name: "status",
    summary: "Where things stand: state, directory, permissions, context, what is running.",
    input,
    result: statusResult,
    effect: "read",
    run: async (given, context) => await readStatus(await sessionOf(catalog(), given.session, context)),
    text: (status) => statusText(status),
  });
}

async function readStatus(session: Session): Promise<z.output<typeof statusResult>> {
  const { state, queued, running, subagents, inBackground, servers, entry, usage } = await session.status();
  const [spent, login, places] = await Promise.all([session.usage(), loginOf(session), session.places()]);
  const source = session.activity.running?.source;
  const seconds = entry ? secondsSince(entry.lastActivityAt) : 0;
  return {
    ...session.identity,
    state,
    cwd: entry?.cwd ?? session.controls.defaults.cwd,
    profile: await profileOf(session.controls),
    queued,
    shownIn: places.map(({ channel, group }) => (group ? `${channel} (group)` : channel)),
    ...(source ? { workingFor: sourceLabel(source) } : {}),
    running,
    subagents,
    inBackground: [...inBackground],
    servers: [...servers],
    ageSeconds: seconds,
    ...(entry?.claudeSessionId === undefined ? {} : { claudeSessionId: entry.claudeSessionId }),
    ...(entry?.name === undefined ? {} : { name: entry.name }),
    ...(usage ? { context: usage } : {}),
    ...(login === undefined ? {} : { login: login.loggedIn ? login.by : "nothing" }),
    ...(spent.total.turns === 0 ? {} : { used: usageText(spent) }),
  };
}

// A status is told without it rather than late.
async function loginOf(session: Session): Promise<Login | undefined> {
  return await session.controls.harness.login?.read(AbortSignal.timeout(LOGIN_MS)).catch(() => undefined);
}

function statusText(status: z.output<typeof statusResult>): string {
  const { name, state, ageSeconds, cwd, profile, running, servers, queued, used, claudeSessionId } = status;
  const { agentId, inBackground, subagents, login, shownIn, workingFor } = status;
  const bypass = profile === "bypassPermissions" ? " ⚠️ everything runs without asking" : "";
  return [
    `${name ?? HARNESS.name}: ${state}, last active ${age(ageSeconds)} ago`,
    `agent: ${agentId}`,
    `directory: ${asText(cwd)}`,
    `permissions: ${profile}${bypass}`,
    ...(shownIn.length > 0 ? [`shown in: ${shownIn.join(", ")}`] : []),
    ...(workingFor === undefined ? [] : [`at work for: ${workingFor}`]),
    ...(running.length > 0 ? [`running: ${listed(running)}`] : []),
    ...(subagents.length > 0 ? [`sub-agents at work: ${subagents.length} (${listed(subagents)})`] : []),
    ...(inBackground.length > 0
      ? [`in the background (${inBackground.length}): ${listed(inBackground)}`]
      : []),
    ...(queued > 0 ? [`waiting: ${queued}`] : []),
    ...(servers.length > 0
      ? [`MCP servers: ${servers.map((one) => `${one.name} ${one.status}`).join(", ")}`]
      : []),
    ...(login === undefined ? [] : [`logged in with: ${login}`]),
    `session: ${claudeSessionId ?? "none yet"}`,
    ...(used === undefined ? [] : [inLowerCase(used)]),
  ].join("\n");
}

const LOGIN_MS = 3_000;
const LISTED = 5;
const LISTED_WIDTH = 80;

/** Titles of what runs, each as it is. */
function listed(titles: readonly string[]): string {
  const more = titles.length > LISTED ? [`and ${titles.length - LISTED} more`] : [];
  return [...titles.slice(0, LISTED).map((title) => asText(plain(title, LISTED_WIDTH))), ...more].join(", ");
}

// The lines of `usage` begin with a capital, and one of them with a word that stands above already.
function inLowerCase(used: string): string {
  return used.replace(/^Session:/m, "So far:").replace(/^[A-Z]/gm, (letter) => letter.toLowerCase());
}

export function workdirOperation(catalog: () => SessionCatalog): Operation<typeof input, typeof text> {
  return defineOperation({
    name: "workdir",
    summary: `The directory ${HARNESS.name} works in.`,
    input,
    result: text,
    effect: "read",
    run: async (given, context) => {
      const session = await sessionOf(catalog(), given.session, context);
      return { text: (await session.record.read())?.cwd ?? session.controls.defaults.cwd };
    },
    text: (result) => result.text,
  });
}

const PEEK = 1_500;

export function peekOperation(catalog: () => SessionCatalog): Operation<typeof input, typeof text> {
  return defineOperation({
    name: "peek",
    summary: `The end of what ${HARNESS.name} is saying, and what it is doing, without disturbing it.`,
    input,
    result: text,
    effect: "read",
    run: async (given, context) => {
      const session = await sessionOf(catalog(), given.session, context);
      const { state, running } = await session.status();
      const tail = session.output.tail(PEEK);
      const doing = running.length > 0 ? `(running: ${listed(running)})` : `(${state})`;
      return { text: [tail, doing].filter(Boolean).join("\n\n") };
    },
    text: (result) => result.text,
  });
}

const historyInput = z.strictObject({
  lines: z.coerce
    .number("must be a number")
    .int("must be a whole number")
    .min(1, "must be at least 1")
    .max(1_000, "must be at most 1000")
    .default(100)
    .describe("How many lines, the newest.")
    .meta({ value: "N", positional: true }),
  session: which,
});

export function historyOperation(catalog: () => SessionCatalog): Operation<typeof historyInput, typeof text> {
  return defineOperation({
    name: "history",
    summary: "The last lines of the conversation.",
    input: historyInput,
    result: text,
    effect: "read",
    run: async (given, context) => {
      const { output, controls } = await sessionOf(catalog(), given.session, context);
      const assistant = controls.harness.title;
      const quoted = context.caller.is === "chat" ? prose : visible;
      const said = output.history(given.lines, { assistant, quoted });
      return { text: said || "Nothing was said since the gateway started." };
    },
    text: (result) => result.text,
  });
}

const commandsResult = z.object({ commands: z.array(z.string()) });

export function commandsOperation(
  catalog: () => SessionCatalog,
): Operation<typeof input, typeof commandsResult> {
  return defineOperation({
    name: "commands",
    summary: `${HARNESS.name}'s own slash commands; send one with /cc /name.`,
    input,
    result: commandsResult,
    effect: "read",
    run: async (given, context) => ({
      commands: [...(await sessionOf(catalog(), given.session, context)).controls.reader.commands],
    }),
    text: ({ commands }) =>
      commands.length === 0
        ? `${HARNESS.name} has not told its commands yet: send it a message first.`
        : commands.map((name) => `/${name}`).join(" "),
  });
}
