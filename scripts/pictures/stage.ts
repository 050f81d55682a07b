// The stage of the pictures: a chat with a real gateway behind it, and what its reader sees from one moment on.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Bench, Bound } from "../../test/support/e2e.ts";
import { root } from "../project.ts";
import { chatSvg, type Shown } from "./svg.ts";

export const FOLDER = join(root, "docs/pictures");

export interface Stage {
  bench: Bench;
  chat: Bound;
  /** Writes in the chat; it is in the picture. */
  says(text: string): void;
  /** The next picture begins here. */
  begin(): void;
  /** Draws what the chat shows since. */
  picture(name: string, title: string): Promise<void>;
}

export function stageOf(bench: Bench, chat: Bound): Stage {
  const said = new Map<number, string>();
  let from = 0;
  return {
    bench,
    chat,
    says: (text) => void said.set(chat.says(text), text),
    begin: () => {
      from = Math.max(0, chat.messages().at(-1)?.id ?? 0, ...said.keys()) + 1;
    },
    picture: async (name, title) => {
      await writeFile(join(FOLDER, `${name}.svg`), chatSvg(title, shown({ bench, chat, said, from })));
    },
  };
}

function shown(o: { bench: Bench; chat: Bound; said: Map<number, string>; from: number }): Shown[] {
  const hide = (text: string) =>
    text
      // Joiners keep a channel from making links of paths; nobody sees them.
      .replaceAll("\u2060", "")
      .replaceAll(o.bench.gateway.workspace("cc"), "/home/ada/app")
      .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "3f9a12bc-…");
  // Claude Code's own remark about the model's address, which is the bench's.
  const remark = (text: string) => text.startsWith("Warning: We're changing auto mode");
  const messages = o.chat.messages().filter(({ text }) => !remark(text));
  const bot = messages.map(({ id, text, buttons }) => ({
    id,
    who: "bot" as const,
    text: hide(text),
    buttons: buttons.map((row) => row.map((button) => button.text)),
  }));
  const person = [...o.said].map(([id, text]) => ({ id, who: "person" as const, text, buttons: [] }));
  return [...bot, ...person].filter(({ id }) => id >= o.from).toSorted((a, b) => a.id - b.id);
}
