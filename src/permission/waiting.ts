// What waits for a typed reply, and what people type: the words between a question and the conversations it is asked in.
import type { Route } from "../../state/session-map.ts";

export interface Message {
  text: string;
  /** The same with what it refers to, as Claude gets it where it is kept for later [text]. */
  whole?: string | undefined;
  /** The host takes this sender's word for what Claude may do. */
  authorized: boolean;
  /** Who wrote it, as the channel names them. */
  by?: string | undefined;
  /** The same as people read it. */
  name?: string | undefined;
  /** Passed on from somebody else. */
  forwarded?: boolean | undefined;
  /** What it is a reply to, as the channel shows that. */
  replyTo?: string | undefined;
  /** When it was written, by the channel's clock; ms since the epoch. */
  sentAt?: number | undefined;
}

/** How a text was meant for a question. */
export interface Meant {
  /** Which of its conversations it was typed in; undefined for another one of the session. */
  place: number | undefined;
  /** It says which question it is for, by the number or as a reply to it. */
  named: boolean;
  /** It was typed on a page of the host, which shows what the first conversation is shown. */
  onPage?: boolean | undefined;
}

export interface Waiting {
  /**
   * What a text would be: `other` is kept until the question is settled, `unclear` was meant as an answer and is none,
   * `pass` is none of its business.
   */
  reads(text: string, meant: Meant): "answer" | "other" | "unclear" | "pass";
  /** Takes what was read as the answer; resolves to what is then said, where there is something to say. */
  answer(message: Message, meant: Meant): Promise<string> | undefined;
  /** Hears that somebody wrote something that is none of its business. */
  passed?(message: Message): void;
  /** Said once, when something else was typed. */
  hint: string;
  /** Said whenever something unclear was typed [`hint`]. */
  unclear?(text: string, meant: Meant): string;
  /** The question as it was put, where a reply to it counts. */
  about?(): string;
  /** When people could read it there; ms since the epoch, undefined before. */
  shownAt?(place: number | undefined): number | undefined;
  /** How it is answered by its number; absent: what is typed beside other questions is not for it. */
  example?(number: number): string;
  /** Whether an answer means the same whichever question it is given to. */
  forAll?(text: string): boolean;
}

/** Something typed that was no answer, and where. */
export interface Kept {
  text: string;
  route: Route | undefined;
}
