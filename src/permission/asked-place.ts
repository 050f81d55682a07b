// One conversation a question is asked in: its text with buttons of ours where the channel has them, and the line about the outcome.
import type { Route } from "../../state/session-map.ts";
import { type Answer, type From, HOST, outcomeText } from "./answer.ts";
import type { Asking, AskingParts } from "./ask-parts.ts";
import type { FirstAnswer } from "./first-answer.ts";

export interface AskedPlace {
  /** Says who asks, once. */
  preface(): void;
  /** Puts the question there. */
  ask(text: string): void;
  /** The host shows it there by itself. */
  shownByHost(): void;
  /** Tells the outcome there, where the message with the buttons does not show it already; `number` where it has one. */
  close(answer: Answer, from: From | undefined, number: number | undefined): void;
}

/** `onShown` is told once whether the people there have the question. */
export function openPlace(
  parts: AskingParts,
  asking: Asking,
  o: { route: Route; first: FirstAnswer; over: AbortSignal; onShown: (ok: boolean) => void },
): AskedPlace {
  const { route, first, over, onShown } = o;
  const own = parts.mode !== "reply" && parts.presses.shownIn(route);
  const buttons = own ? openButtons(parts, asking, { route, first }) : undefined;
  const seen = Promise.withResolvers<boolean>();
  let byHost = false;
  const say = (text: string) => asking.say(text, undefined, route);
  let asks = asking.preface;
  const preface = () => {
    if (asks !== undefined) say(asks);
    asks = undefined;
  };
  return {
    preface,
    // Together: what another question says must not come between them.
    ask: (text) => {
      preface();
      const shown = (ok: boolean) => {
        seen.resolve(ok);
        onShown(ok);
      };
      const file = asking.file ? { file: asking.file } : {};
      asking.say(text, { buttons: buttons?.row ?? [], ...file, shown, over }, route);
    },
    shownByHost: () => {
      byHost = true;
      seen.resolve(true);
      onShown(true);
    },
    close: (answer, from, number) => {
      const here = from === route;
      const line = outcomeText(answer, asking.outcomes, here ? undefined : from);
      buttons?.close(line);
      const pressed = "how" in answer && answer.how === "button";
      const told = number === undefined ? line : `Question ${number}: ${line}`;
      // Where a button was pressed its message says so, ours and the host's alike.
      if (pressed && (here || (byHost && from === HOST))) return;
      if (here) say(told);
      // Also where the question arrives only now; where it does not, there is nothing to tell.
      else if ("how" in answer || answer.is === "rule") void seen.promise.then((ok) => ok && say(told));
    },
  };
}

function openButtons(
  { presses }: AskingParts,
  asking: Asking,
  { route, first }: { route: Route; first: FirstAnswer },
) {
  const { labels, allowAlways, outcomes } = asking;
  const choices = [
    { is: "once", label: labels.once },
    ...(allowAlways ? [{ is: "always", label: labels.always } as const] : []),
    { is: "deny", label: labels.deny },
  ] as const;
  const { buttons, close } = presses.open({
    route,
    labels: choices.map(({ label }) => label),
    answer: (choice, { by, name }) => {
      const { is } = choices[choice] ?? { is: "deny" };
      const standing = first.give({ is, how: "button", by: async () => by, name }, route);
      const from = first.from();
      return outcomeText(standing, outcomes, from === route ? undefined : from);
    },
  });
  return { row: buttons, close };
}
