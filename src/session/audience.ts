// Whom a turn speaks to: who is shown what comes of it, and may be asked.
import type { ElicitationReply, RawElicitation } from "../../adapters/router.ts";
import type { Route } from "../../state/session-map.ts";

export type Audience =
  /** The people of a conversation: answers are posted there, and the next message there may answer a question. */
  | { is: "chat"; route: Route }
  /** Whoever waits for a held turn: they read it as it comes; `elicit` puts a question of the harness before them. */
  | { is: "caller"; elicit?: (request: RawElicitation, signal: AbortSignal) => Promise<ElicitationReply> }
  /**
   * A job: what it says is kept for it, and is asked at the place it was launched from, behind `preface`. What is written there is no
   * answer: the command `answer` gives one.
   */
  | { is: "job"; place: Route | undefined; preface: string; answer: string }
  /** It is kept in the records alone. */
  | { is: "nobody" };

/** Where its people can be posted to; undefined where they cannot. */
export function routeOf(audience: Audience): Route | undefined {
  return audience.is === "chat" ? audience.route : undefined;
}

/** The people there, or nobody where there is no place. */
export function audienceAt(route: Route | undefined): Audience {
  return route ? { is: "chat", route } : { is: "nobody" };
}
