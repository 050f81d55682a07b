// Typing keeps the channel's indicator alive for as long as Claude works.
import type { Route } from "../../state/session-map.ts";
import type { Outbound } from "./outbound.ts";

// Telegram's indicator fades after five seconds, the others' later.
const EVERY_MS = 4_000;

/** Starts the indicator and returns the way to stop it. A channel that refuses it costs nothing but the indicator. */
export function keepTyping(outbound: Outbound, route: Route): () => void {
  const beat = () => void outbound.typing(route).catch(() => {});
  beat();
  const timer = setInterval(beat, EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
