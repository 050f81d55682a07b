// Asking: one question to the people of a conversation, by buttons under it and by typed reply at once; the first answer wins.
// Where there is no conversation, or it has no buttons of ours, the host's own approvals ask, if they show all there is to see.
import type { Route } from "../../state/session-map.ts";
import type { AskExtras } from "../session/events.ts";
import type { Identity } from "../session/identity.ts";
import { type Answer, outcomeText } from "./answer.ts";
import type { NativeApprovals, NativeDecision, NativeQuestion, NativeRequest } from "./native.ts";
import type { Pending } from "./pending.ts";
import type { Presses } from "./presses.ts";
import { type Reply, readReply } from "./replies.ts";

/** Says something in the conversation, in its place among the words of the harness. */
export type Say = (text: string, extras?: AskExtras) => void;

export interface Asking {
  identity: Identity;
  /** The conversation whose next message may be the answer; absent in a held turn, where native approvals are the way. */
  conversation: Route | undefined;
  /** Where native approvals are shown. */
  route: Route | undefined;
  /** The host's own prompt; absent where it would not show all of it. */
  native: { title: string; description: string } | undefined;
  severity: NativeRequest["severity"];
  toolName: string;
  /** False where no answer may be remembered. */
  mayAlways: boolean;
  /** Said before the question, where it comes out of the blue. */
  preface?: string;
  /** The whole question, with how to answer it. */
  text: string;
  file?: { name: string; text: string };
  /** All there is to see, in words, for a conversation in which nothing can be typed as an answer. */
  whole?: string;
  /** What the buttons say. */
  labels: { once: string; always: string; deny: string };
  hint: string;
  say: Say;
  /** Aborted when the turn ends. */
  signal: AbortSignal;
  /** Aborted when the harness does not want the answer any more (ACP `$/cancel_request`). */
  withdrawn: AbortSignal;
}

/** What is typed so soon after a question was shown, behind one that was settled just before, was written for that one. */
const READ_MS = 1_000;
const FOLLOWS_MS = 3_000;
// The harness takes a question back when its turn ends, too, and that can be heard first.
const TURN_ENDS_MS = 250;

export interface AskingParts {
  native: NativeApprovals;
  pending: Pending;
  presses: Presses;
  mode: "auto" | "native" | "reply";
  timeoutMs: number;
  /** What was typed while the question waited, once it is settled. */
  onKept: (asking: Pick<Asking, "identity" | "conversation">, texts: string[]) => void;
}

export async function ask(parts: AskingParts, asking: Asking): Promise<Answer> {
  const settled = new AbortController();
  const common = [expiry(parts.timeoutMs, settled.signal), withdrawal(asking, settled.signal)];
  try {
    const { conversation } = asking;
    const inWords = conversation !== undefined && !(parts.mode === "native" && (await fits(parts, asking)));
    return inWords
      ? await askHere(parts, { ...asking, conversation }, common)
      : await askNative(parts, asking, common);
  } finally {
    settled.abort();
  }
}

type Here = Asking & { conversation: Route };

// In words, with buttons of ours where the channel has them, else with the host's, which may be in the approvers' own chats.
async function askHere(parts: AskingParts, asking: Here, common: Promise<Answer>[]): Promise<Answer> {
  const typed = typedAnswer(parts, asking);
  const own = parts.mode !== "reply" && parts.presses.shownIn(asking.conversation);
  const pressed = own ? pressedAnswer(parts.presses, asking) : undefined;
  const ways = [...common, typed.answer, typed.unseen, ...(pressed ? [pressed.answer] : [])];
  if (asking.preface !== undefined) asking.say(asking.preface);
  const alone = own || parts.mode === "reply" || !(await fits(parts, asking));
  const native = alone ? undefined : requestNative(parts, asking);
  const over = Promise.race(ways).then((): "answered" => "answered");
  // The host may be slow to show it; nobody's answer, and no end of the turn, waits for that.
  const shown = await Promise.race([native, over]);
  if (shown !== undefined && shown !== "answered") ways.push(nativeAnswer(shown));
  if (shown !== undefined && shown !== "answered" && shown.here) typed.shown(true);
  else if (shown !== "answered")
    asking.say(asking.text, {
      buttons: pressed?.buttons ?? [],
      ...(asking.file ? { file: asking.file } : {}),
      shown: typed.shown,
    });
  try {
    const answer = await Promise.race(ways);
    if (!("how" in answer && answer.how === "button")) void withdraw(native, answer);
    pressed?.close(outcomeText(answer));
    if ("how" in answer && answer.how === "reply") asking.say(outcomeText(answer));
    return answer;
  } finally {
    const kept = typed.close();
    if (kept.length > 0) parts.onKept(asking, kept);
  }
}

async function askNative(parts: AskingParts, asking: Asking, common: Promise<Answer>[]): Promise<Answer> {
  if (parts.mode === "reply") return { is: "nobody" };
  const shown = await showable(parts, asking);
  if (!shown) return { is: "unshowable" };
  const native = requestNative(parts, shown);
  const over = Promise.race(common).then((): "answered" => "answered");
  const question = await Promise.race([native, over]);
  if (question === undefined) return { is: "nobody" };
  const answer = await Promise.race(question === "answered" ? common : [...common, nativeAnswer(question)]);
  if (!("how" in answer)) void withdraw(native, answer);
  return answer;
}

// What the host's prompt has no room for stands in the conversation first, as it is; and then nothing is remembered of it.
async function showable(parts: AskingParts, asking: Asking): Promise<Asking | undefined> {
  if (await fits(parts, asking)) return asking;
  const { whole, identity } = asking;
  if (whole === undefined || !(await parts.native.tell(identity, whole))) return undefined;
  return { ...asking, native: IN_THE_CONVERSATION, mayAlways: false };
}

const IN_THE_CONVERSATION = {
  title: "A question that stands in the conversation",
  description:
    "What is asked does not fit here as it is. All of it is the last message in the conversation of this session: read it there before you decide.",
};

async function fits(parts: AskingParts, { native }: Asking): Promise<boolean> {
  return native !== undefined && (await parts.native.shows(native));
}

// Also where it is shown only now: no buttons may be left that do nothing.
async function withdraw(native: Promise<NativeQuestion | undefined> | undefined, answer: Answer) {
  const late = await native;
  await late?.settle(asNative(answer)).catch(() => {});
}

async function requestNative(parts: AskingParts, asking: Asking): Promise<NativeQuestion | undefined> {
  const { identity, route, native, severity, toolName, mayAlways } = asking;
  if (!native) return undefined;
  const decisions: NativeDecision[] = mayAlways
    ? ["allow-once", "allow-always", "deny"]
    : ["allow-once", "deny"];
  const { timeoutMs } = parts;
  const request = { identity, route, ...native, severity, toolName, decisions, timeoutMs };
  return await parts.native.request(request).catch(() => undefined);
}

interface Typed {
  answer: Promise<Answer>;
  /** Settles where the people could not be shown the question. */
  unseen: Promise<Answer>;
  /** The people have the question before them, or cannot be given it. */
  shown: (ok: boolean) => void;
  close: () => string[];
}

// A "1" that was meant for the question before allows nothing that nobody has seen, or can have read.
function typedAnswer(parts: AskingParts, asking: Asking): Typed {
  const { promise, resolve } = Promise.withResolvers<Answer>();
  const unseen = Promise.withResolvers<Answer>();
  const readMs = parts.pending.sinceSettled(asking.identity) < FOLLOWS_MS ? READ_MS : 0;
  let readAt = Number.POSITIVE_INFINITY;
  const read = (text: string): Reply | undefined => {
    const reply = readReply(text);
    return reply?.is === "always" && !asking.mayAlways ? undefined : reply;
  };
  const close = parts.pending.open(asking.identity, {
    hint: asking.hint,
    reads: (text) => {
      const reply = read(text);
      if (!reply) return "other";
      const opens = reply.is === "once" || reply.is === "always";
      return opens && performance.now() < readAt ? "unclear" : "answer";
    },
    answer: ({ text, by, name }) => {
      const reply = read(text);
      if (reply) resolve({ ...reply, how: "reply", by, ...(name === undefined ? {} : { name }) });
    },
  });
  const shown = (ok: boolean) => {
    if (ok) readAt = performance.now() + readMs;
    else unseen.resolve({ is: "nobody" });
  };
  return { answer: promise, unseen: unseen.promise, shown, close };
}

function pressedAnswer(presses: Presses, asking: Here) {
  const { promise, resolve } = Promise.withResolvers<Answer>();
  const { labels, mayAlways } = asking;
  const choices = [
    { is: "once", label: labels.once },
    ...(mayAlways ? [{ is: "always", label: labels.always } as const] : []),
    { is: "deny", label: labels.deny },
  ] as const;
  const { buttons, close } = presses.open({
    route: asking.conversation,
    labels: choices.map(({ label }) => label),
    answer: (choice, { by, name }) => {
      const { is } = choices[choice] ?? { is: "deny" };
      const answer = { is, how: "button", by: async () => by, name } as const;
      resolve(answer);
      return outcomeText(answer);
    },
  });
  return { answer: promise as Promise<Answer>, buttons, close };
}

async function nativeAnswer(shown: NativeQuestion): Promise<Answer> {
  const how = { how: "button", by: () => shown.by() } as const;
  switch (await shown.decision.catch(() => undefined)) {
    case "allow-once":
      return { is: "once", ...how };
    case "allow-always":
      return { is: "always", ...how };
    case "deny":
      return { is: "deny", ...how };
    default:
      // The surface is gone or timed out on its own; whoever types, or our own time, still decides.
      return await new Promise(() => {});
  }
}

function expiry(ms: number, settled: AbortSignal): Promise<Answer> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve({ is: "expired" }), ms);
    settled.addEventListener("abort", () => clearTimeout(timer), { once: true });
  });
}

function withdrawal({ signal, withdrawn }: Asking, settled: AbortSignal): Promise<Answer> {
  return new Promise((resolve) => {
    const ended = () => resolve({ is: "withdrawn" });
    const elsewhere = () => {
      const timer = setTimeout(() => resolve({ is: "elsewhere" }), TURN_ENDS_MS);
      settled.addEventListener("abort", () => clearTimeout(timer), { once: true });
    };
    if (signal.aborted) ended();
    else if (withdrawn.aborted) elsewhere();
    signal.addEventListener("abort", ended, { once: true, signal: settled });
    withdrawn.addEventListener("abort", elsewhere, { once: true, signal: settled });
  });
}

function asNative(answer: Answer): NativeDecision {
  if (answer.is === "once") return "allow-once";
  return answer.is === "always" ? "allow-always" : "deny";
}
