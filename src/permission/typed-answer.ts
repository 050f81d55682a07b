// The typed answer to a question, in any of its conversations: which words count, where, and from when on.
// I8 (docs/architecture.md): a "1" that was meant for the question before approves nothing that nobody has seen, or can have read.
import { code } from "../../common/text.ts";
import { PAGE } from "./answer.ts";
import type { Asking, AskingParts } from "./ask-parts.ts";
import type { Opened } from "./awaited-replies.ts";
import type { FirstAnswer } from "./first-answer.ts";
import { isUnclear, type Reply, readReply } from "./replies.ts";
import type { Meant } from "./waiting.ts";

/** What is typed so soon after a question was shown, behind one that was settled just before, was written for that one. */
const READ_MS = 1_000;
const FOLLOWS_MS = 3_000;
const NOT_ASKED_HERE =
  "That question is asked in another conversation, so this is no answer. Answer it there.";

export interface TypedAnswer extends Opened {
  /** The people of this conversation have the question before them. */
  shown(place: number): void;
}

/** Waits for words in the conversations of the question; `text` is the question as it stands there. */
export function awaitTyped(
  parts: AskingParts,
  asking: Asking,
  o: { first: FirstAnswer; text: () => string },
): TypedAnswer {
  const { identity, conversations, allowAlways } = asking;
  const where = { identity, routes: asking.answerWith === undefined ? conversations : [] };
  const readMs = parts.replies.sinceSettled(where) < FOLLOWS_MS ? READ_MS : 0;
  const shown = new Map<number, { at: number; readAt: number }>();
  const at = (place: number | undefined) => (place === undefined ? undefined : shown.get(place));
  const read = (text: string): Reply | undefined => {
    const reply = readReply(text);
    return reply?.is === "always" && !allowAlways ? undefined : reply;
  };
  // A yes without a number may have been typed for another one that was open until a moment ago.
  const tooSoon = ({ place, named }: Meant) =>
    performance.now() < (at(place)?.readAt ?? Number.POSITIVE_INFINITY) ||
    (!named && parts.replies.sinceSettled(where) < READ_MS);
  const opened = parts.replies.open(where, {
    hint: asking.hint,
    // A clear answer is no answer only where it came too soon.
    unclear: (text, { place }) =>
      place === undefined ? NOT_ASKED_HERE : read(text) ? asking.hint : notClear(asking),
    about: o.text,
    example: (number) => code(`y ${number}`),
    forAll: (text) => readReply(text)?.is === "cancel",
    shownAt: (place) => at(place)?.at,
    reads: (text, meant) => {
      const reply = read(text);
      if (!reply) return isUnclear(text) ? "unclear" : "other";
      const opens = reply.is === "once" || reply.is === "always";
      return meant.place === undefined || (opens && tooSoon(meant)) ? "unclear" : "answer";
    },
    answer: ({ text, by, name }, { place, onPage }) => {
      const reply = read(text);
      const answer = { how: "reply", by, ...(name === undefined ? {} : { name }) } as const;
      if (reply)
        o.first.give(
          { ...reply, ...answer },
          onPage ? PAGE : place === undefined ? undefined : conversations[place],
        );
      return undefined;
    },
  });
  return {
    ...opened,
    shown: (place) => void shown.set(place, { at: Date.now(), readAt: performance.now() + readMs }),
  };
}

function notClear({ allowAlways }: Asking): string {
  const always = allowAlways ? ", always" : "";
  return `That is no clear answer, so nothing is decided. Reply y (once)${always} or n (no), or n and why.`;
}
