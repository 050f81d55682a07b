// What people typed beside a question goes on from the conversation they typed it in.
import type { Identity } from "../../state/identity.ts";
import type { Route } from "../../state/session-map.ts";
import type { AskingParts } from "./ask-parts.ts";
import type { Kept } from "./waiting.ts";

/** Hands it on, a conversation at a time; what names none goes to the first one of the question. */
export function handOn(
  parts: Pick<AskingParts, "onKept">,
  { identity, conversations }: { identity: Identity; conversations: readonly Route[] },
  kept: readonly Kept[],
): void {
  const groups = Map.groupBy(kept, ({ route }) => JSON.stringify(route ?? conversations[0]));
  for (const group of groups.values())
    parts.onKept(
      { identity, conversation: group[0]?.route ?? conversations[0] },
      group.map(({ text }) => text),
    );
}
