// Paragraphs cuts a stream of text where a paragraph is complete, and never inside a fenced code block.

const FENCE = /^ {0,3}(`{3,}|~{3,})/;

// As much of a line as decides whether it opens or closes a block; a longer one is neither, and not blank.
const LINE_READ = 1_000;

export class Paragraphs {
  // Kept as they come, and put together only when they go: a long block costs nothing for each of its pieces.
  #pieces: string[] = [];
  #length = 0;
  #line = "";
  #fence: string | undefined;

  /** Takes the next piece and returns the paragraphs it completed; empty when it completed none. */
  push(text: string): string {
    const before = this.#length;
    this.#pieces.push(text);
    this.#length += text.length;
    let complete = 0;
    let from = 0;
    for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", from)) {
      this.#grow(text.slice(from, end));
      from = end + 1;
      this.#toggle(this.#line);
      if (this.#fence === undefined && this.#isBlank()) complete = before + from;
      this.#line = "";
    }
    this.#grow(text.slice(from));
    return this.#take(complete);
  }

  /** Everything that is left, complete or not. */
  flush(): string {
    this.#fence = undefined;
    this.#line = "";
    return this.#take(this.#length);
  }

  #grow(part: string): void {
    if (this.#line.length < LINE_READ) this.#line += part.slice(0, LINE_READ);
  }

  #isBlank(): boolean {
    return this.#line.length < LINE_READ && this.#line.trim() === "";
  }

  // A fence is closed by one of the same character, at least as long as the one that opened it (CommonMark 4.5).
  #toggle(line: string): void {
    const mark = FENCE.exec(line)?.[1];
    if (mark === undefined) return;
    if (this.#fence === undefined) this.#fence = mark;
    else if (mark.startsWith(this.#fence) && line.trim() === mark) this.#fence = undefined;
  }

  #take(length: number): string {
    if (length === 0) return "";
    const all = this.#pieces.join("");
    const rest = all.slice(length);
    this.#pieces = rest === "" ? [] : [rest];
    this.#length = rest.length;
    return all.slice(0, length);
  }
}
