// How progress reads: one line that is redrawn on a terminal, and now and then a plain line anywhere else.

const BAR = 24;

/** One line of at most `columns`, to be drawn over the last one: a bar where the end is known, then the text. */
export function progressBar(o: { text: string; fraction?: number | undefined; columns: number }): string {
  if (o.fraction === undefined) return o.text.slice(0, o.columns);
  const share = Math.min(1, Math.max(0, o.fraction));
  const filled = Math.round(share * BAR);
  const bar = `${"█".repeat(filled)}${"░".repeat(BAR - filled)} ${String(Math.floor(share * 100)).padStart(3)}%`;
  return `${bar} ${o.text}`.slice(0, o.columns);
}

/**
 * Decides which progress becomes a line in a log: every new sentence, and of a growing number each further tenth.
 * Returns the line, or undefined for what is left out.
 */
export function plainProgress(): (text: string, fraction?: number) => string | undefined {
  let last = { sentence: "", tenth: -1 };
  return (text, fraction) => {
    const sentence = text.replace(/\d+/g, "#");
    const tenth = fraction === undefined ? -1 : Math.floor(fraction * 10);
    if (sentence === last.sentence && tenth === last.tenth) return undefined;
    last = { sentence, tenth };
    return fraction === undefined ? text : `${Math.floor(fraction * 100)}% ${text}`;
  };
}
