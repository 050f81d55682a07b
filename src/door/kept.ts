// What people typed while a question waited is not lost: it is offered to be sent once the question is settled.
import { randomUUID } from "node:crypto";
import type { Conversations } from "../delivery/conversations.ts";
import type { Asking } from "../permission/asking.ts";
import type { Pending } from "../permission/pending.ts";
import { plainLines } from "../permission/plain.ts";
import { readReply } from "../permission/replies.ts";

const SHOWN = 300;

/** Offers the texts; a yes sends them as one prompt, anything else drops the offer and is a message like any other. */
export function offerKept(o: {
  conversations: Conversations;
  pending: Pending;
  asking: Pick<Asking, "identity" | "conversation">;
  texts: string[];
}): void {
  const { identity, conversation: route } = o.asking;
  const text = o.texts.join("\n\n");
  if (route === undefined || text.trim() === "") return;
  const conversation = o.conversations.of(identity);
  const close = o.pending.open(identity, {
    hint: "",
    take: (reply) => {
      close();
      const said = readReply(reply)?.is;
      if (said === "once") void conversation.accept({ id: randomUUID(), text, images: [], route });
      return said === "once" || said === "deny" ? "answer" : "pass";
    },
  });
  conversation.say(
    `You wrote while I was waiting:\n${plainLines(text, SHOWN)}\nReply y to send it to Claude now, n to drop it.`,
    route,
  );
}
