// What the lines of a journal say: the state of the first one, and the entries behind it folded in.
import type { z } from "zod";
import { type Content, contentOf, deepFreeze, parseJson, type Shape } from "./content.ts";

type LinesShape<S, E> = Shape<S> & { entry: z.ZodType<E>; fold: (state: S, entry: E) => S };
/** `truncatedTail`: the last line has no end, so that another would be the rest of it. `base`: bytes of the first line. */
type Lines<S> = { content: Content<S>; truncatedTail: boolean; base: number };

/** Bad lines are left out, and make it "salvaged". Throws a StateError for a file of a newer version. */
export function contentOfLines<S, E>(bytes: Buffer, shape: LinesShape<S, E>): Lines<S> {
  const [first = bytes, ...others] = linesOf(bytes);
  const content = contentOf(first, shape);
  const lines = { content, truncatedTail: bytes.at(-1) !== 0x0a, base: first.length };
  return content.kind === "bad" ? lines : { ...lines, content: folded(content, others, shape) };
}

// Only whole lines: one without its end is being written, or was cut off before anybody was told that it is durable. An empty
// one is the end that somebody gave to such a line, while its writer did so itself.
function linesOf(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let from = 0, end = bytes.indexOf("\n"); end !== -1; from = end + 1, end = bytes.indexOf("\n", from))
    if (end > from) lines.push(bytes.subarray(from, end));
  return lines;
}

function folded<S, E>(
  from: Exclude<Content<S>, { kind: "bad" }>,
  lines: Buffer[],
  { entry, fold }: LinesShape<S, E>,
): Content<S> {
  let state = from.value;
  let reason = from.kind === "good" ? undefined : from.reason;
  for (const [at, line] of lines.entries()) {
    const read = entry.safeParse(parseJson(line));
    if (read.success) state = fold(state, read.data);
    else reason ??= `line ${at + 2} is not one of ours`;
  }
  const value = deepFreeze(state);
  return reason === undefined ? { kind: "good", value } : { kind: "salvaged", value, reason };
}
