// From a Telegram message to its answer on the real gateway, beside the same host with a backend that only echoes.
import { setTimeout as sleep } from "node:timers/promises";
import { writeBenchPlugin } from "../../support/bench-plugin.ts";
import { type Gateway, startGateway } from "../../support/gateway.ts";
import { tempDir } from "../../support/poll.ts";
import { type Chat, startTelegram } from "../../support/telegram.ts";
import type { Bench } from "../bench.ts";
import type { Talk } from "../sides/side.ts";
import { add, figureOf } from "../stats.ts";

const ID = "telegram-overhead";
/** Longer than the host's channel makes a chat wait between two posts. */
const PAUSE_MS = 1_300;

/** In → out with ours less in → out with the echo; the floor is Claude's own time for the same prompt. */
export async function telegramOverhead(bench: Bench): Promise<void> {
  await using folder = await tempDir("bench-echo");
  const telegram = await startTelegram();
  const plugin = { folder: await writeBenchPlugin(folder.path) };
  const echo = await startGateway({ telegram, plugin });
  const times = { echo: [] as number[], ours: [] as number[] };
  let product: Gateway | undefined;
  const floor = await bench.side("floor");
  try {
    const bare = await floor.open("bare");
    const count = bench.rounds(3, 1);
    const chat = () => telegram.chat({ id: 501 });
    const indicators = () => telegram.calls("sendChatAction").length;
    const talks = (between: () => Promise<void>) => talk({ chat: chat(), count, indicators, between });
    await bind(chat());
    for (let round = 0; round < bench.rounds(2, 1); round++) {
      if (round > 0) await echo.start();
      times.echo.push(...(await talks(async () => {})));
      await echo.stop();
      if (product) await product.start();
      else {
        product = await startGateway({ telegram, model: bench.model });
        await bind(chat());
      }
      times.ours.push(...(await talks(() => claudeAlone(bench, bare))));
      await product.stop();
    }
  } finally {
    await floor.close();
    await echo.dispose();
    await product?.dispose();
    await telegram.close();
  }
  const host = figureOf(times.echo)?.median ?? 0;
  for (const ms of times.ours) add(bench.samples, ID, "ours", ms - host);
  const whole = figureOf(times.ours)?.median ?? 0;
  bench.note(
    `A Telegram message is answered after ${Math.round(whole)} ms; the host with an echo takes ${Math.round(host)} ms of it.`,
  );
}

async function bind(chat: Chat): Promise<void> {
  const before = chat.messages().length;
  chat.says("/acp spawn cc --bind here");
  await chat.hears(({ text }) => /spawned/i.test(text) && chat.messages().length > before);
}

/**
 * The first message after a start brings the session back, which is another measure. The channel itself shows its typing
 * indicator before about every other answer, which then waits for the next second of its queue: those are not counted.
 */
async function talk(o: {
  chat: Chat;
  count: number;
  indicators: () => number;
  between: () => Promise<void>;
}): Promise<number[]> {
  const times: number[] = [];
  for (let at = 0; times.length < o.count; at++) {
    if (at > 4 * (o.count + 1)) throw new Error("every answer waited for the channel's typing indicator");
    await sleep(PAUSE_MS);
    const text = `Message ${crypto.randomUUID()}`;
    const shown = o.indicators();
    const from = Date.now();
    o.chat.says(text);
    const answer = await o.chat.hears(text, { withinMs: 60_000 });
    if (at > 0 && o.indicators() === shown) times.push(answer.at - from);
    await sleep(500);
    await o.between();
  }
  return times;
}

async function claudeAlone(bench: Bench, bare: Talk): Promise<void> {
  const from = performance.now();
  const turn = bare.send(`Message ${crypto.randomUUID()}`);
  add(bench.samples, ID, "floor", (await turn.over) - from);
}
