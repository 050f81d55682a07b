// The chat surface: `/claude <verb> …` and `/cc <verb> …`, every operation with the same validation, errors and help.

import { HARNESS } from "../../adapters/kinds.ts";
import { CHAT_PREFIX } from "../../common/commands.ts";
import { distance } from "../../common/edit-distance.ts";
import { describe } from "../../common/failure.ts";
import { plain, prose } from "../../common/text.ts";
import type { Identity } from "../../state/identity.ts";
import type { Route } from "../../state/session-map.ts";
import { authorize } from "../operations/authorize.ts";
import type { OperationContext } from "../operations/caller.ts";
import { type Operation, readInput } from "../operations/define.ts";
import { fieldsOf, saidOf } from "../operations/fields.ts";
import { chatUsage, readWords } from "./chat-words.ts";

interface ChatCall {
  /** Everything behind `/claude`. */
  text: string;
  here: Identity | undefined;
  /** Where the command was given, for operations that bind a conversation. */
  route: Route | undefined;
  /** Who gave it, as people read it. */
  by?: string | undefined;
  /** True for the owner of the gateway; some operations are theirs alone. */
  owner: boolean;
  /** True where this person's word counts for what runs. */
  approver: boolean;
  signal: AbortSignal;
}

/** What to do with a command of the harness itself (`/compact`), which is no operation of ours. */
export type Passthrough = (command: string, call: ChatCall) => Promise<string>;

/** Asks whether words that begin as a command of ours and are none are to be run as a job; resolves to what is then said. */
export type OfferRun = (prompt: string, call: ChatCall, run: () => Promise<string>) => Promise<string>;

export interface ChatSurface {
  /** Runs one command and resolves to the answer; never rejects. */
  run(call: ChatCall): Promise<string>;
}

const DEADLINE_MS = 60_000;

/** How long a command that a person gives may take. */
export function chatDeadline(): AbortSignal {
  return AbortSignal.timeout(DEADLINE_MS);
}

export function chatSurface(
  operations: readonly Operation[],
  passthrough: Passthrough,
  offer: OfferRun = async (prompt) => offerInWords(prompt),
): ChatSurface {
  const parts = { operations, passthrough, offer };
  return { run: async (call) => await answerTo(parts, call).catch((error) => describe(error, "chat")) };
}

interface ChatParts {
  operations: readonly Operation[];
  passthrough: Passthrough;
  offer: OfferRun;
}

// A verb that reads as one is the verb, anything else of several words is a prompt for a job, and in doubt neither is guessed.
async function answerTo({ operations, passthrough, offer }: ChatParts, call: ChatCall): Promise<string> {
  const text = call.text.trim();
  if (text.startsWith("/")) return await passthrough(text, call);
  const asked = /^(?:help(?:\s+|$)|$)([\s\S]*)$/i.exec(text)?.[1];
  const run = operations.find(({ name }) => name === "run");
  const launch = async (prompt: string) => (run ? await performWith(run, { prompt }, call) : "");
  const prompt = PROMPT.exec(text)?.[1];
  if (run && prompt !== undefined) return await launch(prompt);
  const { operation, rest } = find(operations, text);
  if (asked !== undefined && (!run || asked.trim().split(/\s+/).length <= 2))
    return help(operations, asked.trim());
  const prose = operation && run ? proseIn(operation, rest) : 0;
  if (prose > 1) return await offer(text, call, () => launch(text));
  if (operation) return `${await perform(operation, rest, call)}${prose === 1 ? `\n${asJob(text)}` : ""}`;
  return run && isPrompt(operations, text) ? await perform(run, text, call) : unknown(operations, text);
}

// A phone makes one dash of two.
const PROMPT = /^(?:--|—|–)\s+([\s\S]+)$/;

// How many words follow a verb that takes none of them, or not all; 0 where it does.
function proseIn(operation: Operation, rest: string): number {
  const { leftover } = readWords(operation, rest);
  if (leftover === undefined || /^\s*(?:--|—|–)/.test(rest)) return 0;
  return rest.trim().split(/\s+/).length;
}

function asJob(text: string): string {
  return `To run it as a job: ${CHAT_PREFIX} -- ${plain(text, 300)}`;
}

// One word, or a word that was probably meant as a command, launches nothing.
function isPrompt(operations: readonly Operation[], text: string): boolean {
  const words = text.split(/\s+/);
  if (/^(?:--|—|–)[a-z]/i.test(text)) return true;
  return words.length > 2 || (words.length === 2 && nearest(operations, words[0] ?? "") === undefined);
}

/** Asks whether this is to be run as a job; `buttons` stand under it, or how to say so does. */
export function offerInWords(prompt: string, buttons = false): string {
  const asked = "That begins with a command of mine and goes on as something else, so nothing was done.";
  return buttons
    ? `${asked} Shall it be run as a job?\n${prose(plain(prompt, 300))}`
    : `${asked} To run it as a job: ${CHAT_PREFIX} -- ${prompt}`;
}

async function perform(operation: Operation, rest: string, call: ChatCall): Promise<string> {
  const { values, complaints } = readWords(operation, rest);
  const read = readInput(operation, values);
  if (!read.ok || complaints.length > 0) {
    const said = saidOf(operation);
    const problems =
      read.ok || complaints.length > 0
        ? []
        : read.problems.map(({ field, message }) => `${said(field)} ${message}.`);
    return [...complaints, ...problems, `It goes: ${chatUsage(operation, CHAT_PREFIX)}`].join("\n");
  }
  return await performWith(operation, read.input, call);
}

async function performWith(
  operation: Operation,
  given: Record<string, unknown>,
  call: ChatCall,
): Promise<string> {
  const read = readInput(operation, given);
  if (!read.ok) return read.problems.map(({ field, message }) => `${field} ${message}.`).join("\n");
  const context = authorize(operation, read.input, contextOf(call));
  return operation.text(await operation.run(read.input, context));
}

function contextOf({ here, route, by, signal, owner, approver }: ChatCall): OperationContext {
  return {
    signal,
    caller: { is: "chat", owner, approver, by, ...(here ? { here } : {}), ...(route ? { route } : {}) },
    progress: () => {},
    confirm: async () => false,
  };
}

// The longest name wins: `rules list` before `rules`.
function find(
  operations: readonly Operation[],
  text: string,
): { operation: Operation | undefined; rest: string } {
  const words = text.split(/\s+/);
  for (const count of [2, 1]) {
    const name = words.slice(0, count).join(" ").toLowerCase();
    const operation = operations.find((one) => one.name === name);
    if (operation) return { operation, rest: behind(text, count) };
  }
  return { operation: undefined, rest: "" };
}

function behind(text: string, words: number): string {
  return text.replace(new RegExp(`^(?:\\S+\\s*){${words}}`), "");
}

function help(operations: readonly Operation[], verb: string): string {
  const all = verb === "all";
  if (verb !== "" && !all) {
    const { operation } = find(operations, verb);
    if (!operation) return unknown(operations, verb);
    const fields = fieldsOf(operation).map(
      (field) => `${field.positional ? field.value.toUpperCase() : field.flag} — ${field.help}`,
    );
    return [operation.summary, chatUsage(operation, CHAT_PREFIX), ...fields].join("\n");
  }
  return [
    `${CHAT_PREFIX} (or /claude) and:`,
    ...grouped(all ? operations : operations.filter(({ name }) => !RARE.has(name))),
    "",
    `${CHAT_PREFIX} help VERB tells more${all ? "" : `, ${CHAT_PREFIX} help all lists the rest`}. /cc /compact and the like go to ${HARNESS.name} as they are.`,
  ].join("\n");
}

// What a person seldom needs: other ways to end a session, and what status says as well.
const RARE: ReadonlySet<string> = new Set(["close", "kill", "forget", "workdir", "commands", "ultracode"]);
const GROUPS: readonly [string, readonly string[]][] = [
  ["Begin and end", ["start", "stop", "new", "restart", "close"]],
  ["See", ["status", "peek", "history", "usage", "workdir", "commands"]],
  ["While it works", ["cancel", "steer", "kill"]],
  ["Jobs in the background", ["run", "jobs", "output", "fg", "bg", "respond", "end", "stats"]],
  ["Choose", ["mode", "model", "effort", "fast", "ultracode", "trust", "add-dir", "rename"]],
  ["Sessions", ["sessions", "resume", "fork", "here", "forget"]],
  ["Files", ["send"]],
];
const OTHERS = "Rules and records";

// Who looks for a command looks for what it is about.
function grouped(operations: readonly Operation[]): string[] {
  const groupOf = ({ name }: Operation) => GROUPS.find(([, names]) => names.includes(name))?.[0] ?? OTHERS;
  const groups = Map.groupBy(operations, groupOf);
  return [...GROUPS.map(([title]) => title), OTHERS].flatMap((title) => {
    const lines = (groups.get(title) ?? []).map(({ name, summary }) => `${name} — ${summary}`);
    return lines.length === 0 ? [] : ["", title, ...lines];
  });
}

// `rules` is no operation, but `rules list` is one; for everything else the nearest name is what was probably meant.
function unknown(operations: readonly Operation[], text: string): string {
  const verb = (text.split(/\s+/)[0] ?? "").toLowerCase();
  const within = operations.filter(({ name }) => name.startsWith(`${verb} `));
  if (within.length > 0)
    return ["It goes:", ...within.map((operation) => chatUsage(operation, CHAT_PREFIX))].join("\n");
  const near = nearest(operations, verb);
  const meant = near ? ` Did you mean ${CHAT_PREFIX} ${near}?` : "";
  const runs = operations.some(({ name }) => name === "run") && /\s/.test(text);
  const job = runs ? ` ${asJob(text)}` : "";
  return `I do not know "${verb.slice(0, 60)}".${meant} ${CHAT_PREFIX} help all shows everything I know.${job}`;
}

// The name that was probably meant.
function nearest(operations: readonly Operation[], verb: string): string | undefined {
  return [...operations, { name: "help" }]
    .map(({ name }) => ({ name, steps: distance(verb.toLowerCase(), name.split(" ")[0] ?? name) }))
    .filter(({ name, steps }) => steps <= 2 && steps <= name.length / 2)
    .sort((a, b) => a.steps - b.steps)[0]?.name;
}
