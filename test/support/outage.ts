// An answer of Claude's that comes when the line to Telegram is down.
import { setTimeout as sleep } from "node:timers/promises";
import { type Bench, bound, promptsFromNow } from "./e2e.ts";
import { say } from "./model.ts";
import { until } from "./poll.ts";

export const FOUND = "Found the treasure.";
export const AGAIN = "(again, because the connection was lost)";

/**
 * How the answer stands in the chat, each form once, when the line is up again and another question was answered behind it.
 * What Telegram has swallowed the channel's own transport sends again by other ways, up to three times and without a word.
 */
export async function answeredIn(
  bench: Bench,
  o: { outage: Parameters<Bench["telegram"]["outage"]>[0]; forMs: number },
): Promise<string[]> {
  const chat = await bound(bench);
  const ready = Promise.withResolvers<void>();
  const seen = promptsFromNow(bench);
  bench.model.will("dig", say(FOUND, { after: ready.promise }));
  chat.says("dig");
  await until("Claude to have it", () => seen().includes("dig"));
  const back = await bench.telegram.outage(o.outage);
  ready.resolve();
  await sleep(o.forMs);
  await back();
  // One that has arrived counts when it stands there again.
  const stands = ({ text }: { text: string }) =>
    text.includes(FOUND) && (text !== FOUND || o.outage === "unreachable");
  await chat.hears(stands, { withinMs: 150_000 });
  chat.says("go on");
  await chat.hears("Echo: go on");
  const forms = chat.texts().filter((text) => text.includes(FOUND));
  return o.outage === "unreachable" ? forms : [...new Set(forms)];
}
