// What the model answers, and what a chat has shown of it.
import type { Bench } from "../support/e2e.ts";
import { say } from "../support/model.ts";
import type { Chat } from "../support/telegram.ts";
import { type Answered, answerOf, wordsIn } from "./answer.ts";

export interface Seen {
  /** Milliseconds from the model's first token to the first message that shows any of the answer. */
  firstMs: number;
  messages: number;
  edits: number;
  /** The answer's words as the chat shows them, and as it should. */
  shown: string[];
  expected: string[];
}

/** Every answer is made of words that are its own, so that a lost or doubled one shows. */
export function teach({ model }: Bench, seed: number): Map<string, Answered> {
  const answers = new Map<string, Answered>();
  model.always(/^turn /, ({ prompt }) => {
    const name = prompt.replace("turn ", "");
    const answer = answerOf(name, seed);
    answers.set(name, { ...answer, at: Date.now() });
    return say(answer.text, { chunks: answer.chunks, gapMs: answer.gapMs });
  });
  return answers;
}

export function seenOf(o: {
  chat: Chat;
  name: string;
  answers: Map<string, Answered>;
  style: { expected: (answer: Answered) => string[] };
}): Seen {
  const { chat, name, answers, style } = o;
  const mine = (word: string) => word.startsWith(`w${name}x`);
  const answer = answers.get(name);
  if (!answer) throw new Error(`the model was never asked for ${name}`);
  const messages = chat.messages().filter(({ text }) => wordsIn(text).some(mine));
  return {
    firstMs: Math.min(...messages.map(({ at }) => at)) - answer.at,
    messages: messages.length,
    edits: messages.reduce((sum, message) => sum + message.edits.length, 0),
    shown: messages.flatMap(({ text }) => wordsIn(text).filter(mine)),
    expected: style.expected(answer),
  };
}
