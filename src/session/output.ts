// A reader of the feed: what was said in a session lately, kept for whoever looks at it later.

import type { SessionFeed } from "./turn.ts";

const KEPT_CHARS = 20_000;

export interface Line {
  who: "user" | "assistant";
  text: string;
}

export class Output {
  #lines: Line[] = [];
  #size = 0;

  constructor(feed: SessionFeed) {
    feed.read(({ event }, turn) => {
      if (event.type === "turn-started") this.add("user", turn?.input.text ?? "");
      else if (event.type === "said" && event.event.type === "text") this.add("assistant", event.event.text);
    });
  }

  /** Words of one speaker that follow each other are one text. */
  add(who: Line["who"], text: string): void {
    if (text === "") return;
    const last = this.#lines.at(-1);
    if (last?.who === who && who === "assistant") {
      last.text += text;
      // Of one long answer the end is kept.
      const over = last.text.length - 2 * KEPT_CHARS;
      if (over > 0) {
        last.text = last.text.slice(-KEPT_CHARS);
        this.#size -= KEPT_CHARS + over;
      }
    } else this.#lines.push({ who, text });
    this.#size += text.length;
    while (this.#size > KEPT_CHARS && this.#lines.length > 1)
      this.#size -= this.#lines.shift()?.text.length ?? 0;
  }

  /** The last lines of text, every speaker named above what they said; `quoted` shows people's words as they are. */
  history(lines: number, o: { assistant: string; quoted: (text: string) => string }): string {
    const parts: string[] = [];
    let room = lines;
    for (const { who, text } of this.#lines.toReversed()) {
      if (room <= 0) break;
      const said = text.trim().split("\n").slice(-room);
      room -= said.length;
      const words = said.join("\n");
      parts.unshift(who === "user" ? `You ▸ ${o.quoted(words)}` : `${o.assistant} ▸\n${words}`);
    }
    return parts.join("\n\n");
  }

  /** The end of what the assistant said last. */
  tail(characters: number): string {
    const last = this.#lines.findLast(({ who }) => who === "assistant");
    return last ? last.text.trim().slice(-characters) : "";
  }
}
