// Buttons of ours under a question in a chat: whose press counts, which question it is for, and what a late one is told.

import { randomBytes } from "node:crypto";
import { setBounded } from "../../common/bounded-map.ts";
import type { Route } from "../../state/session-map.ts";

export interface Button {
  label: string;
  /** What comes back when it is pressed; at most 64 bytes, as Telegram takes it. */
  value: string;
}

/** Somebody pressed a button of ours. */
export interface Press {
  /** What stands behind the button's namespace: the question and the choice. */
  payload: string;
  /** The conversation it was pressed in. */
  place: Pick<Route, "channel" | "to" | "accountId">;
  /** True where this person may answer: one who may give commands there, and whose approval the channel takes. */
  approver: boolean;
  /** Who it was, for the record, and as people read it. */
  by: string;
  name: string;
}

/** What becomes of a press: `outcome` is for the question's own message, `reply` for the person alone. */
export type Pressed =
  | { is: "answered" | "over"; outcome: string }
  | { is: "refused"; reply: string | undefined };

interface Open {
  route: Route;
  choices: readonly string[];
  answer: (choice: number, press: Press) => string;
  strangerTold: boolean;
}

export const NAMESPACE = "contractor-ask";
const STRANGER = "Only people who may approve here can answer that.";
const OVER = "This question is over; this press did nothing.";
// A press may come long after; who presses later than that hears the general word.
const REMEMBERED = 500;

export class Presses {
  readonly #channels: (channel: string) => boolean;
  readonly #open = new Map<string, Open>();
  readonly #over = new Map<string, string>();

  /** `channels` tells whether a channel shows buttons and hands their presses to us. */
  constructor(channels: (channel: string) => boolean) {
    this.#channels = channels;
  }

  /** Whether a question in this conversation can have buttons. */
  shownIn(route: Route): boolean {
    return this.#channels(route.channel);
  }

  /**
   * Buttons for these labels, in order; `answer` is called with the place of the one that is pressed first, and returns
   * what the question's message then says. `close` ends it with the words a later press is told.
   */
  open(o: { route: Route; labels: readonly string[]; answer: Open["answer"] }): {
    buttons: Button[];
    close: (outcome: string) => void;
  } {
    const id = randomBytes(9).toString("base64url");
    this.#open.set(id, { route: o.route, choices: o.labels, answer: o.answer, strangerTold: false });
    return {
      buttons: o.labels.map((label, index) => ({ label, value: `${NAMESPACE}:${id}.${index}` })),
      close: (outcome) => {
        if (this.#open.delete(id)) this.#remember(id, outcome);
      },
    };
  }

  press(press: Press): Pressed {
    const [, id = "", choice = ""] = /^([\w-]{12})\.(\d)$/.exec(press.payload) ?? [];
    const open = this.#open.get(id);
    if (!open) return { is: "over", outcome: this.#over.get(id) ?? OVER };
    if (!isThere(press.place, open.route) || Number(choice) >= open.choices.length)
      return { is: "refused", reply: undefined };
    if (!press.approver) {
      // Once: who presses again and again must not fill the chat.
      const reply = open.strangerTold ? undefined : STRANGER;
      open.strangerTold = true;
      return { is: "refused", reply };
    }
    this.#open.delete(id);
    const outcome = open.answer(Number(choice), press);
    this.#remember(id, outcome);
    return { is: "answered", outcome };
  }

  #remember(id: string, outcome: string): void {
    setBounded(this.#over, { key: id, value: outcome, most: REMEMBERED });
  }
}

function isThere(place: Press["place"], route: Route): boolean {
  const bare = (to: string) => to.replace(/^(?:[a-z]+:)+/i, "").replace(/:topic:\d+$/, "");
  return (
    place.channel === route.channel &&
    bare(place.to) === bare(route.to) &&
    (place.accountId ?? "default") === (route.accountId ?? "default")
  );
}
