// What delivery needs of the host: to post into a conversation, to show that Claude works, to keep the host's own record.

import type { Identity } from "../../state/identity.ts";
import type { Route } from "../../state/session-map.ts";

/** A post as it is tried: a later try goes on behind what the channel took in an earlier one. */
interface Try {
  /** Names the post for ever. */
  id: string;
  /** How often it was tried before. */
  attempt: number;
  /** Said before what may stand there already. */
  again?: string;
}

export interface Outbound {
  /**
   * Posts one text, split by the host's chunker where the channel needs it. Rejects when the channel did not take it, with
   * a PostFailure where more is known; nobody else tries again what was rejected. I11 (docs/architecture.md).
   */
  post(
    o: Try & {
      identity: Identity;
      route: Route;
      text: string;
      /** One row under the text, where the channel has such; their values come back when they are pressed. */
      buttons?: readonly { label: string; value: string }[];
    },
  ): Promise<void>;
  /** Posts a text as a file of this name; the rest as above. */
  attach(o: Try & { route: Route; name: string; text: string }): Promise<void>;
  /** Shows the typing indicator for a few seconds; channels without one do nothing. */
  typing(route: Route): Promise<void>;
  /** Writes what was said into the host's transcript of the session, so that its own pages show the conversation. */
  mirror(o: { identity: Identity; role: "user" | "assistant"; text: string; id: string }): Promise<void>;
}

/**
 * What became of a post that failed: `refused` by the channel, `unsent` because it could not be reached, or `unknown`,
 * because the connection was lost when the channel may have had it.
 */
export type Loss = "refused" | "unsent" | "unknown";

export class PostFailure extends Error {
  readonly loss: Loss;

  constructor(loss: Loss, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "PostFailure";
    this.loss = loss;
  }
}

/** Of what is no PostFailure the channel heard nothing. */
export function lossOf(error: unknown): Loss {
  return error instanceof PostFailure ? error.loss : "refused";
}
