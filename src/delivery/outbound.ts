// What delivery needs of the host: to post into a conversation, to show that Claude works, to keep the host's own record.

import type { Identity } from "../../state/identity.ts";
import type { Route } from "../../state/session-map.ts";

export interface Outbound {
  /**
   * Posts one text, split by the host's chunker where the channel needs it. `id` names the post for ever: the same id is
   * posted once, also across a restart. Rejects when the channel did not take it. I11 (docs/architecture.md).
   */
  post(o: {
    identity: Identity;
    route: Route;
    text: string;
    id: string;
    /** One row under the text, where the channel has such; their values come back when they are pressed. */
    buttons?: readonly { label: string; value: string }[];
  }): Promise<void>;
  /** Posts a text as a file of this name; `id` and the rejection as above. */
  attach(o: { route: Route; name: string; text: string; id: string }): Promise<void>;
  /** Shows the typing indicator for a few seconds; channels without one do nothing. */
  typing(route: Route): Promise<void>;
  /** Writes what was said into the host's transcript of the session, so that its own pages show the conversation. */
  mirror(o: { identity: Identity; role: "user" | "assistant"; text: string; id: string }): Promise<void>;
}
