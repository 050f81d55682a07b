// What a conversation is shown of a turn that was begun somewhere else: where it comes from and what was written there, as its people want it.
import { ownWords } from "../../common/marked-context.ts";
import { plain, prose } from "../../common/text.ts";
import type { Route } from "../../state/session-map.ts";
import { routeOf } from "../session/audience.ts";
import type { SessionEvent } from "../session/events.ts";
import { sourceLabel, type TurnSource } from "../session/source.ts";
import type { Turn } from "../session/turn.ts";
import type { DeliveryStyle } from "./style.ts";

/** How a turn is shown where it was not begun. */
export interface Shown {
  /** Stands in front of it; empty where there is nothing to say. */
  head: string;
  /** False where it is said only with the first words: the turn may end without any. */
  atOnce: boolean;
  /** Nothing but its questions is shown, without the head. */
  questionsOnly: boolean;
}

const WORDS_WIDTH = 600;

/** How this conversation is shown a turn that was begun somewhere else. */
export function shownIn(place: Route, { input }: Turn, style: DeliveryStyle): Shown {
  const { source, text, unsolicited } = input;
  if (unsolicited) return { head: "", atOnce: false, questionsOnly: style.mirror === "off" };
  const { words = ownWords(text), ...from } = source ?? sourceAt(routeOf(input.audience));
  return headFor(place, { ...from, words }, style);
}

// What the next gateway goes on with has no other source than its conversation.
function sourceAt(route: Route | undefined): TurnSource {
  if (!route) return { is: "gateway" };
  return { is: "chat", where: route.channel, ...(route.group ? { group: true } : {}) };
}

/** The same for words that are written there now. */
export function headFor(place: Route, source: TurnSource, style: DeliveryStyle): Shown {
  // Whoever writes where nobody else reads has not chosen to be read by several.
  const wish = place.group && !source.group ? style.mirrorInGroups : style.mirror;
  const label = sourceLabel(source);
  const words = prose(plain(source.words ?? "", WORDS_WIDTH));
  const head = wish === "all" && words !== "" ? `${label}: ${words}` : label;
  return { head, atOnce: wish === "all" && source.is !== "system", questionsOnly: wish === "off" };
}

export type Read = (reader: (event: SessionEvent) => void) => () => void;

/** Hears a turn from now on, for readers that come a moment later; `forget` once they all have. */
export function heardFromNow(turn: Turn): { read: Read; forget: () => void } {
  const heard: SessionEvent[] = [];
  const forget = turn.read((event) => void heard.push(event));
  const read: Read = (reader) => {
    for (const event of heard) reader(event);
    return turn.read(reader);
  };
  return { read, forget };
}
