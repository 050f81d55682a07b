// The fixed conversation of `npm run demo -- --script`: each step says something and checks what comes back.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { layout } from "../../test/support/gateway-config.ts";
import type { Chat } from "../../test/support/telegram.ts";
import { AGENT, type House } from "./house.ts";
import type { Steps } from "./steps.ts";

/** Throws at the first step that does not go as it should. */
export async function playScript(o: { house: House; chat: Chat; steps: Steps }): Promise<void> {
  const { house, chat, steps } = o;
  const ask = async (text: string, answer: string | RegExp) => {
    chat.says(text);
    const { text: heard } = await chat.hears(answer, { withinMs: 30_000 });
    return { text, heard };
  };
  const says = async (text: string, answer: string | RegExp) => {
    const said = await steps.step(`you: ${text}`, () => ask(text, answer));
    steps.say(quote(said.heard));
  };

  await says("hello", "Echo: hello");
  await says("remember apples", "OK, apples.");
  await says("remember pears", "OK, pears.");
  await says("what do you remember", "I remember apples, pears.");
  await says("/acp status", /backend: contractor/i);
  const { openclawSessionKey: key, claudeSessionId: before } = await boundSession(house);
  await steps.step("the same session at the command line, seen in the chat", async () => {
    await house.say(key, "remember plums");
    await chat.hears("command line: remember plums");
    await chat.hears("OK, plums.");
  });
  await steps.step("the gateway is stopped and started again", async () => {
    await house.gateway.end("SIGTERM", 20_000);
    await house.gateway.start();
  });
  await says("and what do you remember now", "I remember apples, pears, plums.");
  await steps.step("it is the same Claude session as before", async () => {
    const { claudeSessionId: now } = await boundSession(house);
    if (now !== before) throw new Error(`it was ${before} and is ${now}`);
  });
  await says("/new", /fresh|new/i);
  await says("tell me, what do you remember", "I remember nothing.");
}

async function boundSession(house: House) {
  const file = join(layout(house.folder).workspace(AGENT), ".openclaw/contractor-agent/session-map.json");
  const map = JSON.parse(await readFile(file, "utf8")) as {
    sessions: { openclawSessionKey: string; claudeSessionId?: string }[];
  };
  const bound = map.sessions.find(({ openclawSessionKey }) => openclawSessionKey.includes(":acp:"));
  if (bound?.claudeSessionId === undefined) throw new Error(`no Claude session of the chat in ${file}`);
  return bound;
}

function quote(text: string): string {
  return text
    .split("\n")
    .map((line) => `             │ ${line}`)
    .join("\n");
}
