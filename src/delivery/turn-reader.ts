// The reader of a released turn: it turns what happens in the turn into posts, as they come or once at the end.
import { describe } from "../../common/failure.ts";
import type { Route } from "../../state/session-map.ts";
import type { AskExtras } from "../permission/ask-parts.ts";
import { harnessCommand } from "../session/command-outcome.ts";
import type { SessionEvent, TurnResult } from "../session/events.ts";
import { RESET, stopped } from "../session/sentences.ts";
import type { PromptInput, Turn } from "../session/turn.ts";
import { footerText } from "../session/usage-text.ts";
import type { Read, Shown } from "./elsewhere.ts";
import type { Poster } from "./poster.ts";
import { Progress } from "./progress.ts";
import type { DeliveryStyle } from "./style.ts";
import { tailOf } from "./tail.ts";
import { TurnText } from "./turn-text.ts";

export interface Delivery {
  turn: Turn;
  poster: Poster;
  /** What the harness is called. */
  name: string;
  style: DeliveryStyle;
  /** True while somebody is asked something in this session. */
  asking: () => boolean;
  /** Whether a conversation is the one it is posted in. */
  isHere: (place: Route) => boolean;
  /** Set where the turn was not begun there. */
  elsewhere?: Shown | undefined;
  /** How it is read [`turn.read`]. */
  read?: Read | undefined;
}

/**
 * Posts a turn's words until it is settled, and what became of it where the user must know.
 * Resolves with everything Claude said in it, for the host's transcript.
 */
export async function deliver(delivery: Delivery): Promise<string> {
  const { turn, style, asking, elsewhere, read = (reader) => turn.read(reader) } = delivery;
  if (elsewhere?.questionsOnly) return await deliverQuestions(delivery);
  const live = style.mode === "live";
  const poster = headed(delivery);
  const post = (text: string, extras?: AskExtras) => {
    if (text.trim() !== "") progress.shown();
    poster.post(text, extras);
  };
  const words = new TurnText(post, live);
  const aside = (line: string) => post(`${live ? words.unposted() : ""}\n\n${line}\n\n`);
  const progress = new Progress({ level: style.progress, say: aside, asking });
  let worked = false;
  const stop = read((event) => {
    if (isForAnother(event, delivery)) return;
    worked ||= event.type === "tool" && event.status === "completed";
    words.read(event);
    progress.read(event);
  });
  if (turn.input.unsolicited) progress.start();
  else void turn.submitted.then(() => turn.outcome ?? progress.start());
  const result = await turn.result;
  stop();
  progress.stop();
  // A reset was answered already: nothing of the old session may come after that.
  if (result.status === "cancelled" && result.reason === RESET) delivery.poster.drop();
  else poster.post(lastWords({ ...delivery, result, words, worked }));
  await delivery.poster.idle();
  return words.text();
}

// Where the turn may end without a word, the head comes with the first.
function headed({ poster, elsewhere }: Delivery): Pick<Poster, "post"> {
  let head = elsewhere?.head ?? "";
  const start = () => {
    if (head !== "") poster.post(`${head}\n\n`);
    head = "";
  };
  if (elsewhere?.atOnce) start();
  return {
    post: (text, extras) => {
      if (text.trim() !== "") start();
      poster.post(text, extras);
    },
  };
}

async function deliverQuestions(delivery: Delivery): Promise<string> {
  const { turn, poster, read = (reader) => turn.read(reader) } = delivery;
  const words = new TurnText((text, extras) => poster.post(text, extras), true);
  const stop = read((event) => event.type === "ask" && !isForAnother(event, delivery) && words.read(event));
  await turn.result;
  stop();
  await poster.idle();
  return "";
}

function isForAnother(event: SessionEvent, { isHere }: Delivery): boolean {
  return event.type === "ask" && event.place !== undefined && !isHere(event.place);
}

function lastWords(o: Delivery & { result: TurnResult; words: TurnText; worked: boolean }): string {
  const { turn, style, result, words, worked } = o;
  const rest = words.unposted();
  const shown = style.mode === "final" && style.longOutput === "tail" ? tailOf(rest) : rest;
  const footer = style.footer === "on" && turn.usage ? footerText(turn.usage) : "";
  const { isHere, elsewhere, name } = o;
  const end = ending(result, { said: words.text(), input: turn.input, worked, name, isHere, elsewhere });
  return [shown, end, footer].filter((part) => part !== "").join("\n\n");
}

// A cancel is answered where it was asked for (the host's /stop, /acp cancel, our /new); everybody else is told.
function stoppedBy(
  { by }: Extract<TurnResult, { status: "cancelled" }>,
  { isHere, elsewhere }: Pick<Delivery, "isHere" | "elsewhere">,
): string {
  if (!by) return elsewhere ? stopped() : "";
  return by.place && isHere(by.place) ? "" : stopped(by.how);
}

function ending(
  result: TurnResult,
  o: { said: string; input: PromptInput; worked: boolean } & Pick<Delivery, "name" | "isHere" | "elsewhere">,
): string {
  if (result.status === "failed") return `⚠️ ${describe(result.failure, "chat")}`;
  if (result.status === "cancelled") return stoppedBy(result, o);
  if (o.input.unsolicited) return "";
  if (result.stopReason === "max_turn_requests")
    return `${o.name} stopped at its limit of steps for one turn. Say continue to go on.`;
  if (result.stopReason === "max_tokens")
    return `${o.name}'s answer was cut at its length limit. Say continue to go on.`;
  if (o.said !== "" || (o.elsewhere && !o.elsewhere.atOnce)) return "";
  const silent = `${o.name} finished without a text answer.`;
  if (result.stopReason !== "end_turn") return silent;
  // What the harness does by itself it mostly does without a word; the older adapter does not even tell whether it did.
  const command = harnessCommand(o.input.text);
  if (command === undefined) return silent;
  return o.worked ? `${command} is done.` : `${command} ended without a word about it.`;
}
