// A form that is asked on the page where its turn was begun and in the conversations of its session: the first answer counts.
import type { ElicitationReply } from "../../adapters/router.ts";

type Elicit = (signal: AbortSignal) => Promise<ElicitationReply>;

/**
 * Asks both, and takes the form back from the other. That the page declines may only mean that nobody saw it there, so it does not
 * end the question; `onPage` is called where the page answers.
 */
export async function elicitBoth(o: {
  page: Elicit;
  chats: Elicit;
  signal: AbortSignal;
  onPage: () => void;
}): Promise<ElicitationReply> {
  const over = new AbortController();
  const signal = AbortSignal.any([o.signal, over.signal]);
  const { promise, resolve, reject } = Promise.withResolvers<ElicitationReply>();
  o.page(signal).then(
    (reply) => {
      if (reply.action !== "accept" || over.signal.aborted) return;
      o.onPage();
      resolve(reply);
    },
    () => {},
  );
  o.chats(signal).then(resolve, reject);
  return await promise.finally(() => over.abort());
}
