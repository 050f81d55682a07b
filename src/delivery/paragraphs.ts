// Paragraphs cuts a stream of text where a paragraph is complete, and never inside a fenced code block.

const FENCE = /^ {0,3}(`{3,}|~{3,})/;

export class Paragraphs {
  #pending = "";
  #scanned = 0;
  #fence: string | undefined;

  /** Takes the next piece and returns the paragraphs it completed; empty when it completed none. */
  push(text: string): string {
    this.#pending += text;
    let complete = 0;
    for (let end = this.#lineEnd(); end !== -1; end = this.#lineEnd()) {
      const line = this.#pending.slice(this.#scanned, end);
      this.#scanned = end + 1;
      this.#toggle(line);
      if (this.#fence === undefined && line.trim() === "") complete = this.#scanned;
    }
    return this.#take(complete);
  }

  /** Everything that is left, complete or not. */
  flush(): string {
    this.#fence = undefined;
    return this.#take(this.#pending.length);
  }

  #lineEnd(): number {
    return this.#pending.indexOf("\n", this.#scanned);
  }

  // A fence is closed by one of the same character, at least as long as the one that opened it (CommonMark 4.5).
  #toggle(line: string): void {
    const mark = FENCE.exec(line)?.[1];
    if (mark === undefined) return;
    if (this.#fence === undefined) this.#fence = mark;
    else if (mark.startsWith(this.#fence) && line.trim() === mark) this.#fence = undefined;
  }

  #take(length: number): string {
    const taken = this.#pending.slice(0, length);
    this.#pending = this.#pending.slice(length);
    this.#scanned = Math.max(0, this.#scanned - length);
    return taken;
  }
}
