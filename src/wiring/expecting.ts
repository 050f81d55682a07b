// A question in a conversation that has no session yet: where should Claude work?
import { randomUUID } from "node:crypto";
import { describe } from "../../adapters/failure.ts";
import type { Route } from "../../state/session-map.ts";
import type { Outbound } from "../delivery/outbound.ts";
import type { BindingPorts } from "../operations/chat-start.ts";
import type { Pending } from "../permission/pending.ts";
import type { Identity } from "../session/identity.ts";

/** Stands for a conversation where questions are kept by session. */
export function placeIdentity({ channel, to, accountId, threadId }: Route): Identity {
  return { agentId: "", sessionKey: [channel, accountId ?? "default", to, threadId ?? ""].join("|") };
}

/** The next message there is the answer where it reads as one; any other ends the question and is a message like others. */
export function expecting({
  pending,
  outbound,
}: {
  pending: Pending;
  outbound: Outbound;
}): BindingPorts["expect"] {
  return (place, answer) => {
    const identity = placeIdentity(place);
    const say = (text: string) =>
      outbound.post({ identity, route: place, text, id: `contractor:${randomUUID()}` });
    const close = pending.open(identity, {
      hint: "",
      reads: (text) => {
        if (answer.reads(text)) return "answer";
        close();
        return "pass";
      },
      answer: ({ text }) => {
        close();
        void answer
          .act(text)
          .catch(describe)
          .then(say)
          .catch(() => {});
      },
    });
  };
}
