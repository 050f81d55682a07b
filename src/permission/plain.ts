// Text from outside, made safe to show inside our own sentences: one line, no tricks, no longer than the eye wants.

// Control characters, and those that reorder or hide text (bidirectional marks, zero-width, tags).
const TRICKS = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\u2028\u2029]+/gu;

/** The same for several lines, each without such characters; `width` is the length of all together. */
export function plainLines(text: string, width: number): string {
  const kept: string[] = [];
  let room = width;
  for (const raw of text.split(/\r?\n/)) {
    const line = plain(raw, Math.max(1, room));
    kept.push(line);
    room -= [...line].length + 1;
    if (room <= 0) return `${kept.join("\n").slice(0, Math.max(0, width - 1))}…`;
  }
  return kept.join("\n").trim();
}

/** One line of at most `width` characters, without control, bidirectional or invisible characters. */
export function plain(text: string, width: number): string {
  const line = text.replace(TRICKS, " ").replace(/\s+/g, " ").trim();
  const letters = [...line];
  return letters.length <= width ? line : `${letters.slice(0, width - 1).join("")}…`;
}
