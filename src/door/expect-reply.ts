// A question of ours in a conversation that has no session yet: where should Claude work, and is its folder trusted?
import { describe } from "../../common/failure.ts";
import type { Route } from "../../state/session-map.ts";
import type { PendingReply } from "../operations/session/start.ts";
import type { AwaitedReplies } from "../permission/awaited-replies.ts";

/** Takes the next message there as the answer; one that is none ends the question. Undefined: nothing is asked any more. */
export function expectReply(replies: AwaitedReplies, route: Route, asked: PendingReply | undefined): void {
  replies.drop({ route });
  if (!asked) return;
  const opened = replies.open(
    { routes: [route] },
    {
      hint: "",
      reads: (text) => (asked.reads(text) ? "answer" : "pass"),
      answer: ({ text }) => {
        opened.close();
        return asked.act(text).catch((error: unknown) => describe(error, "chat"));
      },
      passed: () => void opened.close(),
    },
  );
}
