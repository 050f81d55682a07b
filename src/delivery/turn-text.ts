// Words are what a turn says, collected; complete paragraphs are posted as they come where that is wanted.
import type { AskExtras } from "../permission/ask-parts.ts";
import type { SessionEvent } from "../session/events.ts";
import { Paragraphs } from "./paragraphs.ts";

export class TurnText {
  readonly #post: (text: string, extras?: AskExtras) => void;
  readonly #live: boolean;
  readonly #paragraphs = new Paragraphs();
  #said = "";
  #posted = 0;

  constructor(post: (text: string, extras?: AskExtras) => void, live: boolean) {
    this.#post = post;
    this.#live = live;
  }

  read(event: SessionEvent): void {
    if (event.type === "text") this.#add(event.text);
    // What Claude says before it uses a tool is complete; without this it would run into what it says afterwards.
    else if (event.type === "break" || (event.type === "tool" && event.first)) this.#add(this.#break());
    else if (event.type === "notice") this.#add(`${this.#break()}${event.text}\n\n`);
    else if (event.type === "ask") this.#ask(event);
  }

  // A question is of use only while it can be answered, and is a post of its own: what goes with it belongs to nothing else.
  #ask({ text, extras }: Extract<SessionEvent, { type: "ask" }>): void {
    this.#add(this.#break());
    this.#post(this.unposted());
    this.#said += `${text}\n\n`;
    this.#posted = this.#said.length;
    this.#post(`${text}\n\n`, extras);
  }

  text(): string {
    return this.#said.trim();
  }

  /** What has not been posted yet, complete or not. */
  unposted(): string {
    const rest = this.#said.slice(this.#posted);
    this.#posted = this.#said.length;
    this.#paragraphs.flush();
    return rest;
  }

  #break(): string {
    if (this.#said === "" || this.#said.endsWith("\n\n")) return "";
    return this.#said.endsWith("\n") ? "\n" : "\n\n";
  }

  #add(text: string): void {
    this.#said += text;
    if (!this.#live || text === "") return;
    const complete = this.#paragraphs.push(text);
    if (complete === "") return;
    this.#posted += complete.length;
    this.#post(complete);
  }
}
