// The reader of a released turn: it turns what happens in the turn into posts, as they come or once at the end.
import { describe } from "../../adapters/failure.ts";
import type { SessionEvent } from "../session/events.ts";
import type { Turn, TurnResult } from "../session/turn.ts";
import { RESET } from "../session/words.ts";
import { Paragraphs } from "./paragraphs.ts";
import type { Poster } from "./poster.ts";

export type DeliveryMode = "live" | "final";

const SILENT = "Claude finished without a text answer.";

/**
 * Posts a turn's words until it is settled, and what became of it where the user must know.
 * Resolves with everything Claude said in it, for the host's transcript.
 */
export async function deliver(o: { turn: Turn; poster: Poster; mode: DeliveryMode }): Promise<string> {
  const { turn, poster, mode } = o;
  const words = new Words((text) => poster.post(text), mode === "live");
  const stop = turn.read((event) => words.read(event));
  const result = await turn.result;
  stop();
  const said = words.said();
  // A reset was answered already: nothing of the old session may come after that.
  if (result.status === "cancelled" && result.reason === RESET) poster.drop();
  else poster.post(`${words.rest()}\n\n${ending(result, said)}`);
  await poster.idle();
  return said;
}

/** Collects what is said, and posts complete paragraphs as they come where that is wanted. */
class Words {
  readonly #post: (text: string) => void;
  readonly #live: boolean;
  readonly #paragraphs = new Paragraphs();
  #said = "";
  #posted = 0;

  constructor(post: (text: string) => void, live: boolean) {
    this.#post = post;
    this.#live = live;
  }

  read(event: SessionEvent): void {
    if (event.type === "text") this.#add(event.text);
    // What Claude says before it uses a tool is complete; without this it would run into what it says afterwards.
    else if (event.type === "tool" && event.first) this.#add(this.#break());
    else if (event.type === "notice" || event.type === "ask") this.#add(`${this.#break()}${event.text}\n\n`);
    // A question is of use only while it can be answered.
    if (event.type === "ask") this.#post(this.rest());
  }

  said(): string {
    return this.#said.trim();
  }

  /** What has not been posted yet, complete or not. */
  rest(): string {
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

// A cancel is answered by whoever asked for it (the host's /stop, /acp cancel, our /new), so nothing is added here.
function ending(result: TurnResult, said: string): string {
  if (result.status === "failed") return `⚠️ ${describe(result.failure)}`;
  if (result.status === "cancelled") return "";
  if (result.stopReason === "max_turn_requests")
    return "Claude stopped at its limit of steps for one turn. Say continue to go on.";
  if (result.stopReason === "max_tokens")
    return "Claude's answer was cut at its length limit. Say continue to go on.";
  return said === "" ? SILENT : "";
}
