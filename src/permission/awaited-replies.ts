// The questions that wait for a typed reply, by conversation and session: permissions, forms, where to start. Several may be open
// at once; each has a number then, and an answer must say which it is for.
import { HARNESS } from "../../adapters/kinds.ts";
import { setBounded } from "../../common/bounded-map.ts";
import type { Identity } from "../../state/identity.ts";
import { identityKey } from "../../state/identity.ts";
import type { Route } from "../../state/session-map.ts";
import { doubtOf, isAbout } from "./doubts.ts";
import { readNumbered, waitingText, whichText } from "./numbered.ts";
import { readReply } from "./replies.ts";
import type { Kept, Meant, Message, Waiting } from "./waiting.ts";

/** What became of a message in a conversation in which a question waits. */
export type Heard =
  /** No question waits, or this is none of its business. */
  | { is: "unheard" }
  /** It was the answer; `reply` is what is then said, where there is something to say. */
  | { is: "answer"; reply?: Promise<string> }
  /** It is not for Claude now; the text is to be said at once. */
  | { is: "kept"; say: string };

/** A question that waits. */
export interface Opened {
  /** Its number among those that are open; 1 where it is alone. */
  readonly number: number;
  /** Whether it has been open beside others, so that people know it by its number. */
  several(): boolean;
  /** Ends the waiting, and gives back what was typed beside it; where another waits, that keeps it. */
  close(): Kept[];
}

/** The numbers of questions that are open at the same time: they rise until none is. */
interface Count {
  last: number;
}

interface Slot {
  waiting: Waiting;
  keys: readonly string[];
  places: readonly string[];
  count: Count;
  number: number;
  hinted: boolean;
  kept: Kept[];
}

const STRANGER = "Only people who may approve here can answer that.";
const KEPT_TOO = "Kept as well.";
const SETTLED = `The question is settled already. If you mean this for ${HARNESS.name}, send it again.`;
// So much later than the outcome a word was written by somebody who has read that.
const RACED_MS = 2_000;
const REMEMBERED = 1_000;

/** A conversation, the session it is about, or both. */
export interface Where {
  identity?: Identity | undefined;
  route?: Route | undefined;
  /** A page of the host on the session, which shows what the first conversation is shown. */
  onPage?: boolean | undefined;
}

/** Where a reply is waited for: conversations, the session they are about, or both; what is typed in any is heard. */
export interface Places {
  identity?: Identity | undefined;
  routes: readonly Route[];
}

export class AwaitedReplies {
  readonly #keyOf: (route: Route) => string;
  readonly #open = new Set<Slot>();
  // When the last question of a conversation was settled, on the clock of `performance`.
  readonly #settled = new Map<string, number>();

  /** `keyOf` names a conversation, however its route is written. */
  constructor(keyOf: (route: Route) => string) {
    this.#keyOf = keyOf;
  }

  /** Asks there for typed answers until it is closed. Questions stay open beside each other; an offer gives way, with what it keeps. */
  open(where: Places, waiting: Waiting, kept: readonly string[] = []): Opened {
    const places = where.routes.map((route) => this.#placeOf(route));
    const keys = this.#keysOf(where);
    const near = this.#near(keys);
    const older = near.filter(isOffer).flatMap((offer) => this.#giveWay(offer));
    const others = near.filter(isQuestion);
    const count = others.map((other) => other.count).sort((a, b) => b.last - a.last)[0] ?? { last: 0 };
    if (waiting.example) count.last += 1;
    const mine = kept.map((text) => ({ text, route: where.routes[0] }));
    const number = Math.max(1, count.last);
    const slot: Slot = {
      ...{ waiting, keys, places, count, number, hinted: false },
      kept: [...older, ...mine],
    };
    this.#open.add(slot);
    return { number, several: () => count.last > 1, close: () => this.#close(slot) };
  }

  /** Milliseconds since a question there was settled. */
  sinceSettled(where: Where | Places): number {
    const settled = this.#keysOf(where).map((key) => this.#settled.get(key) ?? Number.NEGATIVE_INFINITY);
    return performance.now() - Math.max(...settled);
  }

  /** Whether a reply is waited for there. */
  waits(where: Where): boolean {
    return this.#at(where).length > 0;
  }

  /** No offer stands there any more. */
  drop(where: Where): void {
    for (const slot of this.#near(this.#keysOf(where))) if (isOffer(slot)) this.#open.delete(slot);
  }

  /** Shows a message to the questions of its conversation. Only those the host authorises there may answer. */
  hear(where: Where, message: Message): Heard {
    const open = this.#at(where);
    const place = where.route && this.#placeOf(where.route);
    const offer = open.findLast(isOffer);
    if (offer) {
      const meant = { place: placeIn(offer, place), named: false };
      if (offer.waiting.reads(message.text, meant) !== "pass") return judge(offer, message, meant, where);
      offer.waiting.passed?.(message);
    }
    const questions = open.filter(isQuestion);
    const [first] = questions;
    if (!first)
      return !offer && this.#raced(where, message) ? { is: "kept", say: SETTLED } : { is: "unheard" };
    const { onPage } = where;
    const meantFor = (slot: Slot, named = false) => ({
      place: onPage ? 0 : placeIn(slot, place),
      named,
      onPage,
    });
    const { number, words, named } = nameOf(questions, message);
    if (named) return judge(named, { ...message, text: words }, meantFor(named, true), where);
    const taker = questions.length === 1 ? first : questions.find(({ waiting }) => waiting.forAll?.(words));
    if (taker && number === undefined) return judge(taker, message, meantFor(taker), where);
    const reads = questions.map((slot) => slot.waiting.reads(words, meantFor(slot)));
    return among(questions, { message, where, answer: reads.some((read) => read !== "other") });
  }

  #close(slot: Slot): Kept[] {
    this.#open.delete(slot);
    for (const key of slot.keys) this.#noteSettled(key);
    const heir = isQuestion(slot) ? this.#near(slot.keys).find(isQuestion) : undefined;
    if (!heir) return slot.kept;
    heir.kept.push(...slot.kept.splice(0));
    heir.hinted ||= slot.hinted;
    return [];
  }

  #giveWay(offer: Slot): Kept[] {
    this.#open.delete(offer);
    return offer.kept.splice(0);
  }

  // Those of long ago tell nothing: a question follows another within seconds.
  #noteSettled(key: string): void {
    this.#settled.delete(key);
    setBounded(this.#settled, { key, value: performance.now(), most: REMEMBERED });
  }

  // What is asked in the conversation itself goes before what its session is asked elsewhere.
  #at({ identity, route }: Where): Slot[] {
    const here = route ? this.#near([this.#placeOf(route)]) : [];
    return here.length > 0 || !identity ? here : this.#near([sessionOf(identity)]);
  }

  #near(keys: readonly string[]): Slot[] {
    return [...this.#open].filter((slot) => slot.keys.some((key) => keys.includes(key)));
  }

  #keysOf(where: Where | Places): string[] {
    const routes = "routes" in where ? where.routes : where.route ? [where.route] : [];
    return [
      ...routes.map((route) => this.#placeOf(route)),
      ...(where.identity ? [sessionOf(where.identity)] : []),
    ];
  }

  #placeOf(route: Route): string {
    return `conversation ${this.#keyOf(route)}`;
  }

  // Of two answers in one breath the second was written to the question, and is no prompt for the harness.
  #raced(where: Where, { text, replyTo, forwarded }: Message): boolean {
    return (
      !forwarded &&
      replyTo === undefined &&
      this.sinceSettled(where) < RACED_MS &&
      readReply(readNumbered(text)?.words ?? text) !== undefined
    );
  }
}

function sessionOf(identity: Identity): string {
  return `session ${identityKey(identity)}`;
}

function isQuestion({ waiting }: Slot): boolean {
  return waiting.example !== undefined;
}

function isOffer(slot: Slot): boolean {
  return !isQuestion(slot);
}

function placeIn(slot: Slot, place: string | undefined): number | undefined {
  const at = place === undefined ? -1 : slot.places.indexOf(place);
  return at < 0 ? undefined : at;
}

// Which question a message names: by its number where several were open, or as a reply to it.
function nameOf(questions: readonly Slot[], { text, replyTo }: Message) {
  const numbered = questions.some(({ count }) => count.last > 1) ? readNumbered(text) : undefined;
  const replied = questions.find(({ waiting }) => isAbout(replyTo, waiting));
  const found = numbered ? questions.find(({ number }) => number === numbered.number) : replied;
  const named = replied === undefined || replied === found ? found : undefined;
  return { number: numbered?.number, words: numbered?.words ?? text, named };
}

// Which of several it is for nobody can tell: what may be an answer is asked back, what is none is kept.
function among(questions: readonly Slot[], o: { message: Message; where: Where; answer: boolean }): Heard {
  const { message, where, answer } = o;
  if (!answer && where.onPage) return { is: "unheard" };
  const examples = questions.flatMap(({ waiting, number }) => waiting.example?.(number) ?? []);
  if (!answer) return keep(questions, { message, where, hint: waitingText(examples) });
  return { is: "kept", say: message.authorized ? whichText(examples) : STRANGER };
}

function judge(slot: Slot, message: Message, meant: Meant, where: Where): Heard {
  const { waiting } = slot;
  const read = waiting.reads(message.text, meant);
  // What is typed on a page beside a question waits in the queue: there is no conversation to offer it in later.
  if (read === "other" && where.onPage) return { is: "unheard" };
  if (read === "other") return keep([slot], { message, where, hint: waiting.hint });
  if (!message.authorized) return { is: "kept", say: STRANGER };
  if (read === "unclear") return { is: "kept", say: waiting.unclear?.(message.text, meant) ?? waiting.hint };
  const doubt = doubtOf(message, waiting, meant.place);
  if (doubt !== undefined) return { is: "kept", say: doubt };
  const reply = waiting.answer(message, meant);
  return { is: "answer", ...(reply ? { reply } : {}) };
}

function keep(
  questions: readonly Slot[],
  { message, where, hint }: { message: Message; where: Where; hint: string },
): Heard {
  const hinted = questions.some((question) => question.hinted);
  questions[0]?.kept.push({ text: message.whole ?? message.text, route: where.route });
  for (const question of questions) question.hinted = true;
  return { is: "kept", say: hinted ? KEPT_TOO : hint };
}
