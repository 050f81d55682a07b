// Typing keeps the channel's indicator alive for as long as Claude works.
import type { Route } from "../../state/session-map.ts";
import type { Outbound } from "./outbound.ts";

// Telegram's indicator fades after five seconds, the others' later.
const EVERY_MS = 4_000;
// Telegram's channel lets one call a second through to a chat: an indicator at once would hold up every quick answer.
const FIRST_MS = 1_500;
const LOOK_AGAIN_MS = 1_000;

/**
 * Starts the indicator when `after` is over, and returns the way to stop it. A channel that refuses it costs nothing but
 * the indicator. One turn of a conversation at a time, and only `when` it is Claude's move and nothing is being posted:
 * Telegram's channel lets one call a second through to a chat, and each beat holds up what is said by that second.
 */
export function keepTyping(o: {
  outbound: Outbound;
  route: Route;
  after: Promise<unknown>;
  when: () => boolean;
}): () => void {
  const turn = new AbortController();
  void o.after.then(() => {
    if (turn.signal.aborted) return;
    let timer: NodeJS.Timeout;
    const later = (ms: number) => {
      timer = setTimeout(() => void beat(), ms);
      timer.unref();
    };
    const beat = async () => {
      const shown = o.when();
      // Waited for: where the channel is behind, further beats would only stand before the words.
      if (shown) await o.outbound.typing(o.route).catch(() => {});
      if (!turn.signal.aborted) later(shown ? EVERY_MS : LOOK_AGAIN_MS);
    };
    later(FIRST_MS);
    turn.signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  });
  return () => turn.abort();
}
