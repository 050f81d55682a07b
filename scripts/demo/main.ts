// `npm run demo`: the product in your terminal, on a real gateway that is gone afterwards. `-- --script` plays a fixed conversation.
import { parseArgs } from "node:util";
import type { Chat } from "../../test/support/telegram.ts";
import { AGENT, type House, openHouse } from "./house.ts";
import { type Answerer, chooseAnswerer } from "./login.ts";
import { holdConversation } from "./phone.ts";
import { playScript } from "./script.ts";
import { paint, type Steps, stepsOn } from "./steps.ts";

const USAGE = `npm run demo                 a conversation with Claude in this terminal
npm run demo -- --scripted   the same with the scripted model, even where Claude is logged in
npm run demo -- --script     a fixed conversation, unattended; exits 0 or 1`;
const LOG_LINES = 40;

const out = process.stdout;
process.exitCode = await main();

async function main(): Promise<number> {
  const asked = readArguments();
  if (typeof asked === "number") return asked;
  const stop = new AbortController();
  const began = performance.now();
  const house = await openHouse(stop.signal);
  endAtSignals(stop);
  const steps = stepsOn(out, stop.signal);
  let answerer: Answerer | undefined;
  let code = 0;
  try {
    answerer = await chooseAnswerer({ folder: house.folder, scripted: asked.script || asked.scripted });
    steps.say(`\n${answerer.title}\n`);
    const chat = await moveIn({ house, steps, answerer });
    if (asked.script) await playScript({ house, chat, steps });
    else await holdConversation({ house, chat, stop: stop.signal });
  } catch (error) {
    code = stop.signal.aborted ? 130 : 1;
    if (code === 1) report(error, house);
  }
  const left = await leave({ house, answerer });
  if (asked.script && code === 0 && left.length > 0) code = 1;
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  const failed = code === 130 ? "Stopped" : "Failed";
  if (asked.script) out.write(`\n${code === 0 ? "All as it should be" : failed}, after ${seconds} s.\n`);
  return code;
}

// What was asked for, or the exit code where nothing is to be done.
function readArguments(): { script: boolean; scripted: boolean } | number {
  const flag = { type: "boolean", default: false } as const;
  try {
    const { values } = parseArgs({ options: { script: flag, scripted: flag, help: flag } });
    if (!values.help) return values;
    out.write(`${USAGE}\n`);
    return 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n${USAGE}\n`);
    return 2;
  }
}

async function moveIn(o: { house: House; steps: Steps; answerer: Answerer }): Promise<Chat> {
  const { house, steps, answerer } = o;
  await steps.step("building and packing the plugin", () => house.pack());
  await steps.step("installing it into a fresh OpenClaw (OpenClaw's own command)", () =>
    house.install(answerer),
  );
  await steps.step("starting the gateway, with Telegram (OpenClaw's own start)", () => house.gateway.start());
  await steps.step(`adding Claude as the agent "${AGENT}" (mostly OpenClaw's own start)`, () =>
    house.addAgent(),
  );
  const chat = house.telegram.chat();
  await steps.step(`binding the chat: /acp spawn ${AGENT} --bind here`, async () => {
    chat.says(`/acp spawn ${AGENT} --bind here`);
    await chat.hears(/Spawned ACP session/, { withinMs: 30_000 });
  });
  return chat;
}

async function leave(o: { house: House; answerer: Answerer | undefined }): Promise<string[]> {
  const began = performance.now();
  out.write("\nStopping the gateway …");
  const left = await o.house.dispose();
  await o.answerer?.close();
  out.write(
    ` gone after ${((performance.now() - began) / 1000).toFixed(1)} s, and the temporary folder with it.\n`,
  );
  if (left.length > 0) out.write(`These had to be killed:\n  ${left.join("\n  ")}\n`);
  return left;
}

// The bench's own handlers end the process at once; here the first signal ends it in order, and only the second at once.
function endAtSignals(stop: AbortController): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.removeAllListeners(signal);
    process.on(signal, () => {
      if (stop.signal.aborted) process.exit(130);
      stop.abort(new Error("stopped"));
    });
  }
}

function report(error: unknown, house: House): void {
  const log = house.gateway.logs().trimEnd().split("\n").slice(-LOG_LINES).join("\n");
  const text = error instanceof Error ? error.message : String(error);
  out.write(`\n${paint(out, "red", text)}\n`);
  if (log !== "") out.write(`\nThe gateway's last lines:\n${log}\n`);
  out.write(
    "\nWhat to do: `npm ci` if packages are missing, else run it again; it starts afresh every time.\n",
  );
}
