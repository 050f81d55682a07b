// What people typed while a question waited is not lost: it is offered to be sent once the question is settled.
import { randomUUID } from "node:crypto";
import { HARNESS } from "../../adapters/kinds.ts";
import { ownWords } from "../../common/marked-context.ts";
import { codeLines, plainLines } from "../../common/text.ts";
import type { Conversations } from "../delivery/conversations.ts";
import type { AskingParts } from "../permission/ask-parts.ts";
import type { AwaitedReplies } from "../permission/awaited-replies.ts";

const SHOWN = 300;
// Words of its own: a "y" that comes too late for the question must not answer this, nor the other way round.
const SEND = /^\s*(?:send|发送)\s*$/i;
const DROP = /^\s*(?:drop|丢弃)\s*$/i;

/** Offers the texts; `send` sends them as one prompt, any other message drops the offer and is a message like any other. */
export function offerHeldBack(o: {
  conversations: Conversations;
  replies: AwaitedReplies;
  asking: Parameters<AskingParts["onKept"]>[0];
  texts: string[];
}): void {
  const { identity, conversation: route } = o.asking;
  const text = o.texts.join("\n\n");
  if (route === undefined || text.trim() === "") return;
  const conversation = o.conversations.of(identity);
  // Of this conversation alone: the session may have others, with an offer of their own.
  const offer = o.replies.open(
    { routes: [route] },
    {
      hint: "",
      reads: (said) => (SEND.test(said) || DROP.test(said) ? "answer" : "pass"),
      answer: (said) => {
        const kept = offer
          .close()
          .map(({ text }) => text)
          .join("\n\n");
        if (!SEND.test(said.text)) return;
        conversation
          .accept({ id: randomUUID(), text: kept, images: [], route })
          .catch(() =>
            conversation.say(`That could not be kept for ${HARNESS.name}. Please send it again.`, route),
          );
      },
      passed: ({ authorized }) => {
        if (authorized) offer.close();
      },
    },
    o.texts,
  );
  const shown = codeLines(plainLines(o.texts.map(ownWords).join("\n\n"), SHOWN));
  conversation.say(
    `You wrote while I was waiting:\n${shown}\nReply "send" to hand it to ${HARNESS.name} now, "drop" to forget it.`,
    route,
  );
}
