// Where held turns come from: the door has seen their message, and the host hands the turn over without it.
import { setBounded } from "../../common/bounded-map.ts";
import { type Identity, identityKey } from "../../state/identity.ts";
import type { Route } from "../../state/session-map.ts";
import type { TurnSource } from "../session/source.ts";

export interface HeldSource {
  source: TurnSource;
  /** The conversation in which the host shows the turn by itself. */
  shownByHost?: Route | undefined;
}

// A turn may wait for others; what is forgotten is only shown without its source.
const REMEMBERED = 500;

export class TurnSources {
  readonly #held = new Map<string, HeldSource>();

  /** `requestId` is what the host will call the turn. */
  note(identity: Identity, requestId: string, held: HeldSource): void {
    setBounded(this.#held, { key: keyOf(identity, requestId), value: held, most: REMEMBERED });
  }

  take(identity: Identity, requestId: string): HeldSource | undefined {
    const key = keyOf(identity, requestId);
    const held = this.#held.get(key);
    this.#held.delete(key);
    return held;
  }
}

function keyOf(identity: Identity, requestId: string): string {
  return `${identityKey(identity)} ${requestId}`;
}
