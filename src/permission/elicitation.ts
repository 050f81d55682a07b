// Asking a form in the chat: one question after the other, answered by typing; nothing typed is kept or repeated.

import { redact } from "../../common/redact.ts";
import { code, plain, plainLines, prose } from "../../common/text.ts";
import type { Identity } from "../../state/identity.ts";
import type { Route } from "../../state/session-map.ts";
import { by } from "./answer.ts";
import type { AskingParts, Say } from "./ask-parts.ts";
import {
  type Elicitation,
  type ElicitationAnswer,
  type Field,
  type FormValue,
  fieldsOf,
  readField,
} from "./forms.ts";
import { handOn } from "./kept.ts";
import { readReply } from "./replies.ts";
import { numberText, replyWith } from "./wording.ts";

export interface FormQuestion {
  identity: Identity;
  elicitation: Elicitation;
  /** Where the next messages are the answers, that of the turn first; without one nobody can be asked here. */
  conversations: readonly Route[];
  /** The command an answer is given with; absent where whatever is written in the conversations may be one. */
  answerWith?: string | undefined;
  say: Say;
  signal: AbortSignal;
}

export type FormParts = Pick<
  AskingParts,
  "replies" | "presses" | "mode" | "timeoutMs" | "onKept" | "unanswered"
>;

type Typed = { is: "content"; content: Record<string, FormValue> } | { is: "skip" } | End;
/** `why` is unknown where the turn has ended, which is told elsewhere. */
type End = { is: "end"; how: "cancel" | "decline"; why?: "typed" | "silence" };

const TITLE_KEPT = 300;
/** As many as fit under a message. */
const BUTTONS = 8;
const LABEL_WIDTH = 40;

export async function askForm(parts: FormParts, question: FormQuestion): Promise<ElicitationAnswer> {
  const { elicitation, identity, conversations } = question;
  if (conversations.length === 0) return { action: "decline" };
  const title = plain(redact(elicitation.message), TITLE_KEPT);
  const forget = parts.unanswered.note({ identity, conversations, title });
  return await askAll(parts, question).finally(forget);
}

async function askAll(parts: FormParts, question: FormQuestion): Promise<ElicitationAnswer> {
  const { elicitation } = question;
  if (elicitation.mode === "url") return await askUrl(parts, question, elicitation);
  const fields = fieldsOf(elicitation);
  const content: Record<string, FormValue> = {};
  for (const [index, field] of fields.entries()) {
    const title = index === 0 ? elicitation.message : "";
    const { answerWith } = question;
    const text = questionText({ field, title, number: index + 1, of: fields.length, answerWith });
    const labels =
      field.several || field.options.length > BUTTONS ? [] : field.options.map(({ label }) => label);
    const typed = await typedAnswer(parts, question, {
      text,
      labels,
      read: (said) => readTyped(field, said),
    });
    if (typed.is === "end") return ended(question, typed);
    if (typed.is === "content") Object.assign(content, typed.content);
  }
  return { action: "accept", content };
}

async function askUrl(
  parts: FormParts,
  question: FormQuestion,
  asked: Extract<Elicitation, { mode: "url" }>,
): Promise<ElicitationAnswer> {
  const text = `❓ ${prose(plainLines(asked.message, 900))}\n${code(plain(asked.url, 500))}\n${replyWith(question.answerWith)} y when you are done there, n to decline.`;
  const typed = await typedAnswer(parts, question, { text, labels: [], read: readVisit });
  return typed.is === "end" ? ended(question, typed) : { action: "accept" };
}

function ended({ say }: FormQuestion, { how, why }: End): ElicitationAnswer {
  if (why === "typed") say(how === "cancel" ? "⏹ Cancelled." : "🚫 Declined.");
  if (why === "silence") say("⏹ Cancelled: nobody answered in time.");
  return { action: how };
}

function readVisit(text: string): Typed | undefined {
  const reply = readReply(text)?.is;
  if (reply === "once") return { is: "content", content: {} };
  return reply === "deny" || reply === "cancel"
    ? { is: "end", how: reply === "deny" ? "decline" : "cancel", why: "typed" }
    : undefined;
}

function readTyped(field: Field, text: string): Typed | undefined {
  const word = text.trim().toLowerCase();
  if (word === "cancel" || word === "取消") return { is: "end", how: "cancel", why: "typed" };
  if (word === "skip" || word === "跳过") return { is: "skip" };
  const content = readField(field, text);
  return content && { is: "content", content };
}

function typedAnswer(
  parts: FormParts,
  question: FormQuestion,
  o: { text: string; labels: readonly string[]; read: (text: string) => Typed | undefined },
): Promise<Typed> {
  // Its turn may have ended while an earlier question was answered.
  if (question.signal.aborted) return Promise.resolve({ is: "end", how: "cancel" });
  const { identity, conversations, say, signal } = question;
  const { promise, resolve } = Promise.withResolvers<Typed>();
  const { answerWith } = question;
  const tellOthers = (name: string | undefined, place: number | undefined) => {
    for (const other of conversations.filter((_, at) => at !== place))
      say(`✅ Answered${by({ name }, conversations[place ?? 0])}.`, undefined, other);
  };
  const opened = parts.replies.open(
    { identity, routes: answerWith === undefined ? conversations : [] },
    {
      hint: `I did not understand that. ${toldWith(answerWith)}`,
      about: () => asked,
      example: (number) => code(`${number}: your answer`),
      reads: (text, { place }) => (place !== undefined && o.read(text) ? "answer" : "unclear"),
      answer: ({ text, name }, { place }) => {
        const typed = o.read(text);
        if (typed) resolve(typed);
        tellOthers(name, place);
        return undefined;
      },
    },
  );
  const asked = opened.number > 1 ? numbered(o.text, opened.number) : o.text;
  const over = new AbortController();
  const press = (choice: number, name: string, place: number) => {
    resolve(o.read(String(choice + 1)) ?? { is: "skip" });
    tellOthers(name, place);
    return `✅ ${prose(plain(o.labels[choice] ?? "", LABEL_WIDTH))}${by({ name })}.`;
  };
  const rows = conversations.map((route, place) => {
    if (o.labels.length === 0 || parts.mode === "reply" || !parts.presses.shownIn(route)) return undefined;
    const labels = o.labels.map((label) => plain(label, LABEL_WIDTH));
    return parts.presses.open({ route, labels, answer: (choice, { name }) => press(choice, name, place) });
  });
  for (const [place, conversation] of conversations.entries()) {
    const { buttons = [] } = rows[place] ?? {};
    const extras = buttons.length > 0 ? { buttons, over: over.signal, shown: () => {} } : undefined;
    say(asked, extras, conversation);
  }
  const aborted = () => resolve({ is: "end", how: "cancel" });
  const timer = setTimeout(() => resolve({ is: "end", how: "cancel", why: "silence" }), parts.timeoutMs);
  signal.addEventListener("abort", aborted, { once: true });
  return promise.finally(() => {
    clearTimeout(timer);
    over.abort();
    for (const row of rows) row?.close("This question is over.");
    handOn(parts, question, opened.close());
    signal.removeEventListener("abort", aborted);
  });
}

function numbered(text: string, number: number): string {
  return `${numberText(number)}\n${text}\nBegin your answer with ${code(`${number}:`)}.`;
}

function toldWith(answerWith: string | undefined): string {
  return answerWith === undefined
    ? "Reply with a number or in your own words · skip · cancel."
    : `${replyWith(answerWith)} a number, or your own words · skip · cancel.`;
}

function questionText(o: {
  field: Field;
  title: string;
  number: number;
  of: number;
  answerWith: string | undefined;
}): string {
  const { field, title, number, of } = o;
  const count = of > 1 ? `(${number}/${of}) ` : "";
  const asked = [title, field.label]
    .filter((text) => text.trim() !== "")
    .map((text) => prose(plainLines(text, 900)));
  const options = field.options.map(({ label, description }, index) => {
    const more = description ? ` — ${prose(plain(description, 160))}` : "";
    return `${index + 1} ${prose(plain(label, 100))}${more}`;
  });
  const several = field.several ? "Several are possible, e.g. 1,3. " : "";
  return [`❓ ${count}${asked.join("\n")}`, ...options, `${several}${toldWith(o.answerWith)}`].join("\n");
}
