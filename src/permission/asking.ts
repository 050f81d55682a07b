// Asking: one question to the people of a conversation, by buttons under it and by typed reply at once; the first answer wins.
// Where there is no conversation, or it has no buttons of ours, the host's own approvals ask, if they show all there is to see.
import type { Route } from "../../state/session-map.ts";
import { type Answer, outcomeText } from "./answer.ts";
import type { Asking, AskingParts } from "./ask-parts.ts";
import type { Where } from "./awaited-replies.ts";
import { askNative, fits, nativeAnswer, requestNative, withdraw } from "./native-asking.ts";
import type { Presses } from "./presses.ts";
import { endedWell } from "./question.ts";
import { isUnclear, type Reply, readReply } from "./replies.ts";

/** What is typed so soon after a question was shown, behind one that was settled just before, was written for that one. */
const READ_MS = 1_000;
const FOLLOWS_MS = 3_000;
// The harness takes a question back when its turn is cut off, too, and that can be heard first.
const TURN_ENDS_MS = 250;

export async function ask(parts: AskingParts, asking: Asking): Promise<Answer> {
  const settled = new AbortController();
  const common = [expiry(parts.timeoutMs, settled.signal), withdrawal(asking, settled.signal)];
  try {
    const [conversation] = asking.conversations;
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
  const gone = new AbortController();
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
      over: gone.signal,
    });
  try {
    const answer = await Promise.race(ways);
    if (!("how" in answer && answer.how === "button")) void withdraw(native, answer);
    pressed?.close(outcomeText(answer, asking.outcomes));
    if ("how" in answer && answer.how === "reply") asking.say(outcomeText(answer, asking.outcomes));
    return answer;
  } finally {
    gone.abort();
    const kept = typed.close();
    if (kept.length > 0) parts.onKept(asking, kept);
  }
}

interface Typed {
  answer: Promise<Answer>;
  /** Settles where the people could not be shown the question. */
  unseen: Promise<Answer>;
  /** The people have the question before them, or cannot be given it. */
  shown: (ok: boolean) => void;
  close: () => string[];
}

// I8 (docs/architecture.md): a "1" that was meant for the question before approves nothing that nobody has seen, or can have read.
function typedAnswer(parts: AskingParts, asking: Asking): Typed {
  const { promise, resolve } = Promise.withResolvers<Answer>();
  const unseen = Promise.withResolvers<Answer>();
  const readMs = parts.replies.sinceSettled(whereOf(asking)) < FOLLOWS_MS ? READ_MS : 0;
  let readAt = Number.POSITIVE_INFINITY;
  let shownAt: number | undefined;
  const read = (text: string): Reply | undefined => {
    const reply = readReply(text);
    return reply?.is === "always" && !asking.allowAlways ? undefined : reply;
  };
  const close = parts.replies.open(whereOf(asking), {
    hint: asking.hint,
    // A clear answer is no answer only where it came too soon.
    unclear: (text) => (read(text) ? asking.hint : notClear(asking)),
    about: asking.text,
    shownAt: () => shownAt,
    reads: (text) => {
      const reply = read(text);
      if (!reply) return isUnclear(text) ? "unclear" : "other";
      const opens = reply.is === "once" || reply.is === "always";
      return opens && performance.now() < readAt ? "unclear" : "answer";
    },
    answer: ({ text, by, name }) => {
      const reply = read(text);
      if (reply) resolve({ ...reply, how: "reply", by, ...(name === undefined ? {} : { name }) });
    },
  });
  const shown = (ok: boolean) => {
    if (ok) {
      readAt = performance.now() + readMs;
      shownAt = Date.now();
    } else unseen.resolve({ is: "nobody" });
  };
  return { answer: promise, unseen: unseen.promise, shown, close };
}

function notClear({ allowAlways }: Asking): string {
  const always = allowAlways ? ", always" : "";
  return `That is no clear answer, so nothing is decided. Reply y (once)${always} or n (no), or n and why.`;
}

function whereOf({ identity, conversations }: Asking): Where {
  return { identity, route: conversations[0] };
}

function pressedAnswer(presses: Presses, asking: Here) {
  const { promise, resolve } = Promise.withResolvers<Answer>();
  const { labels, allowAlways } = asking;
  const choices = [
    { is: "once", label: labels.once },
    ...(allowAlways ? [{ is: "always", label: labels.always } as const] : []),
    { is: "deny", label: labels.deny },
  ] as const;
  const { buttons, close } = presses.open({
    route: asking.conversation,
    labels: choices.map(({ label }) => label),
    answer: (choice, { by, name }) => {
      const { is } = choices[choice] ?? { is: "deny" };
      const answer = { is, how: "button", by: async () => by, name } as const;
      resolve(answer);
      return outcomeText(answer, asking.outcomes);
    },
  });
  return { answer: promise as Promise<Answer>, buttons, close };
}

// I8 (docs/architecture.md): silence is a no.
function expiry(ms: number, settled: AbortSignal): Promise<Answer> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve({ is: "expired" }), ms);
    settled.addEventListener("abort", () => clearTimeout(timer), { once: true });
  });
}

function withdrawal({ signal, withdrawn }: Asking, settled: AbortSignal): Promise<Answer> {
  return new Promise((resolve) => {
    // A turn is not completed with a question in it: somebody else has answered.
    const ended = () => resolve({ is: withdrawn.aborted && endedWell(signal) ? "elsewhere" : "withdrawn" });
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
