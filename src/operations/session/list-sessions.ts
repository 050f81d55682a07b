// The operation `sessions`: every session there is, numbered, with what may be resumed.
import { z } from "zod";
import { HARNESS } from "../../../adapters/kinds.ts";
import { ownWords } from "../../../common/marked-context.ts";
import { asText } from "../../../common/text.ts";
import { type Identity, identityKey, identityOf } from "../../../state/identity.ts";
import type { Route } from "../../../state/session-map.ts";
import type { Listed, SessionCatalog, TerminalSession } from "../../catalog/catalog.ts";
import { age, secondsSince } from "../age.ts";
import { defineOperation, type Operation } from "../define.ts";
import { directoryAt } from "../directory.ts";

const input = z.strictObject({
  all: z
    .boolean()
    .default(false)
    .describe("Also show closed sessions, and every earlier one that was reset away."),
  terminal: z
    .string()
    .min(1, "is empty")
    .optional()
    .describe(`Also show the sessions ${HARNESS.title} has in this directory, those of a terminal too.`)
    .meta({ value: "DIR", path: true }),
});

const session = z.object({
  number: z.int(),
  agentId: z.string(),
  sessionKey: z.string(),
  name: z.string().optional(),
  state: z.string(),
  claudeSessionId: z.string().optional(),
  cwd: z.string(),
  /** Its conversation, as channel and address. */
  chat: z.string().optional(),
  lastPrompt: z.string().optional(),
  /** True for the session of the conversation that asks. */
  here: z.boolean(),
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
  lastPrompt: z.string().optional(),
  updatedAt: z.string().optional(),
  ageSeconds: z.int().optional(),
  /** The session of ours that is in it. */
  number: z.int().optional(),
});
const result = z.object({
  /** Whether closed ones are among them. */
  all: z.boolean(),
  /** Whether a line or two of each are enough: in a chat, unless all are wanted. */
  short: z.boolean(),
  /** How many a short list leaves out. */
  more: z.int().optional(),
  sessions: z.array(session),
  /** What keeps sessions off the list. */
  problems: z.array(z.string()).optional(),
  directory: z.string().optional(),
  terminal: z.array(known).optional(),
});
type Result = z.output<typeof result>;
type View = z.output<typeof session>;
type Known = z.output<typeof known>;

const EARLIER_SHOWN = 3;
const WORDS_SHOWN = 80;
/** As many as fit onto the screen of a phone. */
const SHORT = 8;

export function sessionsOperation(catalog: () => SessionCatalog): Operation<typeof input, typeof result> {
  return defineOperation({
    name: "sessions",
    summary: `List the sessions: number, state, age, directory, ${HARNESS.name} id, what was said last.`,
    input,
    result,
    effect: "read",
    ownerOnly: true,
    examples: [
      "openclaw contractor-agents sessions",
      "openclaw contractor-agents sessions --all --terminal ~/src/shop",
    ],
    run: async ({ all, terminal }, { signal, caller, here }) => {
      const { listed, problems } = await catalog().list();
      const seen = await Promise.all(listed.map(async (one) => ({ one, view: await view(one, here) })));
      const open = all ? seen : seen.filter(({ view: { state } }) => state !== "closed");
      const short = caller.is === "chat" && !all;
      const shown = short ? hereFirst(open).slice(0, SHORT) : open;
      const sessions = await Promise.all(shown.map(withPrompt));
      const more = open.length - shown.length;
      const found: Result = {
        all,
        short,
        sessions,
        ...(more > 0 ? { more } : {}),
        ...(problems.length > 0 ? { problems } : {}),
      };
      if (terminal === undefined) return found;
      const directory = await directoryAt(terminal);
      return { ...found, directory, terminal: (await catalog().terminal(directory, signal)).map(asKnown) };
    },
    text: (found) => [...lines(found), ...(found.problems ?? []), ...terminalLines(found)].join("\n"),
  });
}

function hereFirst(seen: { one: Listed; view: View }[]) {
  return seen.toSorted((a, b) => Number(b.view.here) - Number(a.view.here));
}

async function withPrompt(o: { one: Listed; view: View }): Promise<View> {
  const lastPrompt = await o.one.lastPrompt();
  return lastPrompt === undefined ? o.view : { ...o.view, lastPrompt };
}

async function view({ entry, session }: Listed, here: Identity | undefined): Promise<View> {
  const { state, queued, adapterPid } = await session.status();
  const { number, agentId, openclawSessionKey: sessionKey, cwd, lastActivityAt, route } = entry;
  return {
    number,
    agentId,
    sessionKey,
    state,
    cwd,
    queued,
    here: here !== undefined && identityKey(here) === identityKey(identityOf(entry)),
    lastActivityAt,
    ageSeconds: secondsSince(lastActivityAt),
    earlier: entry.retired.map(({ claudeSessionId: id, retiredAt, reason }) => ({
      claudeSessionId: id,
      retiredAt,
      reason,
    })),
    ...(entry.name === undefined ? {} : { name: entry.name }),
    ...(entry.claudeSessionId === undefined ? {} : { claudeSessionId: entry.claudeSessionId }),
    ...(route === undefined ? {} : { chat: chatOf(route) }),
    ...(adapterPid === undefined ? {} : { adapterPid }),
  };
}

function asKnown({ sessionId, ...rest }: TerminalSession): Known {
  const { updatedAt } = rest;
  const aged = updatedAt === undefined ? {} : { ageSeconds: secondsSince(updatedAt) };
  return { claudeSessionId: sessionId, ...rest, ...aged };
}

function chatOf({ channel, to, accountId, threadId }: Route): string {
  // A channel may name the thread within the address as well.
  const address = (to.startsWith(`${channel}:`) ? to.slice(channel.length + 1) : to).replace(
    /:topic:\d+$/,
    "",
  );
  const account = accountId === undefined || accountId === "default" ? "" : ` (${accountId})`;
  return `${channel} ${address}${threadId === undefined ? "" : ` topic ${threadId}`}${account}`;
}

function lines({ sessions, all, short, more }: Result): string[] {
  if (sessions.length === 0) return ["No sessions yet. In a chat: /cc start"];
  if (short) return [...sessions.flatMap(shortLines), rest(more ?? 0)];
  return sessions.flatMap((one) => {
    const { name, sessionKey } = one;
    return [head(one, name ?? sessionKey), ...details(one), ...earlierLines(one, all)];
  });
}

function head({ number, state, ageSeconds, cwd, here }: View, name: string): string {
  const parts = [`#${number}`, asText(name), state, `${age(ageSeconds)} ago`, asText(cwd)];
  return [...parts, ...(here ? ["← here"] : [])].join("  ");
}

// What one chooses a session by; of the one here also what can be gone back to.
function shortLines(one: View): string[] {
  const { name, chat, sessionKey, lastPrompt, here, earlier } = one;
  const past = here ? earlier.slice(0, EARLIER_SHOWN) : [];
  return [
    head(one, name ?? chat ?? sessionKey),
    ...(lastPrompt === undefined ? [] : [`      last    ${brief(lastPrompt)}`]),
    ...past.map(
      ({ claudeSessionId: id, retiredAt }) => `      earlier ${id.slice(0, 8)}  ${retiredAt.slice(0, 16)}`,
    ),
  ];
}

function rest(more: number): string {
  return more > 0
    ? `${more} more, and ids: /cc sessions --all. Go back to one: /cc resume NUMBER`
    : "Ids and closed ones: /cc sessions --all. Go back to one: /cc resume NUMBER";
}

function details({ claudeSessionId, lastPrompt, chat, name, sessionKey, state }: View): string[] {
  return [
    ...(claudeSessionId === undefined && state === "closed"
      ? []
      : [`      claude  ${claudeSessionId ?? "none yet"}`]),
    ...(lastPrompt === undefined ? [] : [`      last    ${brief(lastPrompt)}`]),
    ...(chat === undefined ? [] : [`      chat    ${chat}`]),
    ...(name === undefined ? [] : [`      key     ${sessionKey}`]),
  ];
}

function earlierLines({ earlier }: View, all: boolean): string[] {
  const shown = all ? earlier : earlier.slice(0, EARLIER_SHOWN);
  const hidden = earlier.length - shown.length;
  return [
    ...shown.map(
      (old) => `      earlier ${old.claudeSessionId}  ${old.reason}  ${old.retiredAt.slice(0, 16)}`,
    ),
    ...(hidden > 0 ? [`      earlier ${hidden} more: sessions --all`] : []),
  ];
}

function terminalLines({ terminal, directory }: Result): string[] {
  if (terminal === undefined) return [];
  if (terminal.length === 0) return ["", `${HARNESS.title} has no sessions in ${directory}.`];
  return ["", `${HARNESS.title}'s own, in ${directory}:`, ...terminal.flatMap(terminalLine)];
}

function terminalLine({ claudeSessionId, title, lastPrompt, ageSeconds, number }: Known): string[] {
  const when = ageSeconds === undefined ? [] : [`${age(ageSeconds)} ago`];
  const ours = number === undefined ? [] : [`is #${number}`];
  const head = [claudeSessionId, ...when, ...ours, brief(title ?? "")].join("  ").trimEnd();
  const last = lastPrompt === undefined || lastPrompt === title ? [] : [`      last    ${brief(lastPrompt)}`];
  return [`  ${head}`, ...last];
}

function brief(words: string): string {
  const line = ownWords(words).replace(/\s+/g, " ").trim();
  return asText(line.length > WORDS_SHOWN ? `${line.slice(0, WORDS_SHOWN - 1)}…` : line);
}
