// The terminal as a phone: what you type goes into the chat, what the bot posts is printed as it comes.
import { createInterface, type Interface } from "node:readline";
import type { Chat } from "../../test/support/telegram.ts";
import type { BotMessage } from "../../test/support/telegram-methods.ts";
import type { House } from "./house.ts";
import { paint } from "./steps.ts";

const HELP = `
Type, and Claude answers. Try also:  /cc help  /cc status  /new  stop  /cc sessions
/reboot stops the gateway and starts it again; the conversation goes on. Ctrl+C, Ctrl+D or /quit ends the demo.
`;
const LOOK_MS = 100;
// As long as Telegram shows it after the bot's last word of it.
const TYPING_MS = 5_000;

const { stdin, stdout } = process;
const PROMPT = paint(stdout, "cyan", "you ▸ ");

/** Resolves when the user leaves: Ctrl+C, Ctrl+D, /quit, or `stop`. */
export async function holdConversation(o: { house: House; chat: Chat; stop: AbortSignal }): Promise<void> {
  const { house, chat, stop } = o;
  stdout.write(HELP);
  const terminal = createInterface({ input: stdin, output: stdout, terminal: stdout.isTTY, prompt: PROMPT });
  const screen = screenOf(terminal, chat);
  const left = new Promise<void>((resolve) => {
    terminal.on("close", resolve).on("SIGINT", () => terminal.close());
    stop.addEventListener("abort", () => terminal.close(), { once: true });
  });
  terminal.on("line", (line) => {
    const text = line.trim();
    if (text === "/quit") terminal.close();
    else if (text === "/reboot") void reboot(house, screen);
    else if (text !== "") say(chat, text);
    screen.refresh();
  });
  const looking = setInterval(() => screen.refresh(), LOOK_MS);
  terminal.prompt();
  await left;
  clearInterval(looking);
}

type Screen = { refresh(): void; print(text: string): void };

function screenOf(terminal: Interface, chat: Chat): Screen {
  const shown = new Map<number, string>(chat.messages().map(({ id, text }) => [id, text]));
  let status = "";
  let lastWord = 0;

  const print = (text: string) => {
    if (!stdout.isTTY) return void stdout.write(`${text}\n`);
    const { rows } = terminal.getCursorPos();
    stdout.write(`\r${rows > 0 ? `\x1b[${rows}A` : ""}\x1b[J${text}\n`);
    terminal.prompt(true);
  };

  return {
    print,
    refresh() {
      for (const message of chat.messages()) {
        const before = shown.get(message.id);
        if (before === message.text) continue;
        shown.set(message.id, message.text);
        lastWord = Date.now();
        print(bubble(message, before !== undefined));
      }
      const typedAt = chat.typing().at(-1) ?? 0;
      const typing = typedAt > lastWord && Date.now() - typedAt < TYPING_MS;
      const now = typing ? "bot is typing … " : "";
      if (now === status || !stdout.isTTY) return;
      status = now;
      terminal.setPrompt(`${paint(stdout, "dim", status)}${PROMPT}`);
      terminal.prompt(true);
    },
  };
}

function bubble({ text, buttons }: BotMessage, edited: boolean): string {
  const [first = "", ...rest] = text.split("\n");
  const name = paint(stdout, "yellow", edited ? "bot, edited ▸ " : "bot ▸ ");
  const lines = [`${name}${first}`, ...rest.map((line) => (line === "" ? "" : `      ${line}`))];
  if (buttons.length === 0) return lines.join("\n");
  const labels = buttons.flat().map((button) => `[${button.text}]`);
  const hint = paint(stdout, "dim", "type one with its brackets to press it");
  return [...lines, `      ${labels.join(" ")}  ${hint}`].join("\n");
}

// A button's name in its brackets is a press; the newest message that has it is meant.
function say(chat: Chat, text: string): void {
  const label = /^\[(.+)\]$/.exec(text)?.[1];
  const known = chat.messages().some(({ buttons }) => buttons.flat().some((button) => button.text === label));
  if (label !== undefined && known) void chat.presses(label).catch(() => {});
  else chat.says(text);
}

async function reboot(house: House, screen: Screen): Promise<void> {
  const began = performance.now();
  const seconds = () => ((performance.now() - began) / 1000).toFixed(1);
  try {
    await house.gateway.end("SIGTERM", 20_000);
    screen.print(`  the gateway is gone after ${seconds()} s; it starts again …`);
    await house.gateway.start();
    screen.print(`  the gateway is back after ${seconds()} s`);
  } catch (error) {
    screen.print(`  the gateway could not be started again: ${error}`);
  }
}
